"""Add an agency named in a letter and missing from the directory."""

from datetime import date, datetime

from django.db import transaction

from agencies.models import Agency, Province, User
from agencies.turkish import match_key


@transaction.atomic
def add_agency(
    *, name: str, kind: str, parent: Agency | None, province: Province | None, by: User, at: datetime
) -> Agency:
    """Add an agency, recording who added it and when."""
    agency = Agency(name=name, kind=kind, parent=parent, province=province, added_by=by, added_at=at)
    agency.save()
    return agency


def same_name(*, name: str, parent: Agency | None, on: date) -> Agency | None:
    """The active agency with this name and parent, if any."""
    return Agency.objects.active(on).filter(match_key=match_key(name), parent=parent).first()
