import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from circulars.models import ReadingCorrection
from circulars.services.reading.corrections import exported


class Command(BaseCommand):
    help = "Write what people corrected in readings as JSON lines, to improve the reader."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help="the file to write; replaced if it exists"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        rows = 0
        try:
            with path.open("w", encoding="utf-8") as file:
                for row in exported(ReadingCorrection.objects.iterator()):
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
                    rows += 1
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from error
        self.stdout.write(f"{rows} corrections are written to {path}.")
