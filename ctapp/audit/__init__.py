"""The audit chain: appending, verifying, replaying, exporting; verify_export.py needs the standard library only."""
