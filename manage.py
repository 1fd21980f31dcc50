#!/usr/bin/env python
"""Django's command line, with a private PostgreSQL when DATABASE_URL is not set (see config/embedded.py)."""

import os
import signal
import sys
from contextlib import nullcontext

from django.core.management import execute_from_command_line

from config.embedded import EmbeddedError, services

WITHOUT_DATABASE = {
    "catch_mail",
    "check",
    "check_translations",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "read_letter",
    "version",
}


def needs_database(arguments: list[str]) -> bool:
    """Whether the command line asks for something that the database answers."""
    asks_for_help = {"-h", "--help", "--version"} & set(arguments)
    return bool(arguments) and not asks_for_help and arguments[0] not in WITHOUT_DATABASE


def main() -> None:
    """Run the command. SIGTERM leaves by the front door, so that a server is not left behind."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        with services(redis=False) if needs_database(sys.argv[1:]) else nullcontext():
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
