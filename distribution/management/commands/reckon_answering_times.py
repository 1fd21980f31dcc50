"""Reckon now how long units usually take, which the scheduled task does once a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from distribution.models import AnsweringTime
from distribution.services.reckon_answering_times import reckon_answering_times


class Command(BaseCommand):
    help = "Reckons how long units usually take to confirm and to answer, unless that was done today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to reckon once more on the same day."""
        parser.add_argument("--anew", action="store_true", help="also if it was done today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Reckon until it is finished."""
        if reckon_answering_times(at=timezone.now(), anew=options["anew"], most_seconds=float("inf")):
            self.stdout.write(f"{AnsweringTime.objects.of_last_run().count()} answering times.")
        else:
            self.stdout.write("A worker reckons them just now.")
