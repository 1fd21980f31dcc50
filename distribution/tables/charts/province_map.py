"""The map of the 81 provinces, shaded by the share of copies that are not confirmed."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from distribution.queries.managing.provinces import Place, Places

SHAPES = "turkey-map-react/lib/data/index.js"
"""In node_modules: a list of provinces as JSON behind an assignment, each with plate number and path."""

STEPS = (0, 10, 25, 50)
"""Lower bounds of the shades in per cent, beside the shade of provinces with nothing open."""


@dataclass(frozen=True)
class ProvinceOnMap:
    """A province with its outline; without a place where none of its units got an open letter."""

    plate: str
    outline: str
    place: Place | None

    @property
    def shade(self) -> int:
        """0 for nothing open, 1 for nothing outstanding of it, then one more for each further bound of STEPS."""
        if self.place is None:
            return 0
        return 1 + sum(self.place.share > bound for bound in STEPS)

    @property
    def words(self) -> str:
        """What the shade says, for those who don't see it."""
        assert self.place is not None
        return _("%(name)s: %(open)s of %(all)s copies not confirmed (%(share)s%%)") % {
            "name": self.place.name,
            "open": self.place.to_confirm.count,
            "all": self.place.recipients,
            "share": self.place.share,
        }


def province_map(places: Places) -> list[ProvinceOnMap]:
    """The provinces in the order of the places, then those without any; empty if the shapes are not installed."""
    outlines = dict(_outlines(Path(settings.NODE_MODULES) / SHAPES))
    found = {each.plate: each for each in places.rows if each.plate}
    order = [*(plate for plate in found if plate in outlines), *sorted(outlines.keys() - found.keys())]
    return [ProvinceOnMap(plate, outlines[plate], found.get(plate)) for plate in order]


@cache
def _outlines(file: Path) -> Sequence[tuple[str, str]]:
    """Plate code and outline of each province, its coordinates rounded to whole units."""
    if not file.is_file():
        return ()
    text = file.read_text(encoding="utf-8")
    shapes = json.loads(text[text.index("[") : text.rindex("]") + 1])
    return tuple((f"{shape['plateNumber']:02}", _rounded(shape["path"])) for shape in shapes)


def _rounded(path: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda number: str(round(float(number[0]))), path)
