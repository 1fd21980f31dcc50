"""Correct the contact details of one's own unit; a new e-mail address counts once the code sent there is given.

1. lock the unit; refuse if its details were changed since the form was loaded
2. apply a telephone number at once; let a KEP address wait for the directory administrator
3. for an e-mail address send a code to it; with the code apply it and tell the old address
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Sum
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from agencies.models import Agency, ContactCorrection, ContactField, CorrectionEnd, Membership, Role, User
from agencies.services.changed_meanwhile import ChangedMeanwhile, version_of
from agencies.services.contact_details.contact import latest_contact_change
from agencies.services.contact_details.contact_corrections import apply_correction
from agencies.services.refusal import ActionRefused
from distribution.models import NoticeKind
from distribution.models.notices.notice_details import ContactChangedDetails, ContactCodeDetails
from distribution.outbox.write import post, to_address
from distribution.services.due_time import moment_words

A_WHILE, CODES_IN_A_WHILE = timedelta(minutes=15), 3
A_DAY, CODES_IN_A_DAY, TRIES_IN_A_DAY = timedelta(days=1), 10, 20


class Result(Enum):
    CONFIRMED = "the new address counts"
    WRONG_CODE = "wrong code"
    NO_CODE = "no valid code: expired, tried too often, or none was sent"


@dataclass(frozen=True)
class Outcome:
    """Result; `tries_left` is set for a wrong code."""

    result: Result
    address: str = ""
    tries_left: int = 0


def contact_version(unit: Agency) -> str:
    """Version of the details that the unit's own people correct."""
    return version_of([getattr(unit, each.value) for each in ContactField])


@transaction.atomic
def correct_contact(
    *, agency: Agency, details: dict[str, str], by: User, at: datetime, version_read: str | None = None
) -> list[ContactCorrection]:
    """Correct those of the details (by column) that differ. Returns the corrections, applied or waiting.

    Raises Agency.DoesNotExist if the user doesn't receive for the unit, ChangedMeanwhile, and ActionRefused.
    """
    unit = _locked(agency, by)
    if version_read and version_read != contact_version(unit):
        raise _conflict(unit)
    changed = {
        field: details[field.value]
        for field in ContactField
        if details[field.value] != getattr(unit, field.value)
    }
    if ContactField.EMAIL in changed:
        if not changed[ContactField.EMAIL]:
            raise ActionRefused(
                "email", _("Write an address. Only the directory administrator can remove the present one.")
            )
        _refuse_too_many(unit, at)
    waiting = ContactCorrection.objects.waiting().filter(agency=unit, field__in=list(changed))
    waiting.update(ended_at=at, ended_as=CorrectionEnd.REPLACED)
    made = []
    for field, value in changed.items():
        correction = ContactCorrection.objects.create(
            agency=unit, field=field, before=getattr(unit, field.value), after=value, asked_by=by, asked_at=at
        )
        made.append(correction)
        if field == ContactField.PHONE:
            apply_correction(correction, unit, by=by, at=at)
        elif field == ContactField.EMAIL:
            details_of_code = ContactCodeDetails(correction=correction.pk)
            post([to_address(value, kind=NoticeKind.CONTACT_CODE, at=at, details=details_of_code)])
    return made


@transaction.atomic
def send_contact_code_again(*, agency: Agency, by: User, at: datetime) -> ContactCorrection | None:
    """Send another code to the address that waits; the former code is invalid. None if no address waits.

    Raises Agency.DoesNotExist if the user doesn't receive for the unit, and ActionRefused.
    """
    unit = _locked(agency, by)
    waiting = _waiting(unit)
    if waiting is None:
        return None
    _refuse_too_many(unit, at)
    waiting.ended_at, waiting.ended_as = at, CorrectionEnd.REPLACED
    waiting.save()
    again = ContactCorrection.objects.create(
        agency=unit,
        field=ContactField.EMAIL,
        before=unit.email,
        after=waiting.after,
        asked_by=by,
        asked_at=at,
    )
    details = ContactCodeDetails(correction=again.pk)
    post([to_address(again.after, kind=NoticeKind.CONTACT_CODE, at=at, details=details)])
    return again


@transaction.atomic
def confirm_contact(*, agency: Agency, code: str, by: User, at: datetime) -> Outcome:
    """With the code sent to it the new address counts, and the old one is told. An attempt counts if it fails too.

    Raises Agency.DoesNotExist if the user doesn't receive for the unit, ActionRefused if the address was changed.
    """
    unit = _locked(agency, by)
    waiting = _waiting(unit)
    if waiting is None or not waiting.code_is_open(at) or _tries(unit, at) >= TRIES_IN_A_DAY:
        return Outcome(Result.NO_CODE)
    if unit.email != waiting.before:
        raise ActionRefused(
            "code",
            _("The unit's address was changed meanwhile: %(address)s. Correct it again if it is wrong.")
            % {"address": unit.email or "–"},
        )
    waiting.tries += 1
    waiting.save(update_fields=["tries"])
    if not constant_time_compare(waiting.digits, "".join(code.split())):
        return Outcome(Result.WRONG_CODE, tries_left=waiting.tries_left)
    apply_correction(waiting, unit, by=by, at=at)
    if waiting.before:
        details = ContactChangedDetails(
            name=str(by), job_title=by.job_title, unit_name=unit.name, address=waiting.after
        )
        post([to_address(waiting.before, kind=NoticeKind.CONTACT_CHANGED, at=at, details=details)])
    return Outcome(Result.CONFIRMED, waiting.after)


def _locked(agency: Agency, by: User) -> Agency:
    mine = Membership.objects.agencies_of(by, Role.RECIPIENT)
    return Agency.objects.filter(pk__in=mine).select_for_update(no_key=True).get(pk=agency.pk)


def _waiting(unit: Agency) -> ContactCorrection | None:
    waiting = ContactCorrection.objects.waiting().filter(agency=unit, field=ContactField.EMAIL)
    return waiting.select_for_update().first()


def _tries(unit: Agency, at: datetime) -> int:
    lately = ContactCorrection.objects.filter(agency=unit, asked_at__gt=at - A_DAY)
    return lately.aggregate(all=Sum("tries"))["all"] or 0


def _refuse_too_many(unit: Agency, at: datetime) -> None:
    """Raise ActionRefused if too many codes were sent for the unit, or too many tried."""
    sent = ContactCorrection.objects.filter(agency=unit, field=ContactField.EMAIL, asked_at__gt=at - A_DAY)
    moments = list(sent.values_list("asked_at", flat=True))
    until = [
        moments[most - 1] + span
        for span, most in ((A_DAY, CODES_IN_A_DAY), (A_WHILE, CODES_IN_A_WHILE))
        if len(moments) >= most and moments[most - 1] > at - span
    ]
    if moments and _tries(unit, at) >= TRIES_IN_A_DAY:
        until.append(moments[-1] + A_DAY)
    if until:
        words = _("Too many codes were asked for. A new one can be sent from %(moment)s on.")
        raise ActionRefused("email", words % {"moment": moment_words(max(until))})


def _conflict(unit: Agency) -> ChangedMeanwhile:
    latest = latest_contact_change(unit)
    by, at = (latest.by, latest.at) if latest is not None else (None, None)
    return ChangedMeanwhile(contact_version(unit), by=by, at=at)
