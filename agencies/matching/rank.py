"""Who ranks above whom: for the closing words of a letter (Y 16/12) and for whom no tekit goes to (Y 34, K 30).

What stands above in the tree ranks above, what stands below ranks below. Else the levels of the two institutions
decide; they are data, in `agencies/data/ranks.csv`, each with its source. Where law knows no relation, the two are
equal, and one closes with "arz ederim" (K 13).
"""

from collections.abc import Collection, Mapping
from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.data import shipped_rows
from agencies.models import Agency, AgencyKind

PARTS_OF_AN_INSTITUTION = {AgencyKind.CENTRAL_UNIT, AgencyKind.OTHER}
"""Kinds that write and are written to in the name of what stands above them (Y 14; Y 16/12-d)."""


class Standing(models.TextChoices):
    """Where an agency stands, seen from the one that writes."""

    ABOVE = "above", _("ranks above us")
    EQUAL = "equal", _("equal to us")
    BELOW = "below", _("ranks below us")


@cache
def levels() -> Mapping[str, int]:
    """The level of each kind of institution; 1 is the highest. A kind that isn't named has no relation."""
    return {row["kind"]: int(row["level"]) for row in shipped_rows("ranks.csv")}


def standings(agencies: Collection[Agency], *, of: Agency) -> dict[int, Standing]:
    """The standing of each agency, by its id, seen from the agency `of`. One query, however many agencies."""
    kinds = _kinds_along([of, *agencies])
    own = _level(of, kinds)
    return {agency.pk: _standing(agency, of, _level(agency, kinds), own) for agency in agencies}


def _standing(agency: Agency, of: Agency, level: int | None, own: int | None) -> Standing:
    if agency.pk in of.path[:-1]:
        return Standing.ABOVE
    if of.pk in agency.path[:-1]:
        return Standing.BELOW
    if level is None or own is None or level == own:
        return Standing.EQUAL
    return Standing.ABOVE if level < own else Standing.BELOW


def _level(agency: Agency, kinds: Mapping[int, str]) -> int | None:
    """The level of the institution in whose name the agency writes: itself, or the nearest one above it."""
    along = [kinds[pk] for pk in reversed(agency.path)]
    institution = next((kind for kind in along if kind not in PARTS_OF_AN_INSTITUTION), None)
    return levels().get(institution) if institution else None


def _kinds_along(agencies: Collection[Agency]) -> dict[int, str]:
    ids = {pk for agency in agencies for pk in agency.path}
    return dict(Agency.objects.filter(pk__in=ids).values_list("pk", "kind"))
