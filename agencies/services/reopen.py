"""Reopen a closed agency."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.maintenance import ChangeKind, DirectoryChange
from agencies.services.refusal import ActionRefused


@transaction.atomic
def reopen_agency(*, agency: Agency, by: User, at: datetime) -> Agency:
    """Clear its closing day and its successor. Raises ActionRefused if it has no closing day."""
    locked = (
        Agency.objects.select_for_update(of=("self",), no_key=True)
        .select_related("successor")
        .get(pk=agency.pk)
    )
    if locked.active_to is None:
        raise ActionRefused("", _("It is not closed."))
    data = {
        "on": locked.active_to.isoformat(),
        "successor": locked.successor.name if locked.successor else "",
    }
    locked.active_to, locked.successor = None, None
    locked.save()
    DirectoryChange.objects.create(agency=locked, kind=ChangeKind.REOPENED, at=at, by=by, data=data)
    return locked
