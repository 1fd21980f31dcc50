"""The directory shipped with the product, as CSV files with headers."""

import csv
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def shipped_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of the file `name`, keyed by column. Raises OSError if it does not exist."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
