"""The pages on which a sender or an administrator changes reminder schedules."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from agencies.calendar import WorkingCalendar
from circulars.models import Circular, Urgency
from distribution.models import Anchor, ChangeKind, Delivery, ReminderStep, StepAction, StepUnit
from distribution.reminders.schedule import BUILT_IN
from distribution.reminders.send import sweep_reminders
from distribution.services.sending.change_schedule import (
    NotASchedule,
    set_default_schedule,
    set_letter_schedule,
)
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    UserFactory,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
SEVEN = {"act": "add", "amount": "7", "unit": "working_days", "anchor": "sent", "action": "remind"}


def page(circular: Circular) -> str:
    return reverse("letter_reminders", args=[circular.public_id])


def keys(circular: Circular) -> set[str]:
    return {step.key for step in circular.reminder_steps.all()}


def a_step(amount: int, **fields: str) -> ReminderStep:
    return ReminderStep(
        **{
            "amount": amount,
            "anchor": Anchor.SENT,
            "unit": StepUnit.WORKING_DAYS,
            "action": StepAction.REMIND,
            **fields,
        }
    )


def test_the_page_shows_the_dates_whom_it_touches_and_changes_nothing(signed_in: SignIn) -> None:
    now = timezone.now()
    circular = dispatched_to(*AgencyFactory.create_batch(3), at=now)
    sweep_reminders(at=now)

    response = signed_in(sender_of(circular.issuer)).get(page(circular))

    calendar = WorkingCalendar()
    first = calendar.morning_of(calendar.add_working_days(timezone.localdate(now), 5))
    text = response.content.decode()
    assert first.strftime("%d.%m.%Y") in text
    assert response.context["planned"][0] == (first, 3)
    assert (
        page(circular)
        in signed_in(sender_of(circular.issuer))
        .get(reverse("letter", args=[circular.public_id]))
        .content.decode()
    )
    circular.refresh_from_db()
    assert not circular.has_own_reminders


def test_a_manager_sees_it_and_changes_nothing_a_stranger_finds_nothing(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())
    client = signed_in(manager_of(circular.issuer))
    assert client.get(page(circular)).status_code == 200
    assert 'name="act"' not in client.get(page(circular)).content.decode()
    assert client.post(page(circular), SEVEN).status_code == 404
    for stranger in (sender_of(AgencyFactory()), recipient_of(Delivery.objects.get().agency)):
        client = signed_in(stranger)
        assert client.get(page(circular)).status_code == 404
        assert client.post(page(circular), SEVEN).status_code == 404
    assert not ReminderStep.objects.exists()


def test_adding_a_step_keeps_those_of_the_default_and_plans_anew(signed_in: SignIn) -> None:
    now = timezone.now()
    circular = dispatched_to(AgencyFactory(), at=now)
    sweep_reminders(at=now)
    client = signed_in(sender_of(circular.issuer))

    client.post(page(circular), {**SEVEN, "amount": "2"})

    circular.refresh_from_db()
    assert circular.has_own_reminders
    assert len(keys(circular)) == 4
    change = circular.changes.get()
    assert change.kind == ChangeKind.SCHEDULE_CHANGED
    calendar = WorkingCalendar()
    soon = calendar.morning_of(calendar.add_working_days(timezone.localdate(now), 2))
    assert Delivery.objects.get().next_reminder_at == soon


def test_removing_none_and_back_to_the_default(signed_in: SignIn) -> None:
    now = timezone.now()
    circular = dispatched_to(AgencyFactory(), at=now)
    sweep_reminders(at=now)
    client = signed_in(sender_of(circular.issuer))

    client.post(page(circular), {"act": "remove", "step": BUILT_IN[Urgency.NORMAL][0].key})
    assert keys(circular) == {step.key for step in BUILT_IN[Urgency.NORMAL][1:]}
    client.post(page(circular), {"act": "none"})
    assert not keys(circular)
    assert Delivery.objects.get().next_reminder_at is None
    client.post(page(circular), {"act": "default"})

    circular.refresh_from_db()
    assert not circular.has_own_reminders
    assert Delivery.objects.get().next_reminder_at is not None


def test_a_changed_schedule_does_not_catch_up_on_what_lies_behind() -> None:
    now = timezone.now()
    circular = dispatched_to(AgencyFactory(), at=now - timedelta(days=60))
    sweep_reminders(at=now - timedelta(days=60))

    set_letter_schedule(circular=circular, steps=[a_step(1), a_step(200)], by=UserFactory(), at=now)

    delivery = Delivery.objects.get()
    assert delivery.reminders_done == 1
    assert delivery.next_reminder_at is not None and delivery.next_reminder_at > now


@pytest.mark.parametrize(
    "typed",
    [
        {"amount": "0"},
        {"amount": "999"},
        {"amount": "beş"},
        {"unit": "hours"},
        {"anchor": "after_due"},
        {"action": "shout"},
        {"amount": "5"},
    ],
)
def test_a_step_that_can_not_be_is_refused_and_what_was_typed_stays(
    signed_in: SignIn, typed: dict[str, str]
) -> None:
    circular = dispatched_to(AgencyFactory())

    response = signed_in(sender_of(circular.issuer)).post(page(circular), {**SEVEN, **typed})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not ReminderStep.objects.exists()
    assert not circular.changes.exists()


@pytest.mark.parametrize(
    "posted", [{}, {"act": "explode"}, {"act": "remove", "step": "sent.77.hours.remind"}]
)
def test_an_act_that_is_not_there_is_not_found(signed_in: SignIn, posted: dict[str, str]) -> None:
    circular = dispatched_to(AgencyFactory())

    assert signed_in(sender_of(circular.issuer)).post(page(circular), posted).status_code == 404


def test_a_draft_has_its_schedule_before_it_leaves(signed_in: SignIn) -> None:
    circular = draft_to(AgencyFactory(), urgency=Urgency.TIMED, due_working_days=10)
    client = signed_in(sender_of(circular.issuer))

    assert page(circular) in client.get(reverse("dispatch", args=[circular.public_id])).content.decode()
    client.post(page(circular), {**SEVEN, "anchor": "before_due", "amount": "4"})

    assert "before_due.4.working_days.remind" in keys(circular)
    assert not circular.changes.exists()
    assert client.get(page(circular)).status_code == 200


def test_a_withdrawn_letter_has_no_reminders_to_change(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())
    sender = sender_of(circular.issuer)
    Circular.objects.update(
        withdrawn_at=timezone.now(), withdrawn_by=sender, withdrawal_reason="Yanlış liste"
    )

    assert signed_in(sender).post(page(circular), SEVEN).status_code == 404


def test_the_page_asks_as_many_questions_for_20_units_as_for_2(signed_in: SignIn) -> None:
    counts = []
    now = timezone.now()
    for size in (2, 20):
        circular = dispatched_to(*AgencyFactory.create_batch(size), at=now)
        sweep_reminders(at=now)
        client = signed_in(sender_of(circular.issuer))
        client.get(page(circular))
        counts.append(query_count(client.get, page(circular)))
    assert counts[0] == counts[1]


def test_an_administrator_changes_a_default_and_it_is_noted_who(signed_in: SignIn) -> None:
    administrator = UserFactory(is_superuser=True)
    client = signed_in(administrator)
    url = reverse("default_reminders")
    assert client.get(url).status_code == 200
    assert not ReminderStep.objects.exists()

    client.post(url, {**SEVEN, "urgency": ""})
    assert ReminderStep.objects.filter(circular=None, urgency="").count() == 4
    client.post(url, {"act": "remove", "step": "sent.7.working_days.remind", "urgency": ""})
    assert ReminderStep.objects.count() == 3
    client.post(url, {"act": "default", "urgency": ""})
    assert not ReminderStep.objects.exists()

    assert LogEntry.objects.filter(user=administrator).count() == 3


def test_the_defaults_of_acele_run_in_hours(signed_in: SignIn) -> None:
    client = signed_in(UserFactory(is_superuser=True))

    client.post(
        reverse("default_reminders"), {**SEVEN, "amount": "1", "unit": "hours", "urgency": Urgency.URGENT}
    )

    assert ReminderStep.objects.get(amount=1).unit == StepUnit.HOURS


def test_only_administrators_find_the_defaults(signed_in: SignIn) -> None:
    client = signed_in(manager_of(AgencyFactory()))

    assert client.get(reverse("default_reminders")).status_code == 404
    assert client.post(reverse("default_reminders"), {**SEVEN, "urgency": ""}).status_code == 404
    assert (
        signed_in(UserFactory(is_superuser=True))
        .post(reverse("default_reminders"), {**SEVEN, "urgency": "YAVAŞ"})
        .status_code
        == 404
    )
    assert not ReminderStep.objects.exists()


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [a_step(1), a_step(1)],
        [a_step(1, unit=StepUnit.HOURS)],
        [a_step(0)],
        [a_step(number) for number in range(1, 20)],
    ],
)
def test_a_default_that_can_not_be_is_refused_and_the_one_that_is_set_stays(
    steps: list[ReminderStep],
) -> None:
    by = UserFactory()
    set_default_schedule(urgency=Urgency.NORMAL, steps=[a_step(4)], by=by, at=timezone.now())

    with pytest.raises(NotASchedule):
        set_default_schedule(urgency=Urgency.NORMAL, steps=steps, by=by, at=timezone.now())

    assert ReminderStep.objects.get().amount == 4
    assert LogEntry.objects.count() == 1


def test_a_changed_default_leaves_the_own_steps_of_letters_and_the_other_defaults() -> None:
    by, now = UserFactory(), timezone.now()
    own = [dispatched_to(AgencyFactory(), at=now, urgency=Urgency.NORMAL) for _ in range(2)]
    for circular in own:
        set_letter_schedule(circular=circular, steps=[a_step(7)], by=by, at=now)
    set_default_schedule(urgency=Urgency.TIMED, steps=[a_step(8)], by=by, at=now)

    set_default_schedule(urgency=Urgency.NORMAL, steps=[a_step(4)], by=by, at=now)
    set_default_schedule(urgency=Urgency.NORMAL, steps=None, by=by, at=now)

    assert [circular.reminder_steps.get().amount for circular in own] == [7, 7]
    assert ReminderStep.objects.get(circular=None).amount == 8


@pytest.mark.parametrize(
    ("due", "said", "on"),
    [
        ((2027, 12, 17, 17, 0), "17.12.2027", "17.12.2027"),
        ((2027, 12, 17, 8, 0), "17.12.2027", "16.12.2027"),
        ((2027, 12, 18, 17, 0), "18.12.2027, Cumartesi", "17.12.2027"),
        ((2027, 10, 29, 17, 0), "29.10.2027, Cumhuriyet Bayramı", "28.10.2027"),
    ],
    ids=["a working day", "before work begins", "a weekend", "a holiday"],
)
def test_the_step_of_the_due_day_names_that_day_and_why_it_comes_earlier(
    signed_in: SignIn, due: tuple[int, int, int, int, int], said: str, on: str
) -> None:
    moment = datetime(*due, tzinfo=ZoneInfo("Europe/Istanbul"))
    circular = draft_to(AgencyFactory(), urgency=Urgency.TIMED, due_at=moment)

    steps = signed_in(sender_of(circular.issuer)).get(page(circular)).context["steps"]

    [step] = [each for each in steps if each["key"].startswith("after_due.0.")]
    assert all(part in step["words"] for part in said.split(", "))
    assert step["at"].strftime("%d.%m.%Y") == on


def test_after_more_time_the_steps_are_dated_by_the_due_time_that_holds(signed_in: SignIn) -> None:
    now = timezone.now()
    circular = dispatched_to(
        *AgencyFactory.create_batch(3), at=now, urgency=Urgency.TIMED, due_at=now + timedelta(days=20)
    )
    later = now + timedelta(days=40)
    Delivery.objects.filter(pk__in=Delivery.objects.values("pk")[:2]).update(due_at=later)

    response = signed_in(sender_of(circular.issuer)).get(page(circular))

    assert (response.context["due_at"], response.context["others"]) == (later, 1)
