"""Dispatch a circular: freeze the distribution list and write every delivery with its first event and its notice.

1. lock the circular; if it was dispatched before, report that and change nothing
2. run the preflight; raise if it has blocking findings
3. insert deliveries, events and notices, one INSERT each
4. mark the circular as dispatched
5. after the commit, wake the workers
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from agencies.models import User
from agencies.models.contact_details.channel import is_unapproved, unapproved_address
from circulars.models import Circular, Status, Urgency
from circulars.services.draft import NotADraft
from circulars.services.index_letters import index_letter
from distribution.event_log import DispatchedData, Step, begin_chains, row_of, sender
from distribution.models import Delivery
from distribution.models.bulk import insert_many
from distribution.outbox.write import letter_notice, post
from distribution.queries.sending.corrections import due_of, with_more_time
from distribution.reminders.due_times import due_times
from distribution.services.follow_up.correct import lock_revisions, replace_copies
from distribution.services.follow_up.withdraw import replace_withdrawn
from distribution.services.sending.preflight import Preflight, preflight


class NotReady(Exception):
    """The preflight has blocking findings, listed in `preflight`."""

    def __init__(self, found: Preflight) -> None:
        super().__init__("the circular can't be dispatched as it is")
        self.preflight = found


class ChangedSincePreflight(Exception):
    """The letter or its list has changed since the confirmed preflight; `preflight` is the current one."""

    def __init__(self, found: Preflight) -> None:
        super().__init__("the circular has changed since the preflight")
        self.preflight = found


@dataclass(frozen=True)
class Dispatched:
    """Outcome of a dispatch. `now` is False if the circular had been dispatched before."""

    circular: Circular
    now: bool
    recipients: int


@transaction.atomic
def dispatch(*, circular: Circular, by: User, at: datetime, content_digest: str | None = None) -> Dispatched:
    """Dispatch the circular to every unit on its list. A second call changes nothing.

    `content_digest` is `Preflight.content_digest` of the preflight that the user confirmed; None skips the
    comparison.
    Takes 15 queries for any number of recipients, and one more for a due time in working days. A correction is
    sent only to the units it concerns and replaces their copies (see `distribution.services.follow_up.correct`).

    Raises NotReady if the preflight has blocking findings, ChangedSincePreflight if the digest differs, and
    NotADraft for a letter that is scheduled.
    """
    locked = Circular.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=circular.pk)
    if locked.status == Status.DISPATCHED:
        return Dispatched(locked, now=False, recipients=locked.recipient_count)
    if not locked.is_draft:
        raise NotADraft

    if locked.is_correction:
        lock_revisions(locked)
    found = check_confirmed(locked, at=at, content_digest=content_digest)

    recipients = found.expansion.recipients
    due = due_times(circular=locked, recipients=[each.agency for each in recipients], at=at)
    replaced = {each.agency_id: each for each in found.replaced}
    more_time = with_more_time(found.replaced)
    deliveries = insert_many(
        Delivery(
            circular=locked,
            agency=recipient.agency,
            line=recipient.line,
            purpose=recipient.purpose,
            created_at=at,
            **_copied(locked, replaced.get(recipient.agency.pk), due.of(recipient.agency), more_time),
        )
        for recipient in recipients
    )
    signed = sender(by, locked, at)
    revision = locked.revision_number if locked.is_correction else None
    begin_chains(
        steps=(
            Step(
                delivery,
                DispatchedData(
                    by=signed.name,
                    as_deputy_of=signed.as_deputy_of,
                    revision=revision,
                    purpose=delivery.purpose,
                    email=delivery.agency.email,
                    recipients=len(deliveries),
                    **row_of(delivery),
                    **_unapproved(delivery),
                ),
            )
            for delivery in deliveries
        ),
        at=at,
        by=by,
        for_agency=locked.issuer,
    )
    urgent = locked.urgency == Urgency.URGENT
    post(letter_notice(delivery, urgent=urgent, at=at) for delivery in deliveries)

    locked.status = Status.DISPATCHED
    locked.dispatched_at = at
    locked.due_at = due.country
    locked.dispatched_by = by
    locked.recipient_count = len(deliveries)
    lines = [expanded.line for expanded in found.expansion.lines]
    locked.content_sha256 = locked.fingerprint(found.attachments, lines)
    locked.save()
    index_letter(circular=locked, attachments=found.attachments)
    if locked.is_correction:
        replace_copies(correction=locked, sent=deliveries, by=by, at=at)
    if locked.replaces is not None:
        replace_withdrawn(withdrawn=locked.replaces, successor=locked, by=by, at=at)

    return Dispatched(locked, now=True, recipients=len(deliveries))


def _unapproved(delivery: Delivery) -> dict[str, Any]:
    """For the event: the address that a sender has set for this letter, if its notice goes there."""
    unit, letter = delivery.agency, delivery.circular_id
    for channel, _address in unit.open_channels(letter=letter)[:1]:
        found = unapproved_address(unit, channel, letter) if is_unapproved(unit, channel, letter) else None
        if found is not None:
            return {"unapproved": found.address, "address_set_by": found.by}
    return {}


def check_confirmed(circular: Circular, *, at: datetime, content_digest: str | None) -> Preflight:
    """The preflight of a dispatch at that moment. Raises NotReady, and ChangedSincePreflight if the digest differs."""
    found = preflight(circular=circular, at=at)
    if found.blocks:
        raise NotReady(found)
    if content_digest is not None and content_digest != found.content_digest(circular):
        raise ChangedSincePreflight(found)
    return found


def _copied(
    circular: Circular, replaced: Delivery | None, due_at: datetime | None, more_time: set[int]
) -> dict[str, Any]:
    """The due time of a new copy; for a correction also the successor that answers for a closed unit."""
    if replaced is None:
        return {"due_at": due_at}
    return {
        "due_at": due_of(circular, replaced, due_at, has_more_time=replaced.pk in more_time),
        "successor": replaced.successor,
    }
