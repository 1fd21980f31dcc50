"""Apply a correction of contact details, undo it, and decide on one that waits for the directory administrator."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, ContactCorrection, ContactField, CorrectionEnd, User
from agencies.models.contact_details.channel import Channel
from agencies.services.contact_details.contact import ContactDetails, record_contact_change
from agencies.services.contact_details.undeliverable import mark_as_working
from agencies.services.refusal import ActionRefused

CHANNELS = {ContactField.EMAIL: Channel.EMAIL, ContactField.KEP: Channel.KEP}


def apply_correction(correction: ContactCorrection, unit: Agency, *, by: User, at: datetime) -> None:
    """Write the new value; what is remembered of it as undeliverable counts no more. The caller has locked the unit."""
    field = ContactField(correction.field)
    if field in CHANNELS:
        mark_as_working(unit, CHANNELS[field], correction.after)
    _write(unit, field, correction.after, by=by, at=at)
    correction.applied_at = at
    correction.save()


@transaction.atomic
def accept_correction(*, correction: int, by: User, at: datetime) -> ContactCorrection:
    """Apply a KEP address that waits. Raises ContactCorrection.DoesNotExist and ActionRefused."""
    unit, found = _locked(correction)
    if not _waits_for_decision(found):
        raise ActionRefused("correction", _("Nothing waits for a decision here any more."))
    if getattr(unit, found.field) != found.before:
        raise _changed(unit, found)
    found.decided_by = by
    apply_correction(found, unit, by=by, at=at)
    return found


@transaction.atomic
def refuse_correction(*, correction: int, by: User, at: datetime) -> ContactCorrection:
    """Refuse a KEP address that waits. Raises like `accept_correction`."""
    _unit, found = _locked(correction)
    if not _waits_for_decision(found):
        raise ActionRefused("correction", _("Nothing waits for a decision here any more."))
    return _end(found, CorrectionEnd.REFUSED, by=by, at=at)


@transaction.atomic
def undo_correction(*, correction: int, by: User, at: datetime) -> ContactCorrection:
    """Write the earlier value again. If mail to it came back, it stays undeliverable.

    Raises ContactCorrection.DoesNotExist, and ActionRefused if another value is there.
    """
    unit, found = _locked(correction)
    if not found.is_applied:
        raise ActionRefused("correction", _("There is nothing to undo here any more."))
    if getattr(unit, found.field) != found.after:
        raise _changed(unit, found)
    _write(unit, ContactField(found.field), found.before, by=by, at=at)
    return _end(found, CorrectionEnd.UNDONE, by=by, at=at)


def _locked(correction: int) -> tuple[Agency, ContactCorrection]:
    agency = ContactCorrection.objects.values_list("agency_id", flat=True).get(pk=correction)
    unit = Agency.objects.select_for_update(no_key=True).get(pk=agency)
    return unit, ContactCorrection.objects.select_for_update(of=("self",)).get(pk=correction)


def _waits_for_decision(correction: ContactCorrection) -> bool:
    return correction.is_waiting and correction.field == ContactField.KEP


def _write(unit: Agency, field: ContactField, value: str, *, by: User, at: datetime) -> None:
    before = ContactDetails.of(unit)
    setattr(unit, field.value, value)
    unit.save(update_fields=[field.value, "undeliverable"])
    record_contact_change(agency=unit, before=before, by=by, at=at)


def _end(correction: ContactCorrection, end: CorrectionEnd, *, by: User, at: datetime) -> ContactCorrection:
    correction.ended_as, correction.ended_at, correction.decided_by = end, at, by
    correction.save()
    return correction


def _changed(unit: Agency, correction: ContactCorrection) -> ActionRefused:
    words = _("Nothing was changed: %(unit)s has another value by now: %(value)s")
    value = getattr(unit, correction.field) or "–"
    return ActionRefused("correction", words % {"unit": unit, "value": value})
