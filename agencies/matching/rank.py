"""Rank between agencies: decides a letter's closing words (Y 16/12) and who gets no tekit (Y 34, K 30).

Within one branch of the tree, the tree decides; otherwise the levels of the two institutions do, which
`agencies/data/ranks.csv` lists with their sources. Where the law defines no relation, the two are equal and a
letter closes with "arz ederim" (K 13).
"""

from collections.abc import Collection, Mapping
from functools import cache

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.data import shipped_rows
from agencies.models import Agency, AgencyKind

PARTS_OF_AN_INSTITUTION = {AgencyKind.CENTRAL_UNIT, AgencyKind.OTHER}
"""Kinds that correspond in the name of the institution above them (Y 14; Y 16/12-d)."""


class Standing(models.TextChoices):
    """An agency's rank relative to the issuer."""

    ABOVE = "above", _("ranks above us")
    EQUAL = "equal", _("equal to us")
    BELOW = "below", _("ranks below us")


@cache
def levels() -> Mapping[str, int]:
    """Level by kind of institution, 1 the highest. A kind without a level has no relation to others."""
    return {row["kind"]: int(row["level"]) for row in shipped_rows("ranks.csv")}


def standings(agencies: Collection[Agency], *, of: Agency) -> dict[int, Standing]:
    """Standing by agency id, relative to `of`. One query."""
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
    """The level of the institution in whose name the agency writes: itself, or its nearest ancestor."""
    along = [kinds[pk] for pk in reversed(agency.path)]
    institution = next((kind for kind in along if kind not in PARTS_OF_AN_INSTITUTION), None)
    return levels().get(institution) if institution else None


def _kinds_along(agencies: Collection[Agency]) -> dict[int, str]:
    ids = {pk for agency in agencies for pk in agency.path}
    return dict(Agency.objects.filter(pk__in=ids).values_list("pk", "kind"))
