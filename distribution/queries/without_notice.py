"""Recipients to whom no notice of the letter went, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models.channel import UndeliverableAddress
from circulars.models import Circular
from distribution.models import Delivery, Notice, NoticeKind, NoticeState


def got_no_notice(circular: Circular) -> Q:
    """Deliveries of the letter whose unit no notice told: none was written, or it failed or came back.

    Those whose notice is on its way, or is needed no longer, and removed recipients don't count.
    """
    notices = Notice.objects.filter(delivery__circular=circular, kind=NoticeKind.LETTER)
    others = ~Q(pk__in=notices.exclude(state=NoticeState.FAILED).values("delivery"))
    removed = Q() if circular.is_withdrawn else Q(withdrawn_at=None)
    return Q(circular=circular, notified_at=None) & removed & others


def never_written(circular: Circular, *, above: Delivery | None = None) -> QuerySet[Delivery]:
    """Outstanding deliveries of the letter for which no notice was ever written: direct ones, or those passed on
    directly from `above`.
    """
    written = Notice.objects.filter(delivery__circular=circular, kind=NoticeKind.LETTER)
    found = Delivery.objects.filter(got_no_notice(circular), parent=above).outstanding()
    return found.exclude(pk__in=written.values("delivery")).select_related("agency", "successor")


def that_can_be_told(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Those whose unit has an address by now."""
    return [each for each in deliveries if each.answering_unit.open_channels()]


@dataclass(frozen=True)
class WithoutNotice:
    """A recipient to whom no notice went; `failed` is the notice that failed, None if none was written."""

    delivery: Delivery
    failed: Notice | None

    @property
    def why(self) -> str:
        """Why none was written."""
        if closed := undeliverable_at(self.delivery.created_at, self.delivery):
            since = date_format(timezone.localtime(closed.since), "SHORT_DATE_FORMAT")
            return _("Nothing had reached %(address)s since %(day)s.") % {
                "address": closed.address,
                "day": since,
            }
        return _("The unit had no address by which it could be told.")

    @property
    def answer(self) -> str:
        """The server's own words."""
        if self.failed is not None:
            return self.failed.last_error
        closed = undeliverable_at(self.delivery.created_at, self.delivery)
        return closed.answer if closed else ""

    @property
    def can_be_sent(self) -> bool:
        """Whether a user may have the notice sent now."""
        if not self.delivery.is_outstanding:
            return False
        return self.failed is not None or bool(that_can_be_told([self.delivery]))


def undeliverable_at(moment: datetime, delivery: Delivery) -> UndeliverableAddress | None:
    """The address of the unit that was not used at that moment, because mail to it had come back."""
    for channel, kept in delivery.answering_unit.undeliverable.items():
        since = datetime.fromisoformat(kept["since"])
        if since <= moment:
            address = kept.get("address") or kept["works"]
            return UndeliverableAddress(channel, address, since, kept.get("answer", ""))
    return None


def without_notice(deliveries: QuerySet[Delivery], circular: Circular, *, most: int) -> list[WithoutNotice]:
    """The first of these deliveries of the letter to which no notice went, in protocol order, in two queries."""
    found = list(
        deliveries.filter(got_no_notice(circular))
        .select_related("agency", "successor")
        .order_by("agency__protocol_order", "agency__sort_key", "pk")[:most]
    )
    given_up = Notice.objects.given_up().filter(
        kind=NoticeKind.LETTER, delivery__in=[each.pk for each in found]
    )
    failed = {notice.delivery_id: notice for notice in given_up}
    return [WithoutNotice(each, failed.get(each.pk)) for each in found]


def other_failed_notices(circular: Circular) -> QuerySet[Notice]:
    """Notices about the letter that were given up, other than those that bring it."""
    given_up = Notice.objects.given_up().exclude(kind=NoticeKind.LETTER)
    depth = Q(delivery__parent=None)
    if circular.is_withdrawn:
        depth |= Q(kind=NoticeKind.WITHDRAWN)
    found = given_up.filter(depth, delivery__circular=circular).select_related(
        "agency", "person", "delivery__agency"
    )
    return found.order_by("delivery__agency__protocol_order", "pk")
