"""The directory shipped with the product, as CSV files with headers."""

import csv
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def shipped_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of the file `name`, keyed by column. Raises OSError if it does not exist."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def shipped_names() -> Iterator[str]:
    """Every name and printed wording in the shipped files, in the nominative or as letters print it."""
    for path in sorted(FOLDER.glob("*.csv")):
        for row in shipped_rows(path.name):
            for column in ("name", "plural"):
                if row.get(column):
                    yield row[column]
            yield from filter(None, (row.get("wordings") or "").split("|"))
