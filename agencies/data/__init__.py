"""The directory that ships with the product, as CSV files, each with its header."""

import csv
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def shipped_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of the file `name`, by column. Raises OSError when there is none."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
