"""What a unit without an account may do by link besides confirming: return, answer, ask for time, ask to take back."""

import gc
import html
import re
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Secrecy, Urgency
from distribution.links import Link, link_token, read_link
from distribution.models import (
    AnswerDocument,
    Delivery,
    Disposition,
    EventKind,
    ExtensionRequest,
    LinkCode,
    Notice,
    NoticeKind,
    TakeBackRequest,
)
from distribution.services.by_link.link_codes import NothingToConfirm, request_code
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.answer import complete
from distribution.services.receiving.take_back_request import decide_take_back
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.receiving.taking_back import stamp_of
from tests.factories import AgencyFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db
WHO = {"name": "Ayşe KAYA", "job_title": "Memur"}
RETURN = {**WHO, "ground": "not_addressee", "reason": "Muhatabı biz değiliz"}


@pytest.fixture
def delivery() -> Delivery:
    unit: Agency = AgencyFactory()
    due = timezone.now() + timedelta(days=9)
    return dispatched_to(unit, at=timezone.now(), urgency=Urgency.TIMED, due_at=due).deliveries.get()


@pytest.fixture
def token(delivery: Delivery) -> str:
    return link_token(delivery, at=timezone.now())


@pytest.fixture
def link(token: str) -> Link:
    return read_link(token, at=timezone.now())


def code(link: Link, at: datetime | None = None) -> str:
    return request_code(link=link, at=at or timezone.now()).digits


def page(client: Client, name: str, token: str) -> str:
    return client.get(reverse(name, args=[token])).content.decode()


def test_a_letter_is_returned_by_link_and_taken_back_with_the_same_code(
    client: Client, delivery: Delivery, token: str, link: Link
) -> None:
    address, digits = reverse("return_by_link", args=[token]), code(link)
    assert address in page(client, "link", token)

    client.post(address, {**RETURN, "code": digits})

    delivery.refresh_from_db()
    assert delivery.return_reason == RETURN["reason"]
    event = delivery.events.get(kind=EventKind.RETURNED)
    assert (event.by, event.data["name"], event.data["via"]) == (None, "Ayşe KAYA", "link")
    assert event.data["address"] == delivery.agency.email
    assert Notice.objects.filter(kind=NoticeKind.RETURNED, agency=delivery.circular.issuer).exists()
    assert 'name="take_back"' in page(client, "link", token)
    client.post(
        reverse("link", args=[token]),
        {"take_back": "1", "stamp": stamp_of(delivery), "used_code": digits},
    )
    delivery.refresh_from_db()
    assert delivery.returned_at is None
    assert delivery.events.latest("sequence").data["name"] == "Ayşe KAYA"
    assert Notice.objects.get(kind=NoticeKind.RETURNED).state == "cancelled"
    assert findings() == []


def test_a_letter_is_answered_by_link_with_a_document_and_the_sender_sees_how(
    client: Client, english: Client, signed_in: SignIn, delivery: Delivery, token: str, link: Link
) -> None:
    paper = SimpleUploadedFile("cevap.pdf", b"%PDF-1.7 cevap", "application/pdf")
    typed = {**WHO, "disposition": "done", "note": "Yapıldı", "register_number": "77", "documents": paper}

    client.post(reverse("answer_by_link", args=[token]), {**typed, "code": code(link)})

    delivery.refresh_from_db()
    assert (delivery.completed_by, delivery.completed_name) == (None, "Ayşe KAYA, Memur")
    assert delivery.was_answered_by_link
    assert delivery.was_confirmed_by_link
    assert delivery.register_number == "77"
    assert AnswerDocument.objects.get().attached_by is None
    assert "Ayşe KAYA, Memur" in page(client, "link", token)
    assert findings() == []
    client = signed_in(sender_of(delivery.circular.issuer))
    address = reverse("recipient", args=[delivery.circular.public_id, delivery.public_id])
    assert "by link, without signing in" in client.get(address).content.decode()


def test_an_answer_by_link_is_taken_back_before_the_confirmation(
    client: Client, delivery: Delivery, token: str, link: Link
) -> None:
    digits = code(link)
    client.post(reverse("answer_by_link", args=[token]), {**WHO, "disposition": "done", "code": digits})

    for _ in range(2):
        stamp = stamp_of(delivery)
        assert f'value="{stamp}"' in page(client, "link", token)
        client.post(reverse("link", args=[token]), {"take_back": "1", "stamp": stamp, "used_code": digits})

    delivery.refresh_from_db()
    assert (delivery.completed_at, delivery.completed_name, delivery.acknowledged_at) == (None, "", None)
    assert findings() == []


def test_a_form_that_is_sent_twice_takes_back_the_answer_and_not_the_confirmation_of_the_same_code(
    client: Client, delivery: Delivery, token: str, link: Link
) -> None:
    digits = code(link)
    client.post(reverse("answer_by_link", args=[token]), {**WHO, "disposition": "done", "code": digits})
    sent = {"take_back": "1", "stamp": stamp_of(delivery), "used_code": digits}

    for _ in range(2):
        client.post(reverse("link", args=[token]), sent)

    delivery.refresh_from_db()
    assert delivery.completed_at is None
    assert delivery.acknowledged_at is not None
    assert LinkCode.objects.get().tries == 0  # only wrong codes are counted


def test_more_time_is_asked_for_by_link_and_the_sender_sees_who_asked(
    client: Client, signed_in: SignIn, delivery: Delivery, token: str, link: Link
) -> None:
    day = timezone.localdate() + timedelta(days=14)
    typed = {**WHO, "wanted_0": f"{day}", "wanted_1": "17:00", "reason": "Ölçüm sürüyor"}

    client.post(reverse("ask_extension_by_link", args=[token]), {**typed, "code": code(link)})

    asked = ExtensionRequest.objects.get()
    assert (asked.asked_by, asked.asked_person) == (None, "Ayşe KAYA, Memur")
    assert "Ölçüm sürüyor" in page(client, "link", token)
    client = signed_in(sender_of(delivery.circular.issuer))
    shown = client.get(reverse("decide_extension", args=[asked.public_id])).content.decode()
    assert "Ayşe KAYA, Memur" in shown


def test_after_the_period_the_sender_is_asked_by_link_and_grants_it(
    client: Client, delivery: Delivery, token: str, link: Link
) -> None:
    client.post(reverse("return_by_link", args=[token]), {**RETURN, "code": code(link)})
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        address = reverse("ask_take_back_by_link", args=[token])
        assert address in page(client, "link", token)
        client.post(address, {"ask": "1"})
        shown = page(client, "ask_take_back_by_link", token)
        stamp = shown.split('name="stamp" value="')[1].split('"')[0]
        digits = LinkCode.objects.latest("pk").digits
        client.post(address, {**WHO, "stamp": stamp, "reason": "Bizimmiş", "code": digits})

        asked = TakeBackRequest.objects.get()
        assert (asked.asked_by, asked.asked_person) == (None, "Ayşe KAYA, Memur")
        assert "Bizimmiş" in page(client, "link", token)
        by = sender_of(delivery.circular.issuer)
        decide_take_back(request=asked.public_id, by=by, at=timezone.now(), grant=True)

    delivery.refresh_from_db()
    assert delivery.returned_at is None
    assert findings() == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [("return_by_link", RETURN), ("answer_by_link", {**WHO, "disposition": "done", "note": "Yapıldı"})],
)
def test_a_wrong_code_counts_changes_nothing_and_what_was_typed_survives_a_language_switch(
    client: Client, delivery: Delivery, token: str, link: Link, name: str, typed: dict[str, str]
) -> None:
    wrong = f"{(int(code(link)) + 1) % 10**6:06d}"

    refused = client.post(reverse(name, args=[token]), {**typed, "code": wrong}).content.decode()

    assert LinkCode.objects.get().tries == 1
    delivery.refresh_from_db()
    assert delivery.returned_at is delivery.completed_at is None
    again = page(client, name, token)
    for each in (typed.get("reason") or typed["note"], "Ayşe KAYA"):
        assert each in refused
        assert each in again
    assert wrong not in again
    assert "is-invalid" not in again


def test_a_name_typed_to_confirm_survives_a_language_switch_and_no_other_browser_has_it(
    client: Client, token: str, link: Link
) -> None:
    code(link)
    client.post(reverse("link", args=[token]), {**WHO, "register_number": "2026/7", "code": "000000"})

    address = reverse("link", args=[token])
    switched = client.post(reverse("set_language"), {"language": "en", "next": address})

    assert switched["Location"] == address
    again = page(client, "link", token)
    assert '<html lang="en">' in again
    assert "Ayşe KAYA" in again
    assert "2026/7" in again
    assert "Ayşe KAYA" not in page(Client(), "link", token)


def test_a_get_writes_nothing_and_what_is_not_possible_leads_back(
    client: Client, delivery: Delivery, token: str
) -> None:
    events = delivery.events.count()
    for name in ("return_by_link", "answer_by_link", "ask_extension_by_link"):
        assert client.get(reverse(name, args=[token])).status_code == 200
    assert client.get(reverse("ask_take_back_by_link", args=[token])).status_code == 302
    assert (delivery.events.count(), LinkCode.objects.count(), len(client.cookies)) == (events, 0, 1)


def test_after_a_withdrawal_no_code_is_sent_and_nothing_is_recorded(
    client: Client, delivery: Delivery, token: str, link: Link
) -> None:
    digits = code(link)
    by = sender_of(delivery.circular.issuer)
    withdraw(circular=delivery.circular, reason="Yanlış", by=by, at=timezone.now())

    client.post(reverse("return_by_link", args=[token]), {**RETURN, "code": digits})

    delivery.refresh_from_db()
    assert delivery.returned_at is None
    with pytest.raises(NothingToConfirm):
        code(link)


def test_a_restricted_letter_is_answered_by_nobody_without_an_account(client: Client) -> None:
    letter = dispatched_to(AgencyFactory(), at=timezone.now(), secrecy=Secrecy.OFFICIAL_USE)
    token = link_token(letter.deliveries.get(), at=timezone.now())
    for name in ("return_by_link", "answer_by_link"):
        assert client.get(reverse(name, args=[token])).status_code == 404
        assert client.post(reverse(name, args=[token]), {"ask": "1"}).status_code == 404
    assert not LinkCode.objects.exists()


def test_a_text_marked_gizli_is_not_kept(client: Client, token: str, link: Link) -> None:
    code(link)
    typed = {**RETURN, "reason": "GİZLİ bilgi", "code": "000000"}
    client.post(reverse("return_by_link", args=[token]), typed)

    assert "bilgi" not in page(client, "return_by_link", token).split("<main")[1].split("</form>")[0]
    assert urlencode({"reason": "GİZLİ bilgi"}) not in str(dict(client.session))


def test_the_page_says_what_needs_an_account(client: Client, english: Client, token: str) -> None:
    assert "passed on to units below only by people who sign in" in page(client, "link", token)


def test_after_a_wrong_code_the_document_is_still_there_and_goes_with_the_answer(
    client: Client, token: str, link: Link
) -> None:
    address = reverse("answer_by_link", args=[token])
    right = code(link)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    typed = {
        "name": "Ayşe KAYA",
        "job_title": "Memur",
        "disposition": "done",
        "note": "Yapıldı",
        "code": wrong,
    }

    page = client.post(address, {**typed, "documents": SimpleUploadedFile("cevap.pdf", b"%PDF-1.7")})
    kept = re.search(r'name="kept_file" value="([^"]+)"', page.content.decode())
    assert "cevap.pdf" in page.content.decode() and kept is not None
    client.post(address, {**typed, "code": right, "kept_file": html.unescape(kept[1])})

    assert AnswerDocument.objects.get().file_name == "cevap.pdf"


@pytest.mark.parametrize("who", [{}, {**WHO, "disposition": "done", "note": "Yapıldı"}])
def test_documents_survive_a_language_switch_in_the_same_browser_only(
    client: Client, token: str, link: Link, who: dict[str, str]
) -> None:
    address = reverse("answer_by_link", args=[token])
    right = code(link)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    papers = [SimpleUploadedFile(name, b"%PDF-1.7") for name in ("cevap.pdf", "tutanak.pdf")]
    client.post(address, {**who, "code": wrong, "documents": papers})

    switched = client.post(reverse("set_language"), {"language": "en", "next": address}, follow=True)
    page = switched.content.decode()
    for _reload in range(2):
        kept = [html.unescape(each) for each in re.findall(r'name="kept_file" value="([^"]+)"', page)]
        assert [each.rpartition(":")[2] for each in kept] == ["cevap.pdf", "tutanak.pdf"]
        assert "is-invalid" not in page
        page = client.get(address).content.decode()
    gc.collect()  # a file that the page left open would be a warning here
    assert "cevap.pdf" not in Client().get(address).content.decode()
    typed = {**WHO, "disposition": "done", "note": "Yapıldı", "code": right, "kept_file": kept[1:]}
    client.post(address, typed)

    assert AnswerDocument.objects.get().file_name == "tutanak.pdf"
    tokens, left = {each.split(":")[1] for each in kept}, default_storage.listdir("kept")[1]
    assert not [name for name in left if name.rpartition("-")[2] in tokens]


def test_a_free_day_is_asked_about_once_by_link_too(
    client: Client, delivery: Delivery, token: str, link: Link
) -> None:
    assert delivery.due_at is not None
    day = timezone.localdate(delivery.due_at)
    saturday = day + timedelta(days=7 + (5 - day.weekday()) % 7)
    typed = {**WHO, "wanted_0": f"{saturday}", "wanted_1": "17:00", "reason": "Ölçüm", "code": code(link)}
    address = reverse("ask_extension_by_link", args=[token])
    assert 'name="asked_about"' in page(client, "ask_extension_by_link", token)

    asked = client.post(address, {**typed, "asked_about": ""}).content.decode()

    assert not ExtensionRequest.objects.exists()
    about = re.search(r'name="asked_about" value="([^"]+)"', asked)
    assert about is not None and "Ölçüm" in asked
    client.post(address, {**typed, "asked_about": html.unescape(about[1])})
    assert ExtensionRequest.objects.exists()


def test_what_was_answered_by_link_is_shown_there_but_not_what_a_signed_in_person_answered(
    client: Client, delivery: Delivery, token: str, link: Link
) -> None:
    words = {"disposition": Disposition.DONE, "note": "Sayım tamamlandı"}
    paper = SimpleUploadedFile("cevap.pdf", b"%PDF-1.7 cevap", "application/pdf")
    client.post(
        reverse("answer_by_link", args=[token]), {**WHO, **words, "documents": paper, "code": code(link)}
    )
    assert (
        "Sayım tamamlandı" in page(client, "link", token),
        "cevap.pdf" in page(client, "link", token),
    ) == (
        True,
        True,
    )

    other = dispatched_to(AgencyFactory(), at=timezone.now()).deliveries.get()
    complete(delivery=other.public_id, by=recipient_of(other.agency), at=timezone.now(), **words)
    assert "Sayım tamamlandı" not in page(client, "link", link_token(other, at=timezone.now()))
