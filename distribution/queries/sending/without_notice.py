"""Recipients to whom no notice of the letter went, and why."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency
from agencies.models.contact_details.channel import UndeliverableAddress, kept_address
from circulars.models import Circular
from distribution.models import Channel, Delivery, DeliveryEvent, EventKind, Notice, NoticeKind, NoticeState
from distribution.models.deliveries.conditions import answering, outstanding


def got_no_notice(circular: Circular, through: str = "") -> Q:
    """Deliveries of the letter whose unit no notice told: none was written, or it failed or came back.

    Those whose notice is on its way, or is needed no longer, and removed recipients don't count. `through` is the
    lookup prefix from another model, e.g. `delivery__`.
    """
    others = _letter_notices(circular, through).exclude(state=NoticeState.FAILED)
    silent = Q(**{f"{through}circular": circular, f"{through}notified_at": None})
    removed = Q() if circular.is_withdrawn else Q(**{f"{through}withdrawn_at": None})
    return silent & removed & Q(~Exists(others))


def _letter_notices(circular: Circular, through: str = "") -> QuerySet[Notice]:
    """The notices that bring the letter to the delivery of the outer query.

    The letter is named as well: when PostgreSQL reads them all at once, it reads those of this letter only.
    """
    return Notice.objects.filter(
        delivery=OuterRef(f"{through}pk"), delivery__circular=circular, kind=NoticeKind.LETTER
    )


def never_written(circular: Circular, *, above: Delivery | None = None) -> QuerySet[Delivery]:
    """Outstanding deliveries of the letter for which no notice was ever written: direct ones, or those passed on
    directly from `above`.
    """
    found = Delivery.objects.filter(circular=circular, parent=above, notified_at=None).outstanding()
    return found.filter(~Exists(_letter_notices(circular))).select_related("agency", "successor")


def that_can_be_told(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Those whose unit has an address by now."""
    return [each for each in deliveries if each.answering_unit.open_channels(letter=each.circular_id)]


def failed_notices(circular: Circular, *, above: Delivery | None = None) -> QuerySet[Notice]:
    """Notices that were given up and that a user may send again: the only rule for lists, counts and the sending.

    Those to direct recipients, and of a withdrawn letter also the notices of the withdrawal, to units at any depth;
    or, with `above`, those to the units to which it passed the letter on directly. A notice that brings the letter
    isn't sent again to a unit that has confirmed it or was told in another way.
    """
    given_up = Notice.objects.given_up().filter(delivery__circular=circular)
    depth = Q(delivery__parent=above)
    if above is None and circular.is_withdrawn:
        depth |= Q(kind=NoticeKind.WITHDRAWN)
    other_kind = ~Q(kind=NoticeKind.LETTER)
    still_untold = outstanding("delivery__") & got_no_notice(circular, "delivery__")
    return given_up.filter(depth, other_kind | still_untold)


def to_be_retried(circular: Circular, *, above: Delivery | None = None) -> int:
    """Number of notices that a user may send again, or that can be written only now. Loads no delivery."""
    unwritten = Counter(never_written(circular, above=above).values_list(answering(), flat=True))
    units = Agency.objects.filter(pk__in=unwritten)
    can_be_told = sum(unwritten[unit.pk] for unit in units if unit.open_channels(letter=circular.pk))
    return failed_notices(circular, above=above).count() + can_be_told


BEGINNINGS = (EventKind.DISPATCHED, EventKind.ADDED, EventKind.RECEIVED_BELOW)
"""Events with which a delivery begins; they hold the unit's e-mail address."""


@dataclass(frozen=True)
class WithoutNotice:
    """A recipient to whom no notice went; `failed` is the notice that failed, None if none was written."""

    delivery: Delivery
    failed: Notice | None
    email: str
    """The e-mail address that the unit had when it got the letter; empty if it had none, or if `failed` is given."""

    @property
    def why(self) -> str:
        """Why none was written."""
        if closed := self._undeliverable:
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
        return self._undeliverable.answer if self._undeliverable else ""

    @property
    def _undeliverable(self) -> UndeliverableAddress | None:
        """The address that was not used, because mail to it had come back before the letter.

        Of the e-mail address it is known which one the unit had then, of other channels only which one it has now.
        """
        unit = self.delivery.answering_unit
        known = [each for each in unit.undeliverable_addresses if each.channel != Channel.EMAIL]
        remembered = (kept_address(Channel.EMAIL, kept) for kept in unit.undeliverable.get(Channel.EMAIL, []))
        known += [each for each in remembered if each.address == self.email]
        before = [each for each in known if each.since <= self.delivery.created_at]
        return max(before, key=lambda each: each.since, default=None)

    @property
    def can_be_sent(self) -> bool:
        """Whether a user may have the notice sent now."""
        if not self.delivery.is_outstanding:
            return False
        return self.failed is not None or bool(that_can_be_told([self.delivery]))


def without_notice(deliveries: QuerySet[Delivery], circular: Circular, *, most: int) -> list[WithoutNotice]:
    """The first of these deliveries of the letter to which no notice went, in protocol order, in three queries."""
    found = list(
        deliveries.filter(got_no_notice(circular))
        .select_related("agency", "successor")
        .order_by("agency__protocol_order", "agency__sort_key", "pk")[:most]
    )
    given_up = Notice.objects.given_up().filter(
        kind=NoticeKind.LETTER, delivery__in=[each.pk for each in found]
    )
    failed = {notice.delivery_id: notice for notice in given_up}
    unwritten = [each.pk for each in found if each.pk not in failed]
    begun = DeliveryEvent.objects.filter(delivery__in=unwritten, kind__in=BEGINNINGS)
    emails = dict(begun.values_list("delivery", "data__email"))
    return [WithoutNotice(each, failed.get(each.pk), emails.get(each.pk, "")) for each in found]


def other_failed_notices(circular: Circular) -> QuerySet[Notice]:
    """Those of the failed notices that don't bring the letter, in protocol order of the units."""
    found = failed_notices(circular).exclude(kind=NoticeKind.LETTER)
    found = found.select_related("agency", "person", "delivery__agency")
    return found.order_by("delivery__agency__protocol_order", "pk")
