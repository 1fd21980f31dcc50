"""Load demo people and letters into an empty database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from distribution.demo.load import USUAL_MONTHS, load_demo
from distribution.demo.people import DirectoryMissingError
from distribution.services.learn_likely_late import learn_likely_late
from distribution.services.reckon_answering_times import reckon_answering_times


class Command(BaseCommand):
    help = "Adds demo people, addresses and letters. Doing it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much history."""
        parser.add_argument(
            "--months", type=int, default=USUAL_MONTHS, help="months of letters before the last days (0 to 6)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the demo and print what was added."""
        if not 0 <= options["months"] <= USUAL_MONTHS:
            raise CommandError(f"--months must be between 0 and {USUAL_MONTHS}.")
        try:
            loaded = load_demo(at=timezone.now(), months=options["months"])
        except DirectoryMissingError as error:
            raise CommandError(
                "The directory is not loaded. Run `manage.py load_directory` first."
            ) from error
        if loaded.letters:
            learn_likely_late(at=timezone.now())
            reckon_answering_times(at=timezone.now(), anew=True, most_seconds=float("inf"))
            self.stdout.write(f"Demo loaded: {loaded.people} people, {loaded.letters} letters.")
        else:
            self.stdout.write("The demo is there already; nothing changed.")
