"""Rename an agency from a given day."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.maintenance import AgencyName, ChangeKind, DirectoryChange
from agencies.services.changed_meanwhile import ChangedMeanwhile, version_of
from agencies.services.refusal import ActionRefused
from agencies.turkish import match_key, one_line


@transaction.atomic
def rename_agency(
    *, agency: Agency, name: str, on: date, by: User, at: datetime, version_read: str = ""
) -> Agency:
    """Rename it from that day; the old name is kept with its dates.

    `version_read` is the version of the name that the form was loaded with. Raises ActionRefused, and ChangedMeanwhile
    if it has another name by now.
    """
    locked = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    name = one_line(name)
    before = locked.former_names.first()
    if name == locked.name:
        raise ActionRefused("name", _("It has this name already. Write the new one."))
    if version_read and version_read != version_of(locked.name):
        raise _conflict(locked)
    same = Agency.objects.active(timezone.localdate(at)).filter(
        match_key=match_key(name), parent=locked.parent_id
    )
    if same.exclude(pk=locked.pk).exists():
        raise ActionRefused(
            "name", _("Another unit at this place of the directory has this name. Choose another one.")
        )
    if before is not None and on < before.until:
        raise ActionRefused(
            "on",
            _("It was renamed on %(day)s already. Choose that day or a later one.")
            % {"day": date_format(before.until, "SHORT_DATE_FORMAT")},
        )
    AgencyName.objects.create(agency=locked, name=locked.name, until=on, recorded_by=by, recorded_at=at)
    data = {"old": locked.name, "new": name, "on": on.isoformat()}
    locked.name = name
    locked.save()
    DirectoryChange.objects.create(agency=locked, kind=ChangeKind.RENAMED, at=at, by=by, data=data)
    return locked


def _conflict(agency: Agency) -> ChangedMeanwhile:
    """The conflict with the present name, with the person who gave it where that is recorded as a renaming."""
    given = agency.changes.filter(kind=ChangeKind.RENAMED, data__new=agency.name).select_related("by").first()
    version = version_of(agency.name)
    return ChangedMeanwhile(version, by=given.by, at=given.at) if given else ChangedMeanwhile(version)
