"""Load demo people and letters into an empty database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from distribution.demo.load import DirectoryMissingError, load_demo
from distribution.services.reckon_answering_times import reckon_answering_times


class Command(BaseCommand):
    help = "Adds demo people, addresses and letters. Doing it twice changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the demo and print what was added."""
        try:
            loaded = load_demo(at=timezone.now())
        except DirectoryMissingError as error:
            raise CommandError(
                "The directory is not loaded. Run `manage.py load_directory` first."
            ) from error
        if loaded.letters:
            reckon_answering_times(at=timezone.now(), anew=True, most_seconds=float("inf"))
            self.stdout.write(f"Demo loaded: {loaded.people} people, {loaded.letters} letters.")
        else:
            self.stdout.write("The demo is there already; nothing changed.")
