#!/usr/bin/env python
"""Entry point of every command: `python manage.py COMMAND`."""

import os
import sys

EXIT_UNUSABLE = 2


def main() -> None:
    """Run one management command; unusable settings end with one line and exit code 2, never a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"settings: {error}\n")
        sys.exit(EXIT_UNUSABLE)


if __name__ == "__main__":
    main()
