"""After a return: sent again, sent to another unit instead, or accepted."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Purpose, Urgency
from distribution.models import (
    ChangeKind,
    Delivery,
    DeliveryEvent,
    EventKind,
    Notice,
    NoticeKind,
    ReturnDecision,
    ReturnGround,
    Stage,
)
from distribution.outbox.messages import compose
from distribution.queries.sending.board import letter_figures
from distribution.queries.sending.decisions import below, of_letter
from distribution.services.follow_up import decide_return
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.return_letter import return_letter
from tests.consistency import findings
from tests.distribution.follow_up.correcting import begin, send
from tests.distribution.returning import REASON, give_back, returned_below, returned_by
from tests.factories import MOMENT, AgencyFactory, UserFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db
LATER = MOMENT + timedelta(hours=2)
WORD = "Konu 5. maddeye göre\ngörev alanınızdadır."


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği")


@pytest.fixture
def copy(unit: Agency) -> Delivery:
    return returned_by(unit, dispatched_to(unit, AgencyFactory()))


def sender(delivery: Delivery) -> User:
    return sender_of(delivery.circular.issuer)


def again(delivery: Delivery, by: User | None = None, at: datetime = LATER) -> Delivery:
    return decide_return.send_again(
        delivery=delivery.public_id,
        returned_at=delivery.returned_at or MOMENT,
        reason=WORD,
        by=by or sender(delivery),
        at=at,
    )


def instead(
    delivery: Delivery, agency: Agency, by: User | None = None, due_at: datetime | None = None
) -> Delivery:
    return decide_return.send_instead(
        delivery=delivery.public_id,
        returned_at=delivery.returned_at or MOMENT,
        agency=agency,
        due_at=due_at,
        by=by or sender(delivery),
        at=LATER,
    )


def accept(delivery: Delivery, by: User | None = None) -> Delivery:
    return decide_return.accept_return(
        delivery=delivery.public_id,
        returned_at=delivery.returned_at or MOMENT,
        by=by or sender(delivery),
        at=LATER,
    )


ACTS: list[Callable[[Delivery], Delivery]] = [again, lambda each: instead(each, AgencyFactory()), accept]


def kinds(delivery: Delivery) -> list[str]:
    return [event.kind for event in delivery.events.order_by("sequence")]


def test_a_copy_sent_again_is_open_as_before_and_the_unit_reads_why(copy: Delivery) -> None:
    again(copy)

    copy.refresh_from_db()
    assert copy.is_outstanding
    assert (copy.return_ground, copy.return_reason) == ("", "")
    assert copy.next_reminder_at is not None
    assert kinds(copy)[-2:] == [EventKind.RETURNED, EventKind.SENT_AGAIN]
    assert copy.events.get(kind=EventKind.RETURNED).data["reason"] == REASON
    assert copy.events.get(kind=EventKind.SENT_AGAIN).data["reason"] == WORD
    notice = Notice.objects.get(kind=NoticeKind.SENT_AGAIN)
    assert (notice.agency, notice.next_attempt_at) == (copy.agency, LATER)
    message = compose(notice)
    assert WORD in message.text
    assert "/link/" in message.text
    assert copy.circular.changes.get().kind == ChangeKind.SENT_AGAIN
    assert findings() == []


def test_a_restricted_letter_keeps_the_word_out_of_the_mail(unit: Agency) -> None:
    again(returned_by(unit, dispatched_to(unit, secrecy="HİZMETE ÖZEL", subject="Gizli Kalan Konu")))

    message = compose(Notice.objects.get(kind=NoticeKind.SENT_AGAIN))
    whole = message.subject + message.text + message.html
    assert "görev alanınızdadır" not in whole
    assert "Gizli Kalan Konu" not in whole


@pytest.mark.parametrize("purpose", Purpose)
def test_what_was_confirmed_before_the_return_stands(unit: Agency, purpose: Purpose) -> None:
    copy = dispatched_to(unit, purpose=purpose).deliveries.get()
    acknowledge(delivery=copy.public_id, by=recipient_of(unit), at=MOMENT)
    again(give_back(copy))

    copy.refresh_from_db()
    assert copy.stage == Stage.ACKNOWLEDGED
    assert copy.acknowledged_at == MOMENT
    assert copy.is_unanswered == (purpose == Purpose.ACTION)
    assert findings() == []


def test_it_can_be_returned_and_decided_on_once_more(copy: Delivery) -> None:
    again(copy)
    accept(give_back(copy, LATER + timedelta(hours=1)))

    copy.refresh_from_db()
    assert copy.stage == Stage.RETURNED
    assert [each.outcome for each in copy.return_decisions.all()] == ["sent_again", "accepted"]
    assert findings() == []


def test_another_unit_gets_the_letter_for_the_same_purpose_with_its_own_notice(unit: Agency) -> None:
    due = timezone.now() + timedelta(days=3)
    circular = dispatched_to(unit, purpose=Purpose.INFORMATION, urgency=Urgency.TIMED, due_at=due)
    copy, other = returned_by(unit, circular), AgencyFactory(name="Iğdır Valiliği")

    new = instead(copy, other, due_at=due)

    copy.refresh_from_db()
    assert copy.stage == Stage.RETURNED
    assert (new.agency, new.purpose, new.due_at, new.parent) == (other, Purpose.INFORMATION, due, None)
    assert new.instead_of.delivery == copy
    assert kinds(copy)[-1] == EventKind.SENT_INSTEAD
    assert kinds(new) == [EventKind.ADDED]
    assert new.events.get().data["instead_of"] == str(copy.public_id)
    assert Notice.objects.get(delivery=new).kind == NoticeKind.LETTER
    circular.refresh_from_db()
    change = circular.changes.get()
    assert (change.kind, change.data["units"]) == (ChangeKind.ADDED, ["Iğdır Valiliği"])
    assert change.data["instead_of"] == "Ardahan Valiliği"
    assert letter_figures(circular).recipients == 2
    assert findings() == []


def test_neither_unit_is_named_in_the_events_of_the_other(copy: Delivery) -> None:
    new = instead(copy, AgencyFactory(name="Iğdır Valiliği"))

    assert "Iğdır" not in str([event.data for event in copy.events.all()])
    assert "Ardahan" not in str([event.data for event in new.events.all()])


def test_an_accepted_return_needs_no_attention_and_nobody_is_told(copy: Delivery) -> None:
    assert letter_figures(copy.circular).undecided_returns == 1
    before = Notice.objects.count()

    accept(copy)

    figures = letter_figures(copy.circular)
    assert (figures.returned, figures.undecided_returns) == (1, 0)
    assert not of_letter(copy.circular)
    assert kinds(copy)[-1] == EventKind.RETURN_ACCEPTED
    assert copy.circular.changes.get().kind == ChangeKind.RETURN_ACCEPTED
    assert Notice.objects.count() == before
    assert findings() == []


def test_an_accepted_return_is_not_accepted_twice_and_may_be_sent_on_after_all(copy: Delivery) -> None:
    accept(copy)

    with pytest.raises(ActionRefused):
        accept(copy)
    again(copy)

    copy.refresh_from_db()
    assert copy.is_outstanding
    assert findings() == []


@pytest.mark.parametrize("first", ACTS[:2], ids=["again", "instead"])
@pytest.mark.parametrize("second", ACTS, ids=["again", "instead", "accept"])
def test_a_second_decision_on_the_same_return_changes_nothing(
    copy: Delivery, first: Callable[[Delivery], Delivery], second: Callable[[Delivery], Delivery]
) -> None:
    first(copy)
    before = DeliveryEvent.objects.count(), Notice.objects.count(), Delivery.objects.count()

    stale = Delivery.objects.get(pk=copy.pk)
    stale.returned_at = MOMENT
    with pytest.raises(ActionRefused) as refused:
        second(stale)

    assert refused.value.field == "seen"
    assert (DeliveryEvent.objects.count(), Notice.objects.count(), Delivery.objects.count()) == before


@pytest.mark.parametrize("act", ACTS, ids=["again", "instead", "accept"])
def test_a_return_that_was_taken_back_or_made_anew_is_not_decided_on(
    copy: Delivery, act: Callable[[Delivery], Delivery]
) -> None:
    Delivery.objects.filter(pk=copy.pk).update(returned_at=None, return_ground="", return_reason="")
    with pytest.raises(ActionRefused, match=r"no longer there|artık yok"):
        act(copy)

    Delivery.objects.filter(pk=copy.pk).update(
        returned_at=LATER, return_ground=ReturnGround.NOT_FIT, return_reason="Açılmıyor"
    )
    with pytest.raises(ActionRefused, match=r"no longer there|artık yok"):
        act(copy)
    assert not ReturnDecision.objects.exists()


@pytest.mark.parametrize("act", ACTS, ids=["again", "instead", "accept"])
def test_a_withdrawn_letter_needs_no_decision(copy: Delivery, act: Callable[[Delivery], Delivery]) -> None:
    withdraw(circular=copy.circular, reason="Yanlış", by=copy.circular.recorded_by, at=LATER)

    with pytest.raises(ActionRefused):
        act(copy)
    assert not of_letter(Circular.objects.get())
    assert letter_figures(Circular.objects.get()).undecided_returns == 0


def test_a_corrected_letter_is_sent_on_in_its_newer_revision_only(unit: Agency) -> None:
    other = AgencyFactory()
    circular = dispatched_to(unit, other, at=timezone.now())
    copy = returned_by(unit, circular, timezone.now())
    send(begin(circular), other)

    for act in ACTS[:2]:
        with pytest.raises(ActionRefused):
            act(copy)
    accept(copy)
    assert findings() == []


def test_a_stranger_decides_nothing(copy: Delivery) -> None:
    for stranger in (recipient_of(copy.agency), sender_of(AgencyFactory())):
        with pytest.raises(Delivery.DoesNotExist):
            accept(copy, by=stranger)
        with pytest.raises(Delivery.DoesNotExist):
            again(copy, by=stranger)
        with pytest.raises(Delivery.DoesNotExist):
            instead(copy, AgencyFactory(), by=stranger)
    assert not ReturnDecision.objects.exists()


def test_the_other_unit_is_neither_closed_nor_the_same_nor_one_that_has_the_letter(copy: Delivery) -> None:
    has_it = copy.circular.deliveries.exclude(pk=copy.pk).get().agency
    closed = AgencyFactory(active_to=timezone.localdate(LATER))
    for agency in (copy.agency, has_it, closed):
        with pytest.raises(ActionRefused) as refused:
            instead(copy, agency)
        assert refused.value.field == "unit"
    assert Delivery.objects.count() == 2
    assert not ReturnDecision.objects.exists()


def test_a_closed_unit_does_not_get_it_again(copy: Delivery) -> None:
    Agency.objects.filter(pk=copy.agency_id).update(active_to=timezone.localdate())

    with pytest.raises(ActionRefused, match="Ardahan"):
        again(copy, at=timezone.now())


def test_without_a_word_it_is_not_sent_again(copy: Delivery) -> None:
    with pytest.raises(ActionRefused) as refused:
        decide_return.send_again(
            delivery=copy.public_id, returned_at=MOMENT, reason=" \n", by=sender(copy), at=LATER
        )
    assert refused.value.field == "reason"


def test_the_unit_that_passed_the_letter_on_decides_and_the_sender_does_not(unit: Agency) -> None:
    above = dispatched_to(unit).deliveries.get()
    copy, person = returned_below(above, AgencyFactory(parent=unit))
    sibling = AgencyFactory(parent=unit, name="Iğdır İl Müdürlüğü")
    assert below(above).returned == [copy]

    with pytest.raises(Delivery.DoesNotExist):
        accept(copy)
    with pytest.raises(ActionRefused) as refused:
        instead(copy, AgencyFactory(), by=person)
    assert refused.value.field == "unit"
    new = instead(copy, sibling, by=person)

    assert (new.parent, new.path, new.purpose, new.note) == (above, [above.pk], copy.purpose, "Bilginize")
    assert kinds(new) == [EventKind.RECEIVED_BELOW]
    assert kinds(copy)[-1] == EventKind.SENT_INSTEAD
    assert kinds(above)[-1] == EventKind.PASSED_ON
    assert not below(above)
    assert not above.circular.changes.exists()
    assert findings() == []


def test_a_copy_below_is_sent_again_while_the_copy_above_is_in_force(unit: Agency) -> None:
    above = dispatched_to(unit).deliveries.get()
    copy, person = returned_below(above, AgencyFactory(parent=unit))

    again(copy, by=person)
    copy.refresh_from_db()
    assert copy.is_outstanding
    assert compose(Notice.objects.get(kind=NoticeKind.SENT_AGAIN)).text.count("Ardahan Valiliği")

    give_back(copy, LATER + timedelta(hours=1))
    copy.refresh_from_db()
    return_letter(
        delivery=above.public_id,
        by=person,
        at=LATER + timedelta(hours=2),
        ground=ReturnGround.NOT_ADDRESSEE,
        reason=REASON,
    )
    with pytest.raises(ActionRefused):
        again(copy, by=person)
    accept(copy, by=person)
    assert findings() == []


def test_the_consistency_check_finds_decisions_that_the_events_do_not_tell(copy: Delivery) -> None:
    again(copy)
    Delivery.objects.filter(pk=copy.pk).update(
        returned_at=MOMENT, return_ground=ReturnGround.NOT_FIT, return_reason="Açılmıyor"
    )
    ReturnDecision.objects.create(
        delivery=copy, returned_at=MOMENT, outcome="accepted", decided_by=UserFactory(), decided_at=LATER
    )

    assert {each.what for each in findings()} == {
        "milestone-without-event",
        "row-unlike-events",
        "decision-and-event-differ",
        "returned-though-sent-again",
    }
