"""E-mails at once to managers: a GÜNLÜDÜR letter went overdue, or nobody opens an ACELE letter.

One mail a letter, which names the units with their telephone numbers. If further units join, the next mail leaves on
the next working morning at the earliest.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agencies.access import people_of
from agencies.calendar import calendar_for
from agencies.models import Agency, Role, User
from agencies.models.turns import take_turn
from circulars.models import Circular, Urgency
from distribution.models import AlertReason, BoardSettings, LateAlert, LateAlertCopy, NoticeKind
from distribution.models.notices.notice_details import LateAlertDetails
from distribution.outbox.write import post, to_person
from distribution.queries.managing.alerts import overdue_to_tell, still_untold, unopened_to_tell


def alert_managers(*, at: datetime) -> int:
    """Every few minutes: tell managers of what became late. Returns how many letters were told of.

    Each letter is told of in a transaction of its own, so that none keeps the others.
    """
    found = {AlertReason.OVERDUE: overdue_to_tell(at), AlertReason.UNOPENED: unopened_to_tell(at)}
    return sum(
        tell_of_letter(letter=letter, copies=copies, reason=reason, at=at)
        for reason, letters in found.items()
        for letter, copies in sorted(letters.items())
    )


@transaction.atomic
def tell_of_letter(*, letter: int, copies: Collection[int], reason: AlertReason, at: datetime) -> bool:
    """Tell the managers of the letter of these copies. Returns False if it isn't the time, or all were told before."""
    take_turn(f"alert of letter {letter}")
    circular = Circular.objects.select_related("issuer").get(pk=letter)
    if not _is_time(circular, reason, at):
        return False
    rows = list(still_untold(copies, reason).values_list("pk", "due_at"))
    if not rows:
        return False
    alert = LateAlert.objects.create(circular=circular, reason=reason, at=at)
    LateAlertCopy.objects.bulk_create(
        LateAlertCopy(
            alert=alert, delivery_id=pk, reason=reason, due_at=due if reason == AlertReason.OVERDUE else None
        )
        for pk, due in rows
    )
    unit, people = _managers(circular.issuer, at)
    written = post(
        to_person(
            person,
            delivery=None,
            kind=NoticeKind.LATE_ALERT,
            at=at,
            details=LateAlertDetails(alert=alert.pk, unit=unit, is_urgent=circular.urgency == Urgency.URGENT),
        )
        for person in people
    )
    LateAlert.objects.filter(pk=alert.pk).update(people=len(written))
    return True


def _is_time(circular: Circular, reason: AlertReason, at: datetime) -> bool:
    """Whether the managers are at work, unless the letter is ACELE, and weren't told since the last working morning."""
    last = LateAlert.objects.filter(circular=circular, reason=reason).order_by("-at").first()
    first_day = timezone.localdate(last.at if last else at)
    calendar = calendar_for(circular.issuer.province_id, first_day)
    if circular.urgency != Urgency.URGENT and not calendar.is_working(at):
        return False
    return last is None or at >= calendar.next_working_morning(last.at + timedelta(seconds=1))


def _managers(issuer: Agency, at: datetime) -> tuple[int, list[User]]:
    """The nearest unit from the issuer upwards that has managers, and those of them who want these mails.

    Deputies are among them. If nobody manages any of the units, nobody is told.
    """
    people = people_of(issuer.path, Role.MANAGER, timezone.localdate(at))
    unit = next((pk for pk in reversed(issuer.path) if people[pk]), issuer.pk)
    refused = BoardSettings.objects.filter(unit=unit, wants_alerts=False).values_list("person_id", flat=True)
    without = set(refused)
    return unit, [person for person in people[unit] if person.pk not in without]
