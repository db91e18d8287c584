"""Settings, URL root and server entry points: nothing of the domain lives here."""
