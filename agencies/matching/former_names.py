"""Printed lines that name an agency by a former name."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from agencies.models import Agency
from agencies.models.maintenance import AgencyName
from agencies.turkish import match_key


@dataclass(frozen=True)
class FormerNameMatch:
    """An agency and its former name printed in a line."""

    agency: Agency
    name: str


def match_former_names(lines: Iterable[str]) -> dict[str, FormerNameMatch]:
    """By line: the agency, where exactly one had that name. One query, none without lines."""
    keys = {line: match_key(line) for line in lines}
    if not keys:
        return {}
    wanted = set(keys.values())
    by_key: dict[str, dict[int, FormerNameMatch]] = {}
    former = AgencyName.objects.filter(Q(dative_key__in=wanted) | Q(match_key__in=wanted))
    for each in former.select_related("agency__province", "agency__successor"):
        for key in (each.match_key, each.dative_key):
            by_key.setdefault(key, {})[each.agency_id] = FormerNameMatch(each.agency, each.name)
    found = {line: list(by_key.get(key, {}).values()) for line, key in keys.items()}
    return {line: called[0] for line, called in found.items() if len(called) == 1}


def former_name_in(text: str, agency: Agency) -> str:
    """The agency's former name printed in the text, or "". Reads `former_names` unless it is the present one."""
    if agency.is_named(text):
        return ""
    key = match_key(text)
    names = [each.name for each in agency.former_names.all() if key in (each.match_key, each.dative_key)]
    return names[0] if names else ""
