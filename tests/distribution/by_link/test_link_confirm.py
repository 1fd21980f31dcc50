"""Confirming by link: codes, attempts, limits, and how the confirmation is shown."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Secrecy
from distribution.links import Link, LinkRevoked, link_token, read_link
from distribution.models import Delivery, DeliveryEvent, EventKind, LinkCode, Notice, NoticeKind, NoticeState
from distribution.outbox.send import send_due
from distribution.services.by_link.acknowledge_by_link import Answer, Result, acknowledge_by_link
from distribution.services.by_link.link_codes import (
    NoAddress,
    NothingToConfirm,
    SignInNeeded,
    TooManyCodes,
    request_code,
)
from distribution.services.receiving.acknowledge import acknowledge
from tests.factories import AgencyFactory, dispatched_to, recipient_of
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db
TYPED = {"name": "Ayşe  Çağlayan ", "job_title": "Evrak Memuru", "register_number": "2026/117"}


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory(name="Iğdır Valiliği")
    return agency


@pytest.fixture
def delivery(unit: Agency) -> Delivery:
    dispatched_to(unit, at=timezone.now())
    return Delivery.objects.get()


@pytest.fixture
def link(delivery: Delivery) -> Link:
    return read_link(link_token(delivery, at=timezone.now()), at=timezone.now())


@pytest.fixture
def address(delivery: Delivery) -> str:
    return reverse("link", args=[link_token(delivery, at=timezone.now())])


def try_code(link: Link, code: str, at: datetime | None = None) -> Answer:
    return acknowledge_by_link(link=link, code=code, at=at or timezone.now(), **TYPED)


def wrong(code: LinkCode) -> str:
    return f"{(int(code.digits) + 1) % 10**6:06d}"


def test_the_code_is_mailed_to_the_units_registered_address_and_stored_nowhere(
    link: Link, unit: Agency, postbox: Postbox
) -> None:
    code = request_code(link=link, at=timezone.now())

    send_due()

    mail = next(mail for mail in postbox.mails if "/link/" not in mail.get_body(("plain",)).get_content())
    assert mail["To"] == unit.email
    assert code.digits in mail.get_body(("plain",)).get_content()
    assert code.digits in mail.get_body(("html",)).get_content()
    assert re.fullmatch(r"\d{6}", code.digits)
    notice = Notice.objects.get(kind=NoticeKind.CODE)
    assert code.digits not in str(LinkCode.objects.values()) + str(notice.data)
    sent = code.delivery.events.get(kind=EventKind.CODE_SENT)
    assert sent.data["address"] == unit.email
    assert code.digits not in str(sent.data)


def test_the_code_leaves_before_everything_else_that_is_due(link: Link) -> None:
    dispatched_to(*AgencyFactory.create_batch(3), at=timezone.now() - timedelta(hours=1))
    request_code(link=link, at=timezone.now())
    first = Notice.objects.due(timezone.now()).order_by("next_attempt_at", "pk")[0]
    assert first.kind == NoticeKind.CODE


def test_a_code_that_is_over_does_not_leave_any_more(link: Link, postbox: Postbox) -> None:
    code = request_code(link=link, at=timezone.now() - timedelta(minutes=11))
    send_due()
    assert Notice.objects.get(kind=NoticeKind.CODE).state == NoticeState.CANCELLED
    assert not any(code.digits in mail.get_body(("plain",)).get_content().split() for mail in postbox.mails)


def test_the_right_code_opens_and_confirms_in_the_name_that_was_typed(link: Link, unit: Agency) -> None:
    code = request_code(link=link, at=timezone.now())
    at = timezone.now()

    answer = try_code(link, code.digits, at)

    delivery = Delivery.objects.get()
    assert answer.result == Result.CONFIRMED
    assert (delivery.acknowledged_at, delivery.opened_at) == (at, at)
    assert delivery.acknowledged_by is None
    assert delivery.acknowledged_name == "Ayşe Çağlayan"
    assert delivery.acknowledged_title == "Evrak Memuru"
    assert delivery.register_number == "2026/117"
    assert delivery.was_confirmed_by_link
    event = delivery.events.get(kind=EventKind.ACKNOWLEDGED)
    assert event.by is None
    assert event.for_agency == unit
    assert event.data == {
        "via": "link",
        "name": "Ayşe Çağlayan",
        "job_title": "Evrak Memuru",
        "agency": "Iğdır Valiliği",
        "register_number": "2026/117",
        "sha256": delivery.circular.content_sha256,
        "address": unit.email,
    }
    assert delivery.events.get(kind=EventKind.OPENED).data["via"] == "link"
    code.refresh_from_db()
    assert code.used_at == at


def test_who_opened_it_before_stays_the_first(link: Link) -> None:
    before = timezone.now() - timedelta(hours=1)
    Delivery.objects.update(opened_at=before)
    code = request_code(link=link, at=timezone.now())
    try_code(link, code.digits)
    assert Delivery.objects.get().opened_at == before


def test_a_wrong_code_is_counted_and_confirms_nothing(link: Link) -> None:
    code = request_code(link=link, at=timezone.now())
    before = DeliveryEvent.objects.count()

    answer = try_code(link, wrong(code))

    assert (answer.result, answer.tries_left) == (Result.WRONG_CODE, 4)
    code.refresh_from_db()
    assert (code.tries, code.used_at) == (1, None)
    assert Delivery.objects.get().opened_at is None
    assert DeliveryEvent.objects.count() == before


def test_after_five_wrong_tries_the_right_code_is_no_longer_good(link: Link) -> None:
    code = request_code(link=link, at=timezone.now())
    for _ in range(5):
        try_code(link, wrong(code))

    assert try_code(link, code.digits).result == Result.NO_CODE
    assert Delivery.objects.outstanding().exists()
    fresh = request_code(link=link, at=timezone.now())
    assert try_code(link, fresh.digits).result == Result.CONFIRMED


def test_a_code_lasts_ten_minutes(link: Link) -> None:
    at = timezone.now()
    code = request_code(link=link, at=at)
    assert try_code(link, code.digits, at + timedelta(minutes=10)).result == Result.NO_CODE
    assert try_code(link, code.digits, at + timedelta(minutes=9, seconds=59)).result == Result.CONFIRMED


def test_only_the_newest_code_is_good(link: Link) -> None:
    old = request_code(link=link, at=timezone.now() - timedelta(minutes=1))
    new = request_code(link=link, at=timezone.now())
    assert old.digits != new.digits
    assert try_code(link, old.digits).result == Result.WRONG_CODE
    assert try_code(link, new.digits).result == Result.CONFIRMED


def test_without_a_code_nothing_is_confirmed(link: Link) -> None:
    assert try_code(link, "123456").result == Result.NO_CODE


def test_three_codes_in_a_quarter_of_an_hour_and_then_one_waits(link: Link) -> None:
    at = timezone.now()
    for minute in (0, 1, 2):
        request_code(link=link, at=at + timedelta(minutes=minute))

    with pytest.raises(TooManyCodes) as refused:
        request_code(link=link, at=at + timedelta(minutes=3))

    assert refused.value.until == at + timedelta(minutes=15)
    assert LinkCode.objects.count() == 3
    assert request_code(link=link, at=at + timedelta(minutes=15))


def test_ten_codes_a_day_and_no_more(link: Link) -> None:
    at = timezone.now()
    for hour in range(10):
        request_code(link=link, at=at + timedelta(hours=hour))
    with pytest.raises(TooManyCodes) as refused:
        request_code(link=link, at=at + timedelta(hours=11))
    assert refused.value.until == at + timedelta(days=1)
    assert request_code(link=link, at=at + timedelta(days=1))


def test_twenty_tries_a_day_whatever_the_codes(link: Link) -> None:
    at = timezone.now()
    for hour in range(4):
        code = request_code(link=link, at=at + timedelta(hours=hour))
        for _ in range(5):
            try_code(link, wrong(code), at + timedelta(hours=hour))
    with pytest.raises(TooManyCodes):
        request_code(link=link, at=at + timedelta(hours=5))
    assert LinkCode.objects.count() == 4


def test_the_bounds_of_one_delivery_are_not_those_of_another(link: Link) -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    other = Delivery.objects.exclude(public_id=link.delivery).get()
    for _ in range(3):
        request_code(link=link, at=timezone.now())
    theirs = read_link(link_token(other, at=timezone.now()), at=timezone.now())
    assert request_code(link=theirs, at=timezone.now()).address == other.agency.email


def test_no_address_no_code(link: Link, unit: Agency) -> None:
    Agency.objects.filter(pk=unit.pk).update(email="")
    with pytest.raises(NoAddress):
        request_code(link=link, at=timezone.now())
    assert not LinkCode.objects.exists()


def test_a_code_for_a_closed_units_letter_goes_to_its_successor(link: Link) -> None:
    successor: Agency = AgencyFactory()
    Delivery.objects.update(successor=successor)
    code = request_code(link=link, at=timezone.now())
    try_code(link, code.digits)
    assert code.address == successor.email
    event = DeliveryEvent.objects.get(kind=EventKind.ACKNOWLEDGED)
    assert event.for_agency == successor
    assert event.data["in_place_of"] == "Iğdır Valiliği"


def test_a_restricted_letter_needs_an_account_whatever_the_code(link: Link, delivery: Delivery) -> None:
    code = request_code(link=link, at=timezone.now())
    delivery.circular.secrecy = Secrecy.OFFICIAL_USE
    delivery.circular.save()
    with pytest.raises(SignInNeeded):
        request_code(link=link, at=timezone.now())
    with pytest.raises(SignInNeeded):
        try_code(link, code.digits)
    assert Delivery.objects.outstanding().exists()


def test_a_link_revoked_in_the_meantime_neither_asks_nor_confirms(link: Link) -> None:
    code = request_code(link=link, at=timezone.now())
    Delivery.objects.update(link_serial=1)
    with pytest.raises(LinkRevoked):
        try_code(link, code.digits)
    with pytest.raises(LinkRevoked):
        request_code(link=link, at=timezone.now())
    assert LinkCode.objects.get().tries == 0


@pytest.mark.parametrize(
    "closed",
    [
        {"withdrawn_at": None, "withdrawal_reason": "Yanlış liste"},
        {"returned_at": None, "return_ground": "not_addressee", "return_reason": "Muhatap değil"},
    ],
    ids=["withdrawn", "returned"],
)
def test_a_withdrawn_or_returned_letter_is_not_confirmed(link: Link, closed: dict[str, object]) -> None:
    code = request_code(link=link, at=timezone.now())
    Delivery.objects.update(**{name: value or timezone.now() for name, value in closed.items()})
    assert try_code(link, code.digits).result == Result.CLOSED
    assert Delivery.objects.get().acknowledged_at is None
    with pytest.raises(NothingToConfirm):
        request_code(link=link, at=timezone.now())


def test_confirming_twice_is_harmless_and_keeps_the_first(link: Link) -> None:
    code = request_code(link=link, at=timezone.now())
    at = timezone.now()
    try_code(link, code.digits, at)

    again = try_code(link, code.digits, at + timedelta(minutes=1))

    assert again.result == Result.KNOWN
    assert Delivery.objects.get().acknowledged_at == at
    assert DeliveryEvent.objects.filter(kind=EventKind.ACKNOWLEDGED).count() == 1


# -- the page -----------------------------------------------------------------------------------------


def test_a_person_of_the_unit_confirms_in_two_steps(client: Client, address: str, postbox: Postbox) -> None:
    first = client.get(address).content.decode()
    assert 'name="code"' not in first

    asked = client.post(address, {"ask": "1"}, follow=True).content.decode()
    assert 'name="code"' in asked

    digits = LinkCode.objects.get().digits
    spaced = f"{digits[:3]} {digits[3:]}"
    done = client.post(address, {"code": spaced, **TYPED}, follow=True).content.decode()

    assert Delivery.objects.get().was_confirmed_by_link
    assert "Ayşe Çağlayan" in done
    assert "Evrak Memuru" in done
    assert "app-weaker" in done
    assert 'name="code"' not in done


def test_what_was_typed_stays_when_the_code_is_wrong(client: Client, address: str, link: Link) -> None:
    code = request_code(link=link, at=timezone.now())

    page = client.post(address, {"code": wrong(code), **TYPED}).content.decode()

    assert "invalid-feedback" in page
    for value in (wrong(code), "Evrak Memuru", "2026/117", "Ayşe"):
        assert value in page


def test_what_was_typed_stays_when_another_code_is_asked_for(
    client: Client, address: str, link: Link
) -> None:
    request_code(link=link, at=timezone.now())
    page = client.post(address, {"ask": "1", "code": "1", **TYPED}).content.decode()
    assert LinkCode.objects.count() == 2
    assert "Evrak Memuru" in page
    assert "2026/117" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", "12345"),
        ("code", "12345a"),
        ("code", "１２３４５６"),
        ("name", "Ayşe"),
        ("name", "9" * 121),
        ("name", "Ay\x00şe Çağlayan"),
        ("job_title", "—"),
        ("job_title", ""),
        ("register_number", "9" * 61),
    ],
)
def test_a_field_that_is_wrong_is_refused_before_a_try_is_counted(
    client: Client, address: str, link: Link, field: str, value: str
) -> None:
    code = request_code(link=link, at=timezone.now())

    response = client.post(address, {"code": code.digits, **TYPED, field: value})

    assert "invalid-feedback" in response.content.decode()
    assert Delivery.objects.get().acknowledged_at is None
    assert LinkCode.objects.get().tries == 0


def test_too_many_codes_are_refused_with_the_moment_from_which_it_goes_again(
    client: Client, address: str, link: Link
) -> None:
    at = timezone.now()
    for _ in range(3):
        request_code(link=link, at=at)
    response = client.post(address, {"ask": "1"})
    assert response.status_code == 429
    moment = timezone.localtime(at + timedelta(minutes=15)).strftime("%d.%m.%Y %H:%M")
    assert moment in response.content.decode()
    assert LinkCode.objects.count() == 3


def test_a_unit_without_an_address_is_told_how_to_get_in(client: Client, address: str, unit: Agency) -> None:
    Agency.objects.filter(pk=unit.pk).update(email="")
    page = client.get(address).content.decode()
    assert 'name="ask"' not in page
    assert reverse("delivery", args=[Delivery.objects.get().public_id]) in page


def test_who_confirmed_first_is_said_to_the_second(client: Client, address: str, unit: Agency) -> None:
    person = recipient_of(unit)
    acknowledge(delivery=Delivery.objects.get().public_id, by=person, at=timezone.now())

    page = client.post(address, {"code": "123456", **TYPED}, follow=True).content.decode()

    assert str(person) in page
    assert Delivery.objects.get().acknowledged_by == person


def test_the_page_is_protected_against_forged_posts(address: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(address, {"ask": "1"}).status_code == 403
    assert not LinkCode.objects.exists()
