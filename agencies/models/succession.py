"""Resolve a closed unit to the one that replaces it."""

from datetime import date

from agencies.models.agency import Agency


def active_or_successor(agency: Agency | None, on: date) -> Agency | None:
    """The unit itself if active that day, else its nearest active successor, else parent; None if there is none.

    No query for an active unit.
    """
    seen: set[int] = set()
    while agency is not None and not agency.is_active(on):
        if agency.pk in seen:
            return None
        seen.add(agency.pk)
        agency = agency.successor or agency.parent
    return agency
