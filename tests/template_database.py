"""The migrated database of which each process of a test run gets a copy: migrations are carried out once.

Run as a module it creates the database, in place of one that an interrupted run has left.
"""

import os
import subprocess
import sys

import django

VARIABLE = "TEST_TEMPLATE"
"""The environment variable by which the processes learn the name of the database."""

NAME = "template_of_tests"


def create_in_advance() -> None:
    """Create it in a process of its own, which leaves no connection to it, and name it to the processes to come."""
    subprocess.run([sys.executable, "-m", "tests.template_database"], check=True)
    os.environ[VARIABLE] = NAME


def main() -> None:
    """Create it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = NAME
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()


if __name__ == "__main__":
    main()
