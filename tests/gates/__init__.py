"""The gates, tried to be broken on both databases."""
