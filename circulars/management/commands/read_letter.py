import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from circulars.reading import ReadLetter, UnreadableFile, read_letter


def unsure_fields(letter: ReadLetter) -> list[str]:
    """The names of the fields that the reader doubts, those of the ground truth only."""
    truth = letter.as_truth()
    return [name for name, found in letter.found.items() if name in truth and not found.sure]


class Command(BaseCommand):
    help = "Read letters from files and print what was read. Nothing is recorded."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="PDF, DOCX or TXT")
        parser.add_argument("--json", action="store_true", help="one JSON object {file name: fields}")

    def handle(self, *args: Any, **options: Any) -> None:
        letters: dict[str, dict[str, object]] = {}
        not_opened = False
        for path in options["files"]:
            letter = ReadLetter(readable=False)
            try:
                letter = read_letter(path.read_bytes(), path.name)
            except OSError as error:
                not_opened = True
                self.stderr.write(f"{path}: it can't be opened ({error.strerror}).")
            except UnreadableFile as error:
                self.stderr.write(f"{path}: {error.message}")
            else:
                if not letter.readable:
                    self.stderr.write(f"{path}: no letter can be read in it.")
            fields = {**letter.as_truth(), "unsure": unsure_fields(letter)}
            letters[path.name if path.name not in letters else str(path)] = fields
        if options["json"]:
            self.stdout.write(json.dumps(letters, ensure_ascii=False, indent=2))
        else:
            for name, fields in letters.items():
                self._list(name, fields)
        if not_opened:
            sys.exit(1)

    def _list(self, name: str, fields: dict[str, object]) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(name))
        for key, value in fields.items():
            if isinstance(value, list):
                self.stdout.write(f"  {key}: {'' if value else '-'}".rstrip())
                for item in value:
                    self.stdout.write(f"    {item}")
            else:
                self.stdout.write(f"  {key}: {'-' if value is None else value}")
        self.stdout.write("")
