"""The audit trail: written, verified, corrupted in every way, exported."""
