"""The letters that are changed: our own, and the shared samples where they are at hand."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.circulars.own_letters import FOLDER

SHARED = Path(__file__).parents[5] / "shared" / "samples"


def known_letters() -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Name, lines and ground truth of each readable letter in plain text."""
    for folder in (FOLDER, SHARED / "letters", SHARED / "letters-2"):
        for path in sorted(folder.glob("*.txt")):
            truth_path = path.with_suffix(".json")
            if not truth_path.exists():
                continue
            truth = json.loads(truth_path.read_text(encoding="utf-8"))
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
            if truth["readable"]:
                yield path.stem, text.split("\n"), truth
