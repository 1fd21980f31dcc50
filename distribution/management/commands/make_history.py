"""Fill a database with years of letters, to see the product with a realistic amount of data."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from distribution.demo.history.make import USUAL_DAYS, NotEmptyError, make_history
from distribution.demo.people import DirectoryMissingError
from distribution.services.reckon_answering_times import reckon_answering_times

TOLD_EVERY = 20
"""Seconds between two progress lines."""


class Command(BaseCommand):
    help = "Adds invented letters with deliveries, events and notices over past years, for tests and measurements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Amount, period, and whether existing rows are kept."""
        parser.add_argument("--deliveries", type=int, required=True, help="how many deliveries to add")
        parser.add_argument("--days", type=int, default=USUAL_DAYS, help="over how many days (six years)")
        parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers")
        parser.add_argument(
            "--add", action="store_true", help="also if the database contains letters or real addresses"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the history and print the progress."""
        wanted, begun = options["deliveries"], monotonic()
        if wanted < 1 or options["days"] < 1:
            raise CommandError("--deliveries and --days must be at least 1.")
        told = begun

        def progress(made: int) -> None:
            nonlocal told
            if monotonic() - told >= TOLD_EVERY:
                told = monotonic()
                self.stdout.write(f"{made:,} of {wanted:,} deliveries after {told - begun:.0f} s")
                self.stdout.flush()

        try:
            made = make_history(
                deliveries=wanted,
                at=timezone.now(),
                days=options["days"],
                seed=options["seed"],
                add=options["add"],
                progress=progress,
            )
        except NotEmptyError as error:
            raise CommandError(
                "This database contains letters or real addresses. Use an empty one, or keep them and add the "
                "history with --add."
            ) from error
        except DirectoryMissingError as error:
            raise CommandError(
                "The directory is not loaded. Run `manage.py load_directory` first."
            ) from error
        reckon_answering_times(at=timezone.now(), anew=True, most_seconds=float("inf"))
        self.stdout.write(
            f"{made.deliveries:,} deliveries of {made.letters:,} letters made in {monotonic() - begun:.0f} s."
        )
