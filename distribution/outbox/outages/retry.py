"""Send at a user's request what failed, and the notices that could not be written before."""

from datetime import datetime
from functools import partial

from django.db import transaction

from agencies.services.contact_details.propose_address import refused_addresses
from agencies.services.contact_details.undeliverable import forget_undeliverable, forget_undeliverable_people
from circulars.models import Circular, Urgency
from distribution.models import Delivery, NoticeState
from distribution.models.bulk import update_many
from distribution.outbox.wake_up import wake_workers
from distribution.outbox.write import channel_today, letter_notice, post
from distribution.queries.sending.without_notice import failed_notices, never_written, that_can_be_told

RETRIED_COLUMNS = (
    "channel",
    "address",
    "state",
    "attempts",
    "next_attempt_at",
    "sent_at",
    "recorded_at",
    "bundle",
)


@transaction.atomic
def retry_failed(
    *, circular: Circular, at: datetime, above: Delivery | None = None, only: Delivery | None = None
) -> int:
    """Retry failed notices at a user's request, to the current addresses, and write those that were never written.

    Concerns what `failed_notices` and `never_written` name, of the letter or of what was passed on directly from
    `above`; with `only` this one delivery among them. Members of a failed digest are sent on their own. Addresses
    that mail came back from are tried again; a unit that never got a notice gets one if it has an address by now.
    A refused address is not tried again. Returns the number of notices.
    """
    of_one = {} if only is None else {"delivery": only}
    failed = list(
        failed_notices(circular, above=above)
        .filter(**of_one)
        .select_for_update(of=("self",))
        .select_related("agency", "person")
        .order_by("pk")
    )
    forget_undeliverable(
        (notice.agency, notice.channel, notice.address) for notice in failed if notice.agency is not None
    )
    forget_undeliverable_people(notice.person for notice in failed if notice.person is not None)
    unwritten = _locked_without_notice(circular, above, only)
    for notice in failed:
        notice.channel, notice.address = channel_today(notice)
    refused = refused_addresses(notice.agency_id for notice in failed if notice.agency_id is not None)
    failed = [each for each in failed if (each.agency_id, each.channel, each.address) not in refused]
    for notice in failed:
        notice.state, notice.attempts, notice.next_attempt_at = NoticeState.WAITING, 0, at
        notice.sent_at = notice.recorded_at = notice.bundle = None
    update_many(failed, RETRIED_COLUMNS)
    transaction.on_commit(partial(wake_workers, len(failed)))
    can_be_told = that_can_be_told(never_written(circular, above=above).filter(pk__in=unwritten))
    urgent = circular.urgency == Urgency.URGENT
    written = post(letter_notice(delivery, urgent=urgent, at=at) for delivery in can_be_told)
    return len(failed) + len(written)


def _locked_without_notice(circular: Circular, above: Delivery | None, only: Delivery | None) -> list[int]:
    """Ids of deliveries without any notice, which nobody else gives one until the transaction ends."""
    found = never_written(circular, above=above).order_by("pk")
    if only is not None:
        found = found.filter(pk=only.pk)
    locked = found.select_for_update(of=("self",), no_key=True)
    return list(locked.values_list("pk", flat=True))
