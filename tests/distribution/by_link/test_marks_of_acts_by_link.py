"""What was done by link is shown to the sender as weaker proof, and names the act that its page showed."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from circulars.models import Urgency
from distribution.links import Link, link_token, read_link
from distribution.models import Delivery, LinkCode, NoticeKind, TakeBackRequest
from distribution.models.acts.take_back import TAKE_BACK_WITHIN
from distribution.outbox.messages import compose
from distribution.queries.sending.decisions import of_letter
from distribution.services.by_link.link_codes import request_code
from distribution.services.receiving.return_letter import return_letter
from distribution.services.receiving.take_back_request import decide_take_back
from tests.conftest import SignIn
from tests.distribution.receiving.taking_back import stamp_of
from tests.factories import AgencyFactory, dispatched_to, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
WHO = {"name": "Ayşe KAYA", "job_title": "Memur"}
RETURN = {**WHO, "ground": "not_addressee", "reason": "Muhatabı biz değiliz"}
MARK = "by link, without signing in"


@pytest.fixture
def delivery() -> Delivery:
    due = timezone.now() + timedelta(days=9)
    letter = dispatched_to(
        AgencyFactory(), AgencyFactory(), at=timezone.now(), urgency=Urgency.TIMED, due_at=due
    )
    return letter.deliveries.first()


@pytest.fixture
def token(delivery: Delivery) -> str:
    return link_token(delivery, at=timezone.now())


@pytest.fixture
def link(token: str) -> Link:
    return read_link(token, at=timezone.now())


def act(client: Client, view: str, token: str, link: Link, /, **typed: str) -> None:
    digits = request_code(link=link, at=timezone.now()).digits
    client.post(reverse(view, args=[token]), {**typed, "code": digits})


def test_the_sender_sees_wherever_it_decides_that_a_return_came_by_link(
    client: Client, english: Client, signed_in: SignIn, delivery: Delivery, token: str, link: Link
) -> None:
    act(client, "return_by_link", token, link, **RETURN)
    circular = delivery.circular
    client = signed_in(sender_of(circular.issuer))
    addresses = [
        reverse("letters"),
        reverse("letter", args=[circular.public_id]),
        reverse("accept_return", args=[delivery.public_id]),
    ]

    assert [client.get(each).content.decode().count(MARK) for each in addresses] == [1, 1, 1]
    page = client.get(reverse("recipient", args=[circular.public_id, delivery.public_id])).content.decode()
    box = page.split('id="returned"')[1].split("</section>")[0]
    assert MARK in box


def test_the_return_of_a_signed_in_person_has_no_mark_and_many_returns_take_no_more_queries(
    client: Client, delivery: Delivery, token: str, link: Link
) -> None:
    act(client, "return_by_link", token, link, **RETURN)
    one = query_count(of_letter, delivery.circular)
    other = delivery.circular.deliveries.exclude(pk=delivery.pk).get()
    return_letter(
        delivery=other.public_id, by=recipient_of(other.agency), at=timezone.now(), ground="not_addressee",
        reason="Bizim değil",
    )  # fmt: skip

    assert query_count(of_letter, delivery.circular) == one
    returned = of_letter(delivery.circular).returned
    assert {each.pk: each.was_returned_by_link for each in returned} == {delivery.pk: True, other.pk: False}


def test_a_request_by_link_is_marked_where_the_sender_decides_it(
    client: Client, english: Client, signed_in: SignIn, delivery: Delivery, token: str, link: Link
) -> None:
    day = f"{timezone.localdate() + timedelta(days=14)}"
    act(client, "ask_extension_by_link", token, link, **WHO, wanted_0=day, wanted_1="17:00", reason="Sürüyor")
    client = signed_in(sender_of(delivery.circular.issuer))

    assert MARK in client.get(reverse("letters")).content.decode()


@pytest.mark.parametrize("name", ["return_by_link", "ask_extension_by_link"])
def test_the_mail_about_it_says_that_nobody_signed_in(
    client: Client, delivery: Delivery, token: str, link: Link, name: str
) -> None:
    day = f"{timezone.localdate() + timedelta(days=14)}"
    act(client, name, token, link, **RETURN, wanted_0=day, wanted_1="17:00")
    kinds = [NoticeKind.RETURNED, NoticeKind.EXTENSION_ASKED]

    mail = compose(delivery.notices.get(kind__in=kinds))

    assert "Ayşe KAYA, Memur (" in mail.text
    assert "Ayşe KAYA, Memur" in mail.html


def test_a_page_about_an_act_that_is_gone_says_so_and_shows_the_one_that_stands(
    client: Client, english: Client, delivery: Delivery, token: str, link: Link
) -> None:
    act(client, "answer_by_link", token, link, **WHO, disposition="done")
    before = stamp_of(delivery)
    address = reverse("ask_take_back_by_link", args=[token])
    with time_machine.travel(timezone.now() + TAKE_BACK_WITHIN):
        typed = {**WHO, "reason": "Yanlış", "stamp": before}
        act(client, "ask_take_back_by_link", token, link, **typed)
        by = sender_of(delivery.circular.issuer)
        request = TakeBackRequest.objects.get().public_id
        decide_take_back(request=request, by=by, at=timezone.now(), grant=True)
        digits = request_code(link=link, at=timezone.now()).digits

        shown = client.post(address, {**typed, "code": digits}).content.decode()

        assert "something else was recorded meanwhile" in shown
        for page in (shown, client.get(address).content.decode()):
            assert f'name="stamp" value="{stamp_of(delivery)}"' in page
            assert "Yanlış" in page
    assert LinkCode.objects.latest("pk").tries == 0
