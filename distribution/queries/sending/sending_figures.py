"""How many notices of a letter were sent, wait or failed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from circulars.models import Circular
from distribution.models import Channel, Notice, NoticeKind, NoticeState
from distribution.queries.sending.without_notice import got_no_notice


@dataclass(frozen=True)
class SendingFigures:
    """Notices of one letter by state, those of its withdrawal included."""

    sent: int
    waiting: int
    failed: int
    held: int = 0
    paused: int = 0
    delayed: int = 0
    """Those of the waiting that were not accepted before and are tried again later."""

    next_attempt_at: datetime | None = None
    """When the first of the delayed is tried again."""

    of_withdrawal: "SendingFigures | None" = None
    """Those of them that tell of the withdrawal."""

    @property
    def of_letter(self) -> "SendingFigures":
        """Those of them that bring the letter."""
        told = self.of_withdrawal or SendingFigures(0, 0, 0)
        return SendingFigures(
            sent=self.sent - told.sent,
            waiting=self.waiting - told.waiting,
            failed=self.failed - told.failed,
            held=self.held - told.held,
            paused=self.paused - told.paused,
        )

    @property
    def notices(self) -> int:
        return self.sent + self.waiting + self.failed + self.held + self.paused

    @property
    def is_going_on(self) -> bool:
        return self.waiting > 0


def sending_figures(circular: Circular) -> SendingFigures:
    """The figures, in one query, because the page polls them during sending.

    For a withdrawn letter they include the notices of the withdrawal, to units at any depth. A failed notice to a
    unit that was told in another way, or was removed, doesn't count.
    """
    counted_kinds = Q(kind=NoticeKind.LETTER, delivery__parent=None)
    if circular.is_withdrawn:
        counted_kinds |= Q(kind=NoticeKind.WITHDRAWN)
    of_letter = Notice.objects.filter(counted_kinds, delivery__circular=circular, replacement__isnull=True)
    of_letter = of_letter.exclude(channel=Channel.HAND, replaces=None)
    failed_letter = Q(kind=NoticeKind.LETTER, state=NoticeState.FAILED)
    of_letter = of_letter.filter(~failed_letter | got_no_notice(circular, "delivery__"))
    again = Q(state=NoticeState.WAITING, next_attempt_at__gt=timezone.now()) & ~Q(last_error="")
    counted = list(
        of_letter.order_by()
        .values("kind", "state")
        .annotate(
            n=Count("pk"), delayed=Count("pk", filter=again), next_at=Min("next_attempt_at", filter=again)
        )
    )
    told = [each for each in counted if each["kind"] == NoticeKind.WITHDRAWN]
    return replace(_by_state(counted), of_withdrawal=_by_state(told) if told else None)


def _by_state(counted: Sequence[Mapping[str, Any]]) -> SendingFigures:
    states: Counter[str] = Counter()
    for each in counted:
        states[each["state"]] += each["n"]
    return SendingFigures(
        sent=states[NoticeState.SENT],
        waiting=states[NoticeState.WAITING] + states[NoticeState.SENDING],
        failed=states[NoticeState.FAILED],
        held=states[NoticeState.HELD] + states[NoticeState.BUNDLED],
        paused=states[NoticeState.PAUSED],
        delayed=sum(each["delayed"] for each in counted),
        next_attempt_at=min((each["next_at"] for each in counted if each["next_at"]), default=None),
    )
