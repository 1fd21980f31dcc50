"""A due time on a weekend, a holiday or declared leave is warned of wherever it is set, and never refused."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from agencies.calendar import free_due_days
from agencies.models import DeclaredLeave, Province
from circulars.models import Circular, Urgency
from distribution.models import Delivery, ExtensionRequest
from distribution.services.receiving.extension import ask_extension
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, dispatched_to, draft_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db
ISTANBUL = ZoneInfo("Europe/Istanbul")
FREE = datetime(2027, 10, 29, 17, 0, tzinfo=ISTANBUL)
"""A Friday and a holiday; the next working day is Monday, the 1st of November."""
BETTER = "01.11.2027"


def moment(day: date, hour: int = 17) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ISTANBUL)


@pytest.mark.parametrize(
    ("due", "name", "better"),
    [
        (FREE, "Cumhuriyet Bayramı", date(2027, 11, 1)),
        (datetime(2027, 12, 18, 9, 0, tzinfo=ISTANBUL), "Cumartesi", date(2027, 12, 20)),
        (datetime(2027, 10, 28, 17, 0, tzinfo=ISTANBUL), "Cumhuriyet Bayramı", date(2027, 11, 1)),
        (datetime(2027, 10, 28, 13, 0, tzinfo=ISTANBUL), None, None),
        (datetime(2027, 12, 17, 23, 59, tzinfo=ISTANBUL), None, None),
    ],
    ids=["a holiday", "a weekend", "the afternoon before a holiday", "until 13:00", "a working day"],
)
def test_the_day_is_named_with_the_next_working_day(
    due: datetime, name: str | None, better: date | None
) -> None:
    found = free_due_days(due, [])

    assert [name in each.free.name for each in found if name] == ([True] if name else [])
    assert [each.better for each in found] == ([moment(better, due.hour)] if better else [])


def test_leave_of_a_province_is_warned_of_where_a_recipient_is() -> None:
    Province.objects.create(plate="25", name="Erzurum", sort_key="e")
    DeclaredLeave.objects.create(
        first_day=date(2027, 12, 17), last_day=date(2027, 12, 17), province_id="25",
        reason="Yoğun kar", entered_by=UserFactory(), entered_at=FREE,
    )  # fmt: skip
    due = moment(date(2027, 12, 17))

    assert free_due_days(due, [None, "06"]) == []
    [found] = free_due_days(due, [None, "25"])
    assert (found.provinces, found.free.name) == (("Erzurum",), "Yoğun kar")
    assert "Erzurum" in found.words and "20.12.2027" in found.words


@pytest.fixture
def sent() -> Circular:
    return dispatched_to(
        AgencyFactory(), urgency=Urgency.TIMED, due_at=datetime(2027, 10, 20, 17, 0, tzinfo=ISTANBUL)
    )


def asked_once(client: Client, address: str, typed: dict[str, Any]) -> None:
    """Submitting the form of a page warns first; submitting the same again is accepted."""
    response = client.post(address, {**typed, "asked_about": ""})
    text = response.content.decode()
    assert response.status_code == 200 and BETTER in text
    assert f'name="asked_about" value="{FREE.isoformat()}"' in text
    assert 'value="2027-10-29"' in text and 'value="17:00"' in text
    assert "[&#x27;" not in text
    assert client.post(address, {**typed, "asked_about": FREE.isoformat()}).status_code == 302


def test_adding_a_recipient_asks_once(signed_in: SignIn, sent: Circular) -> None:
    unit = AgencyFactory()

    asked_once(
        signed_in(sender_of(sent.issuer)),
        reverse("add_recipient", args=[sent.public_id]),
        {"unit": unit.pk, "purpose": "action", "due_at_0": "2027-10-29", "due_at_1": "17:00"},
    )

    assert Delivery.objects.get(agency=unit).due_at == FREE


def test_asking_for_more_time_asks_once_and_granting_it_does_too(signed_in: SignIn, sent: Circular) -> None:
    delivery = Delivery.objects.get()

    asked_once(
        signed_in(recipient_of(delivery.agency)),
        reverse("ask_extension", args=[delivery.public_id]),
        {"wanted_0": "2027-10-29", "wanted_1": "17:00", "reason": "Veri"},
    )
    request = ExtensionRequest.objects.get()
    asked_once(
        signed_in(sender_of(sent.issuer)),
        reverse("decide_extension", args=[request.public_id]),
        {"granted_until_0": "2027-10-29", "granted_until_1": "17:00", "decision": "grant"},
    )

    delivery.refresh_from_db()
    assert delivery.due_at == FREE


def test_a_refusal_is_not_asked_about(signed_in: SignIn, sent: Circular) -> None:
    delivery = Delivery.objects.get()
    request = ask_extension(
        delivery=delivery.public_id, by=recipient_of(delivery.agency), at=datetime.now(ISTANBUL),
        wanted=FREE, reason="Veri",
    )  # fmt: skip
    typed = {"granted_until_0": "2027-10-29", "asked_about": "", "decision": "refuse", "answer": "Hayır."}

    signed_in(sender_of(sent.issuer)).post(reverse("decide_extension", args=[request.public_id]), typed)

    request.refresh_from_db()
    assert request.answer == "Hayır."


def test_the_preview_of_passing_on_warns(signed_in: SignIn) -> None:
    unit = AgencyFactory()
    below = AgencyFactory(parent=unit)
    top = dispatched_to(unit).deliveries.get()

    response = signed_in(recipient_of(unit)).post(
        reverse("pass_on", args=[top.public_id]),
        {"to": str(below.pk), f"purpose-{below.pk}": "action", "step": "look",
         "due_at_0": "2027-10-29", "due_at_1": "17:00"},
    )  # fmt: skip

    assert BETTER in response.content.decode()


def test_the_draft_and_the_check_before_dispatch_warn_and_it_leaves_all_the_same(signed_in: SignIn) -> None:
    circular = draft_to(AgencyFactory(), urgency=Urgency.TIMED, due_at=FREE)
    client = signed_in(sender_of(circular.issuer))

    assert BETTER in client.get(reverse("review", args=[circular.public_id])).content.decode()
    response = client.get(reverse("dispatch", args=[circular.public_id]))
    assert BETTER in response.content.decode()
    client.post(
        reverse("dispatch", args=[circular.public_id]), {"content_digest": response.context["content_digest"]}
    )

    circular.refresh_from_db()
    assert not circular.is_draft


def test_leave_declared_after_the_dispatch_is_warned_of_on_the_list_of_sent_letters(
    english: Client, signed_in: SignIn
) -> None:
    day, in_leave = date(2027, 12, 15), moment(date(2027, 12, 15))
    Province.objects.create(plate="25", name="Erzurum", sort_key="e")
    issuer, unit = AgencyFactory(), AgencyFactory(province_id="25")
    fixed = dispatched_to(unit, AgencyFactory(), issuer=issuer, subject="Sabit süreli", due_at=in_leave)
    by_days = dispatched_to(unit, issuer=issuer, subject="İş günüyle", due_at=in_leave)
    Circular.objects.filter(pk=by_days.pk).update(due_working_days=5)
    dispatched_to(unit, subject="Başkasının", due_at=in_leave)
    client = signed_in(sender_of(issuer))
    assert client.get(reverse("letters")).context["due_in_leave"] == []

    DeclaredLeave.objects.create(
        first_day=day,
        last_day=day,
        province_id="25",
        reason="Kar",
        entered_by=UserFactory(),
        entered_at=in_leave,
    )

    response = client.get(reverse("letters"))
    assert [(each.subject, each.units) for each in response.context["due_in_leave"]] == [("Sabit süreli", 1)]
    assert reverse("change_due", args=[fixed.public_id]) in response.content.decode()
    Delivery.objects.filter(circular=fixed, agency=unit).update(due_at=moment(date(2027, 12, 16)))
    assert client.get(reverse("letters")).context["due_in_leave"] == []


def test_a_time_in_the_past_is_refused_as_past_and_not_asked_about(signed_in: SignIn, sent: Circular) -> None:
    delivery = Delivery.objects.get()
    typed = {"wanted_0": "2025-11-01", "wanted_1": "17:00", "reason": "Veri", "asked_about": ""}

    text = signed_in(recipient_of(delivery.agency)).post(
        reverse("ask_extension", args=[delivery.public_id]), typed
    ).content.decode()  # fmt: skip

    assert 'name="asked_about" value="2' not in text
    assert not ExtensionRequest.objects.exists()
