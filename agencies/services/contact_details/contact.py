"""Change the contact details of a unit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies.models import Agency, User
from agencies.models.maintenance import ChangeKind, DirectoryChange
from agencies.services.changed_meanwhile import ChangedMeanwhile, version_of
from agencies.services.contact_details.undeliverable import mark_as_working


@dataclass(frozen=True)
class ContactDetails:
    """The addresses of a unit, its order of channels and its digest; named like the columns."""

    email: str
    phone: str
    kep_address: str
    addresses: Mapping[str, str]
    channels: list[str]
    digests_letters: bool

    @classmethod
    def of(cls, agency: Agency) -> "ContactDetails":
        """The details that the loaded unit has."""
        return cls(**{name: getattr(agency, name) for name in cls.__dataclass_fields__})

    @property
    def version(self) -> str:
        return version_of(asdict(self))


@transaction.atomic
def change_contact(
    *,
    agency: Agency,
    details: ContactDetails,
    by: User,
    at: datetime,
    works_again: bool = False,
    version_read: str | None = None,
) -> Agency:
    """Save the details. With `works_again` the unit's undeliverable addresses are used again.

    `version_read` is the version of the details that the form was loaded from. Raises ChangedMeanwhile if others are
    stored since, unless they are the same as these.
    """
    locked = Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    stored = ContactDetails.of(locked)
    if version_read and version_read != stored.version and details != stored:
        raise _conflict(locked, stored)
    if works_again:
        for each in locked.undeliverable_addresses:
            mark_as_working(locked, each.channel, each.address)
    for name, value in asdict(details).items():
        setattr(locked, name, value)
    locked.save(update_fields=[*asdict(details), "undeliverable"])
    record_contact_change(agency=locked, before=stored, by=by, at=at)
    return locked


def record_contact_change(*, agency: Agency, before: ContactDetails, by: User, at: datetime) -> None:
    """Add the saved change to the unit's history, if there is one. To be called in the transaction that saves it."""
    old, new = asdict(before), asdict(ContactDetails.of(agency))
    changes: dict[str, Any] = {name: [old[name], new[name]] for name in new if new[name] != old[name]}
    if changes:
        DirectoryChange.objects.create(
            agency=agency, kind=ChangeKind.CONTACT, at=at, by=by, data={"changes": changes}
        )


def _conflict(agency: Agency, stored: ContactDetails) -> ChangedMeanwhile:
    """The conflict with what is stored, with the person of the latest recorded change of the details."""
    latest = latest_contact_change(agency)
    if latest is None:
        return ChangedMeanwhile(stored.version)
    return ChangedMeanwhile(stored.version, by=latest.by, at=latest.at)


def latest_contact_change(agency: Agency) -> DirectoryChange | None:
    """The latest recorded change of the details, if it is among the last changes of the unit."""
    recorded = agency.changes.filter(kind__in=[ChangeKind.CONTACT, ChangeKind.IMPORTED]).select_related("by")
    columns = ContactDetails.__dataclass_fields__.keys()
    return next((each for each in recorded[:20] if columns & each.data.get("changes", {}).keys()), None)
