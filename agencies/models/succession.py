"""Who stands in the place of a unit that is no longer in being."""

from datetime import date

from agencies.models.agency import Agency


def in_being(agency: Agency | None, on: date) -> Agency | None:
    """The unit itself if it is in being that day, else its successor, else the unit above; None if nobody is.

    No query for a unit in being.
    """
    seen: set[int] = set()
    while agency is not None and not agency.is_active(on):
        if agency.pk in seen:
            return None
        seen.add(agency.pk)
        agency = agency.successor or agency.parent
    return agency
