from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from agencies.directory.shipped import load_shipped_directory


class Command(BaseCommand):
    help = "Add the agencies, provinces and groups that ship with the product. Loading twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--refresh",
            action="store_true",
            help="also overwrite existing values with the shipped ones",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_shipped_directory(refresh=options["refresh"])
        self.stdout.write(f"Directory: {loaded.agencies} agencies and {loaded.groups} groups added.")
