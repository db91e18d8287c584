"""The gates: one definition of CT DONE, TIER_0 and every reason to be blocked, enforced by the database itself."""
