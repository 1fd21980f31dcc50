"""Take back a unit's own confirmation, answer or return soon after it (docs/decisions/0041-taking-back.md).

1. lock the letter, then the pending mails about a return, then the copy, in the same order as a withdrawal
2. refuse if another act stands by now, the period is over, or the sender has acted on a return
3. clear the columns of the act; mark the documents of an answer
4. record which event is taken back; plan the reminders anew; tell whoever was told of a return
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.succession import active_or_successor
from agencies.services.refusal import ActionRefused
from circulars.models import Circular
from distribution.event_log import VIA_LINK, Actor, Step, TakenBackData, append_events
from distribution.models import (
    Act,
    AnswerDocument,
    ChangeKind,
    Delivery,
    DeliveryEvent,
    EventKind,
    Notice,
    NoticeKind,
    NoticeState,
    ReturnOutcome,
)
from distribution.models.acts.take_back import EVENT_OF_ACT, LastAct, TakeBackRequest, last_act
from distribution.models.bulk import update_many
from distribution.models.notices.notice import PENDING
from distribution.models.notices.notice_details import ReturnTakenBackDetails
from distribution.outbox.write import post, to_unit
from distribution.queries.sending.returns import decision_on
from distribution.reminders.plan import plan_reminders
from distribution.services.follow_up.withdraw import lock_letters
from distribution.services.receiving.own_delivery import (
    absent_person,
    acting,
    lock_own_several,
    lock_with_absent_person,
    refuse_any,
)

CLEARED: dict[Act, dict[str, object]] = {
    Act.ACKNOWLEDGED: {
        "acknowledged_at": None,
        "acknowledged_by": None,
        "acknowledged_for": None,
        "acknowledged_name": "",
        "acknowledged_title": "",
        "acknowledged_sha256": "",
        "register_number": "",
    },
    Act.COMPLETED: {
        "completed_at": None,
        "completed_by": None,
        "completed_name": "",
        "disposition": "",
        "answer_note": "",
    },
    Act.RETURNED: {"returned_at": None, "return_ground": "", "return_reason": ""},
}
"""The columns of each act, with the values that they had before it."""


@transaction.atomic
def take_back(*, delivery: UUID, stamp: str, by: User, at: datetime) -> Delivery:
    """Take back the unit's last act, named by the `stamp` of LastAct, within TAKE_BACK_WITHIN.

    Raises Delivery.DoesNotExist if the user may not act for the unit, and ActionRefused.
    """
    lock_letters_of([delivery])
    notices = lock_return_notices([delivery])
    found, absent = lock_with_absent_person(delivery, by=by, at=at)
    done = standing_act(found, stamp)
    refuse_if_acted_on(found, done)
    refuse_after_the_period(done, at)
    actor = acting(by, found, absent)
    clear([(found, actor)], done.act, by=by, at=at)
    if done.act == Act.RETURNED:
        tell_of_returns_taken_back([found], notices, actor, at)
    return found


@transaction.atomic
def take_back_several(
    *, stamps: Mapping[UUID, str], agency: Agency, by: User, at: datetime
) -> list[Delivery]:
    """Take back what one unit did last with several letters, all or none; `stamps` by delivery.

    They are locked in order of id, letters first. The number of queries doesn't depend on the number of
    confirmations and answers. Raises like `take_back`, with the letter's name.
    """
    lock_letters_of(stamps)
    notices = lock_return_notices(stamps)
    found = lock_own_several(stamps, agency=agency, by=by)
    acts: dict[Act, list[Delivery]] = {}

    def refuse(each: Delivery) -> None:
        done = standing_act(each, stamps[each.public_id])
        refuse_if_acted_on(each, done)
        refuse_after_the_period(done, at)
        acts.setdefault(done.act, []).append(each)

    refuse_any(found, refuse)
    absent = absent_person(by, agency, at)
    for act, deliveries in acts.items():
        clear([(each, acting(by, each, absent)) for each in deliveries], act, by=by, at=at)
    if returned := acts.get(Act.RETURNED):
        tell_of_returns_taken_back(returned, notices, acting(by, returned[0], absent), at)
    return found


def lock_letters_of(deliveries: Collection[UUID]) -> None:
    """Lock the letters of these deliveries before the deliveries themselves."""
    lock_letters(Circular.objects.filter(deliveries__public_id__in=list(deliveries)).only("pk").distinct())


def standing_act(delivery: Delivery, stamp: str) -> LastAct:
    """The act of that stamp, if it is still the last one. Raises ActionRefused."""
    done = last_act(delivery)
    if done is None:
        raise ActionRefused("stamp", _why_nothing_stands(delivery))
    if done.stamp != stamp:
        raise ActionRefused("stamp", _nothing_stands())
    return done


def refuse_if_acted_on(delivery: Delivery, done: LastAct) -> None:
    """Raise ActionRefused if the unit that gave the letter has acted on its return."""
    if done.act == Act.RETURNED and (acted_on := _acted_on_return(delivery, done.at)):
        raise ActionRefused("stamp", acted_on)


def refuse_after_the_period(done: LastAct, at: datetime) -> None:
    """Raise ActionRefused if TAKE_BACK_WITHIN is over."""
    if at >= done.until:
        until = date_format(timezone.localtime(done.until), "DATETIME_FORMAT")
        raise ActionRefused(
            "stamp",
            _("It could be taken back until %(until)s. Ask the unit that gave the letter.")
            % {"until": until},
        )


def clear(
    taken: Sequence[tuple[Delivery, Actor]],
    act: Act,
    *,
    by: User | None,
    at: datetime,
    request: TakeBackRequest | None = None,
    address: str | None = None,
) -> None:
    """Clear this act of deliveries of one unit, each by its actor, with an event, and plan their reminders anew.

    The actor is of the unit itself, or of the unit that gave the letter if it grants `request`. `address` is the
    mailbox of a person who acts by link. The caller must hold the row locks of the deliveries and their letters.
    """
    deliveries = [each for each, _actor in taken]
    if not deliveries:
        return
    recorded = _recorded(deliveries, act)
    documents = _mark_documents(deliveries, at) if act == Act.COMPLETED else {}
    steps = [
        Step(
            each,
            TakenBackData(
                actor=actor,
                act=act.value,
                event=recorded[each.pk],
                register_number=each.register_number or None if act == Act.ACKNOWLEDGED else None,
                documents=tuple(documents[each.pk]) if each.pk in documents else None,
                asked_by=request.asked_person if request is not None else None,
                reason=request.answer or None if request is not None else None,
                via=VIA_LINK if address is not None else None,
                address=address,
            ),
        )
        for each, actor in taken
    ]
    for each in deliveries:
        each.taken_back_at = at
        for name, value in CLEARED[act].items():
            setattr(each, name, value)
    update_many(deliveries, [*CLEARED[act], "taken_back_at"])
    unit = deliveries[0].giver if request is not None else deliveries[0].answering_unit
    append_events(steps=steps, at=at, by=by, for_agency=unit)
    plan_reminders(deliveries=deliveries, at=at)


def _recorded(deliveries: Collection[Delivery], act: Act) -> dict[int, int]:
    """Sequence of the event that recorded the act, by delivery."""
    moments = {each.pk: getattr(each, f"{act.value}_at") for each in deliveries}
    events = DeliveryEvent.objects.filter(delivery__in=list(moments), kind=EVENT_OF_ACT[act]).order_by(
        "sequence"
    )
    return {
        delivery: sequence
        for delivery, sequence, at in events.values_list("delivery_id", "sequence", "at")
        if at == moments[delivery]
    }


def _mark_documents(deliveries: Sequence[Delivery], at: datetime) -> dict[int, list[str]]:
    """Mark the documents of the answers as taken back. Returns their SHA-256 by delivery.

    A reply by e-mail that the sender keeps with the answer isn't the unit's act, and stays.
    """
    since = {each.pk: each.completed_at or at for each in deliveries}
    attached = DeliveryEvent.objects.filter(delivery__in=deliveries, kind=EventKind.DOCUMENT_ATTACHED)
    found: dict[int, list[str]] = {}
    for pk, moment, sha256 in attached.order_by("delivery", "sequence").values_list(
        "delivery_id", "at", "data__sha256"
    ):
        if moment >= since[pk]:
            found.setdefault(pk, []).append(sha256)
    documents = AnswerDocument.objects.of_the_answer().filter(delivery__in=list(found))
    marked = [
        document.pk
        for document in documents
        if document.attached_at >= since[document.delivery_id]
        and document.sha256 in found[document.delivery_id]
    ]
    AnswerDocument.objects.filter(pk__in=marked).update(taken_back_at=at)
    return found


def lock_return_notices(deliveries: Collection[UUID]) -> list[Notice]:
    """What tells of the returns of the deliveries, locked, in order; to be called before the deliveries are locked."""
    return list(
        Notice.objects.filter(delivery__public_id__in=list(deliveries), kind=NoticeKind.RETURNED)
        .filter(state__in=(*PENDING, NoticeState.SENT))
        .select_for_update(of=("self",))
        .order_by("pk")
    )


def tell_of_returns_taken_back(
    deliveries: Collection[Delivery],
    notices: Collection[Notice],
    actor: Actor,
    at: datetime,
    *,
    by_link: bool | None = None,
) -> None:
    """Cancel what waits to tell of these returns, and tell of the taking back where a return was told."""
    gone = (NoticeState.SENDING, NoticeState.SENT)
    of_these = {each.pk for each in deliveries}
    concerned = [each for each in notices if each.delivery_id in of_these]
    stopped = [each.pk for each in concerned if each.state not in gone]
    Notice.objects.filter(pk__in=stopped).update(state=NoticeState.CANCELLED)
    last = {each.delivery_id: each.state for each in concerned}
    details = ReturnTakenBackDetails(name=actor.name, job_title=actor.job_title or "", by_link=by_link)
    post(
        to_unit(
            active_or_successor(each.giver, timezone.localdate(at)) or each.giver,
            delivery=each,
            kind=NoticeKind.TAKEN_BACK,
            at=at,
            details=details,
        )
        for each in deliveries
        if last.get(each.pk) in gone
    )


def _nothing_stands() -> str:
    return _("Nothing was taken back: something else was recorded meanwhile. Look at the letter again.")


def _why_nothing_stands(delivery: Delivery) -> str:
    if delivery.is_live and not delivery.is_in_force:
        return _(
            "Nothing was taken back: a newer revision of the letter was sent to the unit. Answer that one."
        )
    if delivery.circular.is_withdrawn or delivery.withdrawn_at is not None:
        return _("Nothing was taken back: the sender has withdrawn the letter.")
    if delivery.superseded_at is not None:
        return _("Nothing was taken back: the letter is %(stage)s.") % {"stage": delivery.get_stage_display()}
    return _("There is nothing to take back any more: it was taken back already.")


def _acted_on_return(delivery: Delivery, since: datetime) -> str:
    """Why the return can't be taken back: what the unit that gave the letter did after it; empty if nothing."""
    circular, above = delivery.circular, delivery.parent
    following = circular.superseded_by
    if not circular.number_in_use:
        return _("Nothing was taken back: the sender has withdrawn the letter.")
    if following is not None and following.dispatched_at is not None and following.dispatched_at >= since:
        return _(
            "Nothing was taken back: after the return the sender has sent a newer letter in place of it."
        )
    sent_on = (
        circular.changes.filter(kind=ChangeKind.ADDED, at__gte=since).exists()
        if above is None
        else above.events.filter(kind=EventKind.PASSED_ON, at__gte=since).exists()
    )
    decided = decision_on(delivery)
    if decided is not None and decided.outcome == ReturnOutcome.ACCEPTED:
        return _("Nothing was taken back: the return has been accepted.")
    if sent_on or decided is not None:
        return _("Nothing was taken back: after the return the letter was sent to another unit.")
    if above is not None and above.returned_at is not None and above.returned_at >= since:
        return _("Nothing was taken back: after the return %(unit)s has returned the letter itself.") % {
            "unit": above.answering_unit.name
        }
    return ""
