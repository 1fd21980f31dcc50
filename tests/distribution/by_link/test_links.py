"""Links without an account: what they open, what they don't, and that a GET writes nothing."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.http import FileResponse, HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency
from circulars.models import Attachment, Circular, Secrecy
from distribution.links import (
    Link,
    LinkExpired,
    LinkRevoked,
    NotALink,
    delivery_of,
    link_token,
    link_url,
    read_link,
)
from distribution.models import Delivery, DeliveryEvent, LinkCode, Notice, NoticeKind
from distribution.outbox.digest import bundle_at_once
from distribution.outbox.send import send_due
from distribution.services.sending.dispatch import dispatch
from tests.factories import AgencyFactory, copy_below, dispatched_to, draft_to
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory(name="Iğdır Valiliği")
    return agency


@pytest.fixture
def delivery(unit: Agency) -> Delivery:
    dispatched_to(unit, at=timezone.now())
    return Delivery.objects.get()


def address_of(delivery: Delivery) -> str:
    return reverse("link", args=[link_token(delivery, at=timezone.now())])


def with_files(circular: Circular) -> Attachment:
    circular.source_name, circular.source_sha256 = "genelge.pdf", "a" * 64
    circular.source_file.save("genelge.pdf", ContentFile(b"%PDF-1.7 mektup"))
    attachment = Attachment(circular=circular, title="Takvim", file_name="takvim.pdf", sha256="b" * 64)
    attachment.file.save("takvim.pdf", ContentFile(b"%PDF-1.7 ek"))
    return attachment


def content(response: HttpResponseBase) -> bytes:
    """The content of the downloaded file; reading it to the end closes it."""
    assert isinstance(response, FileResponse)
    return b"".join(response)


def everything() -> tuple[object, ...]:
    return (
        *Delivery.objects.order_by("pk").values_list(),
        DeliveryEvent.objects.count(),
        LinkCode.objects.count(),
        Notice.objects.count(),
        Session.objects.count(),
    )


def test_a_link_says_its_delivery_and_when_it_ends(delivery: Delivery, settings: Settings) -> None:
    settings.LINK_DAYS = 7
    at = timezone.now()

    link = read_link(link_token(delivery, at=at), at=at)

    assert (link.delivery, link.serial) == (delivery.public_id, 0)
    assert timedelta(0) <= at + timedelta(days=7) - link.expires_at < timedelta(seconds=1)
    assert delivery_of(link) == delivery


def test_a_link_expires(delivery: Delivery, settings: Settings) -> None:
    at = timezone.now()
    token = link_token(delivery, at=at)
    days = timedelta(days=settings.LINK_DAYS)

    assert read_link(token, at=at + days - timedelta(minutes=1))
    with pytest.raises(LinkExpired):
        read_link(token, at=at + days + timedelta(seconds=1))


def test_a_link_of_an_earlier_serial_is_revoked(delivery: Delivery) -> None:
    at = timezone.now()
    link = read_link(link_token(delivery, at=at), at=at)
    Delivery.objects.update(link_serial=1)
    with pytest.raises(LinkRevoked):
        delivery_of(link)


@pytest.mark.parametrize(
    "tamper",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: re.sub(r"^[0-9a-f]{32}", "0" * 32, token),
        lambda token: token.replace(".0.", ".1.", 1),
        lambda token: ".".join([*token.split(".")[:2], "zzzzzz", *token.split(".")[3:]]),
        lambda token: "x",
        lambda token: token.split(".")[0],
    ],
    ids=["signature", "delivery", "serial", "expiry", "rubbish", "cut off"],
)
def test_a_link_that_was_changed_is_none(delivery: Delivery, tamper: object) -> None:
    assert callable(tamper)
    at = timezone.now()
    with pytest.raises(NotALink):
        read_link(tamper(link_token(delivery, at=at)), at=at)


def test_another_key_makes_no_link(delivery: Delivery, settings: Settings) -> None:
    at = timezone.now()
    token = link_token(delivery, at=at)
    settings.SECRET_KEY = "baska-bir-anahtar"
    with pytest.raises(NotALink):
        read_link(token, at=at)


def test_the_link_opens_the_letter_without_an_account(client: Client, delivery: Delivery) -> None:
    page = client.get(address_of(delivery)).content.decode()

    assert delivery.circular.subject in page
    assert "Bilindiği üzere" in page
    assert "Iğdır Valiliği" in page
    assert 'class="app-nav' not in page


def test_opening_it_leaves_no_trace_at_all(client: Client, delivery: Delivery) -> None:
    attachment = with_files(delivery.circular)
    token = link_token(delivery, at=timezone.now())
    before = everything()

    for _ in range(2):
        assert client.get(reverse("link", args=[token])).status_code == 200
        assert client.head(reverse("link", args=[token])).status_code == 200
        assert content(client.get(reverse("link_file", args=[token])))
        assert content(client.get(reverse("link_attachment", args=[token, attachment.pk])))

    assert everything() == before
    delivery.refresh_from_db()
    assert delivery.opened_at is None


def assert_kept_to_itself(response: HttpResponseBase) -> None:
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "same-origin"


def test_no_response_is_cached_indexed_or_referred_to_other_sites(client: Client, delivery: Delivery) -> None:
    with_files(delivery.circular)
    token = link_token(delivery, at=timezone.now())

    assert_kept_to_itself(client.get(reverse("link", args=[token])))
    file = client.get(reverse("link_file", args=[token]))
    assert content(file)
    assert_kept_to_itself(file)
    assert_kept_to_itself(client.get(reverse("link", args=["uydurma"])))


def test_files_come_as_downloads(client: Client, unit: Agency) -> None:
    circular = draft_to(unit)
    attachment = with_files(circular)
    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())
    token = link_token(Delivery.objects.get(), at=timezone.now())

    letter = client.get(reverse("link_file", args=[token]))
    file = client.get(reverse("link_attachment", args=[token, attachment.pk]))

    assert content(letter) == b"%PDF-1.7 mektup"
    assert content(file) == b"%PDF-1.7 ek"
    for response in (letter, file):
        assert response["Content-Disposition"].startswith("attachment")
        assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_of_another_letter_is_not_found(client: Client, delivery: Delivery) -> None:
    foreign = with_files(draft_to(AgencyFactory()))
    token = link_token(delivery, at=timezone.now())
    assert client.get(reverse("link_attachment", args=[token, foreign.pk])).status_code == 404


def test_an_invalid_link_opens_neither_page_nor_file_and_says_what_to_do(
    client: Client, delivery: Delivery, settings: Settings
) -> None:
    attachment = with_files(delivery.circular)
    at = timezone.now()
    expired = link_token(delivery, at=at - timedelta(days=settings.LINK_DAYS, minutes=1))
    revoked = link_token(delivery, at=at)
    Delivery.objects.update(link_serial=3)

    for token, status in ((expired, 410), (revoked, 410), ("uydurma", 404), (revoked[:-3] + "xyz", 404)):
        for address in (
            reverse("link", args=[token]),
            reverse("link_file", args=[token]),
            reverse("link_attachment", args=[token, attachment.pk]),
        ):
            response = client.get(address)
            assert response.status_code == status
            assert delivery.circular.subject not in response.content.decode()
            assert "Iğdır Valiliği" not in response.content.decode()
        assert client.post(reverse("link", args=[token]), {"ask": "1"}).status_code == status
    assert not LinkCode.objects.exists()


def test_a_forged_address_looks_the_same_whether_or_not_the_delivery_exists(
    client: Client, delivery: Delivery
) -> None:
    token = link_token(delivery, at=timezone.now())
    bad_signature = token[:-1] + ("A" if token[-1] != "A" else "B")
    nowhere = re.sub(r"^[0-9a-f]{32}", "0" * 32, bad_signature)
    tokens = re.compile(
        r'csrfToken|name="csrfmiddlewaretoken" value="[^"]+"|X-CSRFToken": "[^"]+"|/link/[^/]+/'
    )

    pages = [client.get(reverse("link", args=[each])).content.decode() for each in (bad_signature, nowhere)]

    assert tokens.sub("", pages[0]) == tokens.sub("", pages[1])


def test_a_restricted_letter_names_neither_subject_nor_text(client: Client, unit: Agency) -> None:
    circular = dispatched_to(unit, secrecy=Secrecy.OFFICIAL_USE, subject="Gizli Kalacak Konu")
    attachment = with_files(circular)
    delivery = Delivery.objects.get()
    token = link_token(delivery, at=timezone.now())

    page = client.get(reverse("link", args=[token]))
    asked = client.post(reverse("link", args=[token]), {"ask": "1"})

    assert page.status_code == 200
    assert asked.status_code == 403
    for response in (page, asked):
        assert "HİZMETE ÖZEL" in response.content.decode()
        assert "Gizli Kalacak Konu" not in response.content.decode()
        assert "Bilindiği" not in response.content.decode()
    assert client.get(reverse("link_file", args=[token])).status_code == 404
    assert client.get(reverse("link_attachment", args=[token, attachment.pk])).status_code == 404
    assert not LinkCode.objects.exists()


def test_a_withdrawn_letter_is_named_and_not_shown(client: Client, delivery: Delivery) -> None:
    with_files(delivery.circular)
    Delivery.objects.update(withdrawn_at=timezone.now(), withdrawal_reason="Yanlış liste")
    token = link_token(delivery, at=timezone.now())

    page = client.get(reverse("link", args=[token])).content.decode()

    assert "Yanlış liste" in page
    assert delivery.circular.subject not in page
    assert client.get(reverse("link_file", args=[token])).status_code == 404


def test_what_was_passed_on_shows_its_note_and_its_own_due_time(client: Client, delivery: Delivery) -> None:
    below: Agency = AgencyFactory()
    due = timezone.now() + timedelta(days=3)
    child = copy_below(
        delivery, below, created_at=timezone.now(), due_at=due, note="Cuma gününe kadar bilgi veriniz."
    )

    page = client.get(address_of(child)).content.decode()

    assert "Cuma gününe kadar bilgi veriniz." in page
    assert "Iğdır Valiliği" in page
    assert timezone.localtime(due).strftime("%d.%m.%Y %H:%M") in page


def test_the_page_asks_as_many_questions_for_20_attachments_as_for_2(
    client: Client, delivery: Delivery
) -> None:
    counts = []
    for more in (2, 18):
        for number in range(more):
            Attachment.objects.create(
                circular=delivery.circular, title=f"Ek {more}-{number}", file_name="a.pdf"
            )
        counts.append(query_count(client.get, address_of(delivery)))
    assert counts[0] == counts[1]


def test_the_mail_to_the_unit_carries_the_link(postbox: Postbox, client: Client, delivery: Delivery) -> None:
    send_due()

    mail = postbox.to(delivery.agency.email)
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        found = re.search(r"https?://[^/\s]+(/link/[^\s\"<]+)", text)
        assert found is not None
        assert delivery.circular.subject in client.get(found[1]).content.decode()


def test_the_mail_of_a_restricted_letter_carries_none(postbox: Postbox, unit: Agency) -> None:
    dispatched_to(unit, secrecy=Secrecy.OFFICIAL_USE, at=timezone.now())
    assert link_url(Delivery.objects.get(), at=timezone.now()) == ""

    send_due()

    assert "/link/" not in postbox.to(unit.email).get_body(("plain",)).get_content()


def test_a_mail_to_anybody_else_carries_none(postbox: Postbox, delivery: Delivery) -> None:
    other: Agency = AgencyFactory()
    Notice.objects.update(agency=other, address=other.email)
    send_due()
    assert "/link/" not in postbox.to(other.email).get_body(("plain",)).get_content()
    assert Notice.objects.get().kind == NoticeKind.LETTER


def test_a_link_that_names_no_delivery_is_none() -> None:
    somewhere = Link(delivery=Circular().public_id, serial=0, expires_at=timezone.now() + timedelta(days=1))
    with pytest.raises(NotALink):
        delivery_of(somewhere)


@pytest.mark.usefixtures("at_work")
def test_a_digest_to_the_unit_carries_the_link_of_each_letter(
    postbox: Postbox, client: Client, delivery: Delivery
) -> None:
    dispatched_to(delivery.agency, subject="İkinci Konu", at=timezone.now())
    dispatched_to(delivery.agency, secrecy=Secrecy.OFFICIAL_USE, at=timezone.now())
    bundle_at_once(notices=list(Notice.objects.all()), at=timezone.now())

    send_due()

    [mail] = postbox.mails
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        found = re.findall(r"https?://[^/\s]+(/link/[^\s\"<]+)", text)
        assert len(found) == 2
        assert "İkinci Konu" in "".join(client.get(address).content.decode() for address in found)


@pytest.mark.usefixtures("at_work")
def test_a_reminder_carries_the_link_while_it_asks_for_the_confirmation(
    postbox: Postbox, delivery: Delivery
) -> None:
    Notice.objects.update(kind=NoticeKind.REMINDER)
    send_due()
    assert "/link/" in postbox.to(delivery.agency.email).get_body(("plain",)).get_content()


def test_a_letter_that_was_replaced_says_so_without_opening_the_newer_one(
    client: Client, delivery: Delivery
) -> None:
    newer = dispatched_to(AgencyFactory(), subject="Yeni Konu", at=timezone.now())
    Circular.objects.filter(pk=delivery.circular_id).update(superseded_by=newer)

    page = client.get(address_of(delivery)).content.decode()

    assert newer.number in page
    assert "Yeni Konu" not in page
