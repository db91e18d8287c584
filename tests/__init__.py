"""The tests, mirroring the rooms of ctapp."""
