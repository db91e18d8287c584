"""The gates: one definition of CT DONE, TIER_0 and every reason a record is blocked, enforced by the database itself."""
