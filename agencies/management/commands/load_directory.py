from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from agencies.directory.shipped import load_shipped_directory


class Command(BaseCommand):
    help = (
        "Add the agencies, provinces, districts and groups that ship with the product. "
        "Loading twice changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--refresh",
            action="store_true",
            help="also overwrite existing values with the shipped ones",
        )
        parser.add_argument(
            "--core",
            action="store_true",
            help="only ministries, high courts, governorships, municipalities of provinces and their directorates",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_shipped_directory(refresh=options["refresh"], whole=not options["core"])
        self.stdout.write(f"Directory: {loaded.agencies} agencies and {loaded.groups} groups added.")
        if loaded.kept:
            self.stdout.write(f"{loaded.kept} were there under another code and stay as they are.")
        for name in loaded.of_other_kind:
            self.stdout.write(
                f"“{name}” has another kind than the shipped one, so no class by kind holds it: "
                "set its kind in the administration if it should."
            )
        for name in loaded.kept_groups:
            self.stdout.write(
                f"The group “{name}” was not added: a group of yours has its name or a wording."
            )
