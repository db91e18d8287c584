"""The ModelAdmins: thin."""
