"""Two different use cases that meet on the same letter, on two connections: the outcome is one of them after the other.

Neither ends in a deadlock, whichever begins; where they exclude each other, one is refused.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from circulars.models import Circular, Purpose
from circulars.services.draft import DraftLists, revise
from distribution.feedback.settle_mail import settle_mail
from distribution.models import (
    Delivery,
    Disposition,
    ExtensionRequest,
    ReturnedMail,
    ReturnGround,
    Settlement,
)
from distribution.services import succession
from distribution.services.follow_up.send_another_way import send_another_way
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.return_letter import return_letter
from distribution.services.receiving.take_back import take_back
from distribution.services.sending.dispatch import dispatch
from distribution.services.sending.schedule_dispatch import cancel_dispatch, dispatch_scheduled
from tests.at_once import at_once, somebody_waits_for_a_lock
from tests.consistency import findings
from tests.factories import AgencyFactory, UserFactory, draft_to, recipient_of, sender_of
from tests.test_use_cases_at_once import on_its_own_connection, outcome
from tests.use_cases import NOW
from tests.use_cases.database import Died, shape
from tests.use_cases.of_outbox import listed_mail, waiting_for_kep
from tests.use_cases.of_receiving import received, stamp_of
from tests.use_cases.of_sending import DUE, a_correction, scheduled_letter
from tests.use_cases.table import Action

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("kep_account")]
Pair = tuple[Action, Action]
JUST_BEFORE = NOW - timedelta(minutes=1)


@dataclass(frozen=True)
class Meeting:
    """`refused`: what the second is told if the first of the two came before it, and the first if the second did.

    `sweep`: what a task of every minute mends. It has no person, so of the events in `by_number` only their number
    is compared.
    """

    prepare: Callable[[], Pair]
    refused: tuple[str, str]
    sweep: Action = dict
    by_number: str = ""

    def shape(self) -> dict[str, Any]:
        """What the database holds."""
        found: dict[str, Any] = shape()
        return found | ({self.by_number: len(found[self.by_number])} if self.by_number else {})


def confirming(delivery: Delivery) -> Action:
    by = recipient_of(delivery.agency)
    return lambda: acknowledge(delivery=delivery.public_id, by=by, at=NOW)


def withdrawing(circular: Circular) -> Action:
    by = sender_of(circular.issuer)
    return lambda: withdraw(circular=circular, reason="yanlış liste", by=by, at=NOW)


def acknowledge_and_withdraw() -> Pair:
    circular, delivery, _by = received()
    return confirming(delivery), withdrawing(circular)


def acknowledge_and_take_back() -> Pair:
    """A colleague confirms once more while the person takes the confirmation back."""
    _circular, delivery, by = received()
    acknowledge(delivery=delivery.public_id, by=by, at=JUST_BEFORE)
    stamp = stamp_of(delivery)
    return confirming(delivery), lambda: take_back(delivery=delivery.public_id, stamp=stamp, by=by, at=NOW)


def passing_on(delivery: Delivery) -> Action:
    by = recipient_of(delivery.agency)
    below = [(AgencyFactory(parent=delivery.agency), Purpose.ACTION)]
    return lambda: pass_on(
        delivery=delivery.public_id, recipients=below, note="", due_at=None, by=by, at=NOW, confirm=True
    )


def pass_on_and_withdraw() -> Pair:
    circular, delivery, _by = received()
    return passing_on(delivery), withdrawing(circular)


def returning(delivery: Delivery) -> Action:
    by = recipient_of(delivery.agency)
    return lambda: return_letter(
        delivery=delivery.public_id, by=by, at=NOW, ground=ReturnGround.NOT_ADDRESSEE, reason="Bizim değil"
    )


def return_and_acknowledge() -> Pair:
    _circular, delivery, _by = received()
    return returning(delivery), confirming(delivery)


def return_and_pass_on() -> Pair:
    _circular, delivery, _by = received()
    return returning(delivery), passing_on(delivery)


def correct_and_acknowledge() -> Pair:
    draft = a_correction()
    assert draft.corrects is not None
    delivery = draft.corrects.deliveries.direct().filter(acknowledged_at=None).order_by("pk")[0]
    return (
        lambda: dispatch(circular=Circular.objects.get(pk=draft.pk), by=draft.recorded_by, at=NOW),
        confirming(delivery),
    )


def answering(delivery: Delivery) -> Action:
    by = recipient_of(delivery.agency)
    return lambda: complete(delivery=delivery.public_id, by=by, at=NOW, disposition=Disposition.DONE)


def ask_for_time_and_answer() -> Pair:
    _circular, delivery, by = received()
    wanted = DUE + timedelta(days=5)
    return (
        lambda: ask_extension(delivery=delivery.public_id, by=by, at=NOW, wanted=wanted, reason="Veri"),
        answering(delivery),
    )


def grant_time_and_answer() -> Pair:
    circular, delivery, by = received()
    wanted = DUE + timedelta(days=5)
    ask_extension(delivery=delivery.public_id, by=by, at=JUST_BEFORE, wanted=wanted, reason="Veri")
    request, sender = ExtensionRequest.objects.latest("pk").public_id, sender_of(circular.issuer)
    return (
        lambda: decide_extension(extension=request, by=sender, at=NOW, granted_until=wanted),
        answering(delivery),
    )


def scheduled_dispatch_and_cancel() -> Pair:
    circular = scheduled_letter()
    return lambda: dispatch_scheduled(at=NOW), lambda: cancel_dispatch(circular=circular)


def revising(draft: Circular) -> Action:
    version = draft.draft_version

    def save() -> None:
        current = Circular.objects.get(pk=draft.pk)
        current.subject = "Yeni konu"
        revise(circular=current, lists=DraftLists(), on=NOW.date(), version_read=version)

    return save


def dispatch_and_edit() -> Pair:
    draft = draft_to(AgencyFactory(), AgencyFactory())
    by = sender_of(draft.issuer)
    return lambda: dispatch(circular=draft, by=by, at=NOW), revising(draft)


def settle_bounce_and_acknowledge() -> Pair:
    mail, by = listed_mail()
    notice = ReturnedMail.objects.get(pk=mail.pk).notice
    assert notice is not None
    assert notice.delivery is not None
    settling = lambda: settle_mail(  # noqa: E731
        pk=mail.pk, settled_as=Settlement.FAILED, by=by, at=NOW, nobody_there=True
    )
    return settling, confirming(notice.delivery)


def close_unit_and_dispatch() -> Pair:
    draft = draft_to(AgencyFactory(), AgencyFactory())
    closing, successor = draft.lines.order_by("pk")[0].agency, AgencyFactory()
    assert closing is not None
    administrator, by = UserFactory(), sender_of(draft.issuer)
    return (
        lambda: succession.close_unit(
            agency=closing, on=NOW.date(), successor=successor, by=administrator, at=NOW
        ),
        lambda: dispatch(circular=draft, by=by, at=NOW),
    )


def send_another_way_and_acknowledge() -> Pair:
    circular = waiting_for_kep()
    by = sender_of(circular.issuer)
    return (
        lambda: send_another_way(circular=circular, by=by, at=NOW),
        confirming(circular.deliveries.get()),
    )


def following() -> None:
    """A dispatch may have begun before the unit was closed: its copy is passed to the successor within a minute."""
    succession.follow_successors(at=NOW)


MEETINGS = [
    Meeting(acknowledge_and_withdraw, refused=("", "NotAcknowledgeable")),
    Meeting(acknowledge_and_take_back, refused=("", "")),
    Meeting(pass_on_and_withdraw, refused=("", "NoLongerLive")),
    Meeting(return_and_acknowledge, refused=("NotAcknowledgeable", "")),
    Meeting(return_and_pass_on, refused=("NoLongerLive", "")),
    Meeting(correct_and_acknowledge, refused=("NotAcknowledgeable", "")),
    Meeting(ask_for_time_and_answer, refused=("", "ActionRefused")),
    Meeting(grant_time_and_answer, refused=("", "ActionRefused")),
    Meeting(scheduled_dispatch_and_cancel, refused=("NotScheduled", "")),
    Meeting(dispatch_and_edit, refused=("NotADraft", "NotReady")),
    Meeting(settle_bounce_and_acknowledge, refused=("", "")),
    Meeting(
        close_unit_and_dispatch,
        refused=("NotReady", ""),
        sweep=following,
        by_number="distribution.DeliveryEvent",
    ),
    Meeting(send_another_way_and_acknowledge, refused=("", "")),
]


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def in_order(meeting: "Meeting", first: int) -> tuple[list[str], dict[str, Any]]:
    """What comes of one after the other, `first` being the index of the one that begins. It is undone."""
    done = ["", ""]
    try:
        with transaction.atomic():
            pair = meeting.prepare()
            for index in (first, 1 - first):
                done[index] = outcome(pair[index])
            meeting.sweep()
            left = meeting.shape()
            raise Died
    except Died:
        return done, left


@pytest.mark.parametrize(
    "begins", [0, 1, None], ids=["the first begins", "the second begins", "both at once"]
)
@pytest.mark.parametrize("meeting", MEETINGS, ids=lambda meeting: meeting.prepare.__name__)
def test_the_outcome_is_that_of_one_after_the_other(meeting: Meeting, begins: int | None) -> None:
    expected = [in_order(meeting, first) for first in (0, 1)]
    assert (expected[0][0], expected[1][0]) == (["", meeting.refused[0]], [meeting.refused[1], ""])

    pair = meeting.prepare()
    done = ["", ""]
    if begins is None:
        done = at_once(*(lambda action=action: on_its_own_connection(action) for action in pair))
    else:
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                done[begins] = outcome(pair[begins])
                other = pool.submit(on_its_own_connection, pair[1 - begins])
                while not other.done() and not somebody_waits_for_a_lock():
                    pass
            done[1 - begins] = other.result(20)
    meeting.sweep()

    assert (done, meeting.shape()) in expected
    assert findings(NOW + timedelta(minutes=1)) == []
