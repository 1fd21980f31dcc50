"""What a unit said by telephone, for the tests of what the sender records of it."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from agencies.models import User
from distribution.models import Delivery, Disposition, OnBehalfRecord, SaidThrough
from distribution.services.follow_up.record_on_behalf import Said, record_on_behalf
from tests.factories import sender_of

SAID_AT = datetime(2026, 3, 3, 8, 15, tzinfo=UTC)
LATER = datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


def said(**changes: object) -> Said:
    """A confirmation by telephone, the day after the dispatch."""
    usual = {"channel": SaidThrough.TELEPHONE, "said_by": "Can SU", "said_by_title": "Yazı İşleri Şefi"}
    return Said(**{**usual, "said_at": SAID_AT, **changes})  # type: ignore[arg-type]


def answered(**changes: object) -> Said:
    """An answer by telephone."""
    return said(**{"disposition": Disposition.DONE, "answer": "Tamamı bildirildi.", **changes})


def recorded(
    delivery: Delivery, what: Said | None = None, by: User | None = None, at: datetime = LATER
) -> OnBehalfRecord:
    """The sender records it, by default the day after it was said."""
    by = by or sender_of(delivery.circular.issuer)
    return record_on_behalf(delivery=delivery.public_id, said=what or said(), by=by, at=at)


def recorded_now(delivery: Delivery) -> OnBehalfRecord:
    """An answer that was given an hour ago, to a letter that left before."""
    now = timezone.now()
    return recorded(delivery, answered(said_at=now - timedelta(hours=1)), at=now)
