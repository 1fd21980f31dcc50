"""A history drawn at random of what people and workers do with letters: no step leaves a contradiction."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import transaction

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Purpose, Status, Urgency
from circulars.services.correct import NotCorrectable
from circulars.services.draft import NotADraft
from distribution.links import Link, LinkRevoked, expiry
from distribution.models import (
    Delivery,
    DeliveryEvent,
    Disposition,
    EventKind,
    ExtensionRequest,
    ReturnGround,
)
from distribution.outbox.channels import PermanentFailure, TemporaryFailure
from distribution.outbox.digest import form_digests
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.record import mark_sent, record_failure, record_sent
from distribution.outbox.send import claim_batch, sweep_notices
from distribution.reminders.plan import plan_dispatched
from distribution.reminders.remind_by_hand import remind_by_hand
from distribution.reminders.send import remind_due
from distribution.services.by_link.acknowledge_by_link import acknowledge_by_link
from distribution.services.by_link.link_codes import CodeRefused, request_code
from distribution.services.follow_up.change_due import change_due
from distribution.services.follow_up.correct import begin_correction, choose_touched
from distribution.services.follow_up.pause import pause, resume
from distribution.services.follow_up.recipients import add_recipient, remove_recipient
from distribution.services.follow_up.revoke_links import NothingToSend, revoke_links, send_new_link
from distribution.services.follow_up.withdraw import AlreadyWithdrawn, withdraw
from distribution.services.receiving.acknowledge import NotAcknowledgeable, acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.pass_on import PassOnRefused, pass_on
from distribution.services.receiving.read import record_opened
from distribution.services.receiving.return_letter import return_letter
from distribution.services.sending.dispatch import NotReady, dispatch
from distribution.services.succession import close_unit
from tests.consistency import findings
from tests.factories import AgencyFactory, UserFactory, draft_to, recipient_of, sender_of
from tests.use_cases.table import SENT

REFUSED = (
    ActionRefused, AlreadyWithdrawn, CodeRefused, LinkRevoked, NotAcknowledgeable, NotADraft, NotCorrectable, NotReady,
    NothingToSend, PassOnRefused, Delivery.DoesNotExist,
)  # fmt: skip
STEPS = 60


class World:
    """A ministry that sends letters to five units, two of them above further ones, and the people of all."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.at = SENT
        self.issuer: Agency = AgencyFactory()
        self.sender: User = sender_of(self.issuer)
        self.units: list[Agency] = [
            AgencyFactory(), AgencyFactory(digests_letters=True), AgencyFactory(), AgencyFactory(email=""),
            AgencyFactory(channels=["inbox"]),
        ]  # fmt: skip
        self.below: list[Agency] = [AgencyFactory(parent=above) for above in self.units[:2] for _ in range(2)]
        self.people = {unit.pk: recipient_of(unit) for unit in (*self.units, *self.below)}
        self.dispatch()

    @property
    def due(self) -> datetime:
        return self.at + timedelta(days=self.draw.randint(5, 20))

    def letter(self) -> Circular:
        return self.draw.choice(list(Circular.objects.filter(status=Status.DISPATCHED).order_by("pk")))

    def copy(self) -> tuple[Delivery, User]:
        """A delivery, and a person of the unit that answers for it."""
        delivery = self.draw.choice(
            list(Delivery.objects.select_related("agency", "successor").order_by("pk"))
        )
        return delivery, self.people[delivery.answering_unit.pk]

    # -- the sender ---------------------------------------------------------------------------------------
    def dispatch(self) -> None:
        urgency = self.draw.choice([Urgency.TIMED, Urgency.NORMAL, Urgency.URGENT])
        draft = draft_to(
            *self.draw.sample(self.units, 4), issuer=self.issuer, urgency=urgency,
            due_at=self.due if urgency == Urgency.TIMED else None,
        )  # fmt: skip
        dispatch(circular=draft, by=self.sender, at=self.at)

    def correct(self) -> None:
        letter = self.letter()
        draft = begin_correction(circular=letter, by=self.sender, at=self.at)
        held = list(draft.touched.order_by("pk"))
        chosen = self.draw.sample(held, min(2, len(held)))
        choose_touched(correction=draft, note="Tarih düzeltildi.", agencies=chosen)
        draft = Circular.objects.get(pk=draft.pk)
        draft.number, draft.date = f"E-12345678-010.06.02-{9000 + draft.pk}", date(2026, 3, 3)
        draft.save()
        dispatch(circular=draft, by=self.sender, at=self.at)

    def withdraw(self) -> None:
        withdraw(circular=self.letter(), reason="Yanlış liste", by=self.sender, at=self.at)

    def add(self) -> None:
        add_recipient(
            circular=self.letter(), agency=self.draw.choice(self.units), purpose=Purpose.ACTION, due_at=self.due,
            by=self.sender, at=self.at,
        )  # fmt: skip

    def remove(self) -> None:
        remove_recipient(delivery=self.copy()[0], reason="Yanlış birim", by=self.sender, at=self.at)

    def extend(self) -> None:
        change_due(circular=self.letter(), until=self.due, reason="Kar", by=self.sender, at=self.at)

    def pause(self) -> None:
        pause(circular=self.letter(), by=self.sender, at=self.at)

    def resume(self) -> None:
        resume(circular=self.letter(), by=self.sender, at=self.at)

    def revoke(self) -> None:
        revoke_links(delivery=self.copy()[0].public_id, reason="Yanlış kişi", by=self.sender, at=self.at)

    def new_link(self) -> None:
        send_new_link(delivery=self.copy()[0].public_id, by=self.sender, at=self.at)

    def remind(self) -> None:
        remind_by_hand(deliveries=Delivery.objects.filter(circular=self.letter()), by=self.sender, at=self.at)

    def retry(self) -> None:
        retry_failed(circular=self.letter(), at=self.at)

    def close(self) -> None:
        open_units = [unit for unit in self.units if Agency.objects.get(pk=unit.pk).active_to is None]
        if len(open_units) > 4:
            closing, successor = self.draw.sample(open_units, 2)
            close_unit(
                agency=closing, on=self.at.date(), successor=successor, by=UserFactory(), at=self.at,
                move_children=self.draw.random() < 0.5,
            )  # fmt: skip

    # -- the units ----------------------------------------------------------------------------------------
    def open(self) -> None:
        delivery, person = self.copy()
        record_opened(delivery=delivery, by=person, at=self.at)

    def confirm(self) -> None:
        delivery, person = self.copy()
        acknowledge(delivery=delivery.public_id, by=person, at=self.at)

    def confirm_by_link(self) -> None:
        delivery, _person = self.copy()
        link = Link(delivery.public_id, delivery.link_serial, expiry(at=self.at))
        code = request_code(link=link, at=self.at)
        acknowledge_by_link(
            link=link, code=code.digits, name="Ayşe KAYA", job_title="Memur", register_number="1", at=self.at
        )

    def answer(self) -> None:
        delivery, person = self.copy()
        complete(delivery=delivery.public_id, by=person, at=self.at, disposition=Disposition.DONE)

    def send_back(self) -> None:
        delivery, person = self.copy()
        ground = ReturnGround.NOT_ADDRESSEE
        return_letter(delivery=delivery.public_id, by=person, at=self.at, ground=ground, reason="Bizim değil")

    def pass_on(self) -> None:
        delivery, person = self.copy()
        below = list(Agency.objects.filter(parent=delivery.answering_unit))
        if below:
            pass_on(
                delivery=delivery.public_id, recipients=[(each, Purpose.ACTION) for each in below], note="",
                due_at=None, by=person, at=self.at,
            )  # fmt: skip

    def ask_for_time(self) -> None:
        delivery, person = self.copy()
        wanted = (delivery.due_at or self.at) + timedelta(days=3)
        ask_extension(delivery=delivery.public_id, by=person, at=self.at, wanted=wanted, reason="Veri yok")

    def decide(self) -> None:
        for asked in ExtensionRequest.objects.filter(decided_at=None, delivery__parent=None)[:1]:
            until = asked.wanted if self.draw.random() < 0.6 else None
            decide_extension(
                extension=asked.public_id, by=self.sender, at=self.at, granted_until=until, answer="Olmaz"
            )

    # -- the workers --------------------------------------------------------------------------------------
    def send(self) -> None:
        """A worker: most are taken, some are refused for now, some for good, one is forgotten."""
        sent = []
        for notice in claim_batch(at=self.at, most=6):
            luck = self.draw.random()
            if luck < 0.7:
                mark_sent(notice=notice, at=self.at)
                sent.append(notice)
            elif luck < 0.95:
                error = TemporaryFailure("450") if luck < 0.85 else PermanentFailure("550")
                record_failure(notice=notice, error=error, at=self.at)
        record_sent(notices=sent, at=self.at)

    def wait(self, time: timedelta) -> None:
        """The sweep runs every minute: after more than a moment, what a worker forgot is free again."""
        self.at += time
        if time > timedelta(minutes=1):
            sweep_notices(at=self.at)

    def sweep(self) -> None:
        plan_dispatched(at=self.at)
        remind_due(at=self.at)
        form_digests(at=self.at)
        sweep_notices(at=self.at)


ACTIONS: list[Callable[[World], None]] = [
    World.dispatch, World.correct, World.correct, World.withdraw, World.add, World.add, World.add, World.remove,
    World.extend, World.pause, World.resume, World.revoke, World.new_link, World.remind, World.remind,
    World.retry, World.close, World.open, World.open, World.confirm, World.confirm, World.confirm_by_link,
    World.answer, World.answer, World.send_back, World.pass_on, World.pass_on, World.ask_for_time, World.decide,
    World.send, World.send, World.send, World.sweep, World.sweep,
]  # fmt: skip


@pytest.mark.django_db
def test_no_step_of_a_generated_history_leaves_a_contradiction() -> None:
    happened: Counter[str] = Counter()
    for seed in (7, 8, 9):
        with transaction.atomic():
            world = World(seed)
            for number in range(STEPS):
                world.wait(timedelta(minutes=world.draw.choice([1, 60, 600, 1500])))
                action = world.draw.choice(ACTIONS)
                try:
                    with transaction.atomic():
                        action(world)
                except REFUSED:
                    continue
                assert findings(world.at) == [], f"seed {seed}, step {number}: {action.__name__}"
            happened.update(DeliveryEvent.objects.values_list("kind", flat=True))
            transaction.set_rollback(True)

    assert {
        EventKind.CORRECTED, EventKind.WITHDRAWN, EventKind.ADDED, EventKind.REMOVED, EventKind.PASSED_ON,
        EventKind.ACKNOWLEDGED, EventKind.COMPLETED, EventKind.RETURNED, EventKind.NOTICE_FAILED,
        EventKind.REMINDED, EventKind.PASSED_TO_SUCCESSOR, EventKind.EXTENSION_ASKED, EventKind.LINK_REVOKED,
    } <= set(happened)  # fmt: skip
