"""The recipient's page of a letter: the letter before the actions, its pages, its files one by one or all at once."""

from collections.abc import Callable
from io import BytesIO
from random import Random
from zipfile import ZipFile

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.files.stored import entry_names, stored_archive
from circulars.models import Attachment, Circular, Reference, Secrecy
from distribution.links import link_token
from distribution.models import Delivery, EventKind
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.sending.dispatch import dispatch
from tests.config.test_redis_away import ONE_PAGE
from tests.conftest import SignIn
from tests.factories import AgencyFactory, draft_to, recipient_of

pytestmark = pytest.mark.django_db
Address = Callable[..., str]


def attach(circular: Circular, name: str, content: bytes, **fields: object) -> Attachment:
    attachment = Attachment(
        circular=circular, file_name=name, size=len(content), **{"title": name, "sha256": name[:9], **fields}
    )
    attachment.file.save(name, ContentFile(content))
    return attachment


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory(name="Iğdır Valiliği")
    return agency


@pytest.fixture
def delivery(unit: Agency) -> Delivery:
    """A letter of one page with two references, a PDF, a page of HTML that is named like a PDF, and a missing file."""
    circular = draft_to(unit, reading={"pages": [[100.0, 100.0]]})
    circular.source_name, circular.source_sha256 = "genelge.pdf", "a" * 64
    circular.source_file.save("genelge.pdf", ContentFile(ONE_PAGE))
    attach(circular, "Şubat çizelgesi.pdf", b"%PDF-1.7 ek", position=0)
    attach(circular, "tuzak.pdf", b"<script>alert(1)</script>", position=1)
    attach(circular, "hesap.xlsx", b"PK", position=2)
    Attachment.objects.create(circular=circular, title="Gelmeyen ek", position=3)
    for position, text in enumerate(("Birinci yazımız.", "b) İkinci yazımız.", "(c) Üçüncü yazımız.")):
        Reference.objects.create(circular=circular, position=position, text=text)
    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())
    return circular.deliveries.get()


@pytest.fixture
def reader(signed_in: SignIn, unit: Agency) -> Client:
    return signed_in(recipient_of(unit))


@pytest.fixture(params=["account", "link"])
def way(request: pytest.FixtureRequest, delivery: Delivery) -> tuple[Client, Address]:
    """A client that may read the letter, and the addresses of its page and files by the end of their names."""
    if request.param == "account":
        client = request.getfixturevalue("reader")
        return client, lambda name, *more: reverse(f"delivery{name}", args=[delivery.public_id, *more])
    token = link_token(delivery, at=timezone.now())
    return Client(), lambda name, *more: reverse(f"link{name}", args=[token, *more])


def test_the_letter_comes_before_what_is_to_be_done_and_its_history_last(
    way: tuple[Client, Address], delivery: Delivery
) -> None:
    client, address = way
    page = client.get(address("")).content.decode()

    head, _main, body = page.partition('<div class="page-body">')
    assert delivery.circular.issuer.name in head
    assert delivery.circular.number in head
    assert delivery.get_purpose_display() in head
    places = [
        f"{address('_page', 1)}?",
        "Bilindiği üzere",
        f'{address("_file")}"',
        'id="confirm"',
        "history-head",
    ]
    found = [body.find(each) for each in places]
    if "link" in address(""):
        assert found.pop() == -1
    assert found == sorted(found) and found[0] > 0
    assert "order-lg" not in page


def test_several_references_have_their_letters_once(way: tuple[Client, Address], delivery: Delivery) -> None:
    client, address = way
    page = client.get(address("")).content.decode()

    assert "a) Birinci yazımız." in page
    assert "b) İkinci yazımız." in page and "b) b)" not in page
    assert "(c) Üçüncü yazımız." in page and "c) (c)" not in page


def test_a_single_reference_has_no_letter(reader: Client, delivery: Delivery) -> None:
    Reference.objects.exclude(position=0).delete()

    page = reader.get(reverse("delivery", args=[delivery.public_id])).content.decode()

    assert "Birinci yazımız." in page and "a) Birinci" not in page


def test_the_pages_of_the_pdf_are_shown_and_confirm_nothing(
    way: tuple[Client, Address], delivery: Delivery
) -> None:
    client, address = way
    assert f'<img src="{address("_page", 1)}?' in client.get(address("")).content.decode()

    drawn = client.get(address("_page", 1))

    assert drawn["Content-Type"] == "image/png" and drawn.content.startswith(b"\x89PNG")
    assert drawn["X-Content-Type-Options"] == "nosniff"
    assert [client.get(address("_page", page)).status_code for page in (0, 2)] == [404, 404]
    assert client.post(address("_page", 1)).status_code == 405
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None
    assert not delivery.events.filter(kind=EventKind.DOWNLOADED).exists()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Şubat çizelgesi.pdf", "application/pdf"),
        ("tuzak.pdf", None),
        ("hesap.xlsx", None),
    ],
)
def test_only_what_is_safe_to_show_is_opened_in_the_browser(
    way: tuple[Client, Address], name: str, kind: str | None
) -> None:
    client, address = way
    attachment = Attachment.objects.get(file_name=name)

    shown = client.get(address("_attachment", attachment.pk) + "?open")
    kept = client.get(address("_attachment", attachment.pk))

    assert shown["Content-Disposition"].startswith("inline" if kind else "attachment")
    assert kind is None or shown["Content-Type"] == kind
    assert kind is None or "default-src 'none'" in shown["Content-Security-Policy"]
    assert kept["Content-Disposition"].startswith("attachment")
    assert {each["X-Content-Type-Options"] for each in (shown, kept)} == {"nosniff"}
    for response in (shown, kept):
        assert b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_opening_a_file_is_recorded_like_a_download_and_once(reader: Client, delivery: Delivery) -> None:
    for query in ("?open", "", "?open"):
        response = reader.get(reverse("delivery_file", args=[delivery.public_id]) + query)
        assert b"".join(response.streaming_content) == ONE_PAGE  # type: ignore[attr-defined]

    (event,) = delivery.events.filter(kind=EventKind.DOWNLOADED)
    assert event.data["file"] == "genelge.pdf"
    delivery.refresh_from_db()
    assert delivery.acknowledged_at is None


def test_all_files_come_in_one_archive_under_their_own_names(
    way: tuple[Client, Address], delivery: Delivery
) -> None:
    client, address = way
    assert address("_files") in client.get(address("")).content.decode()

    response = client.get(address("_files"))

    archive = ZipFile(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    assert archive.testzip() is None
    assert archive.namelist() == ["genelge.pdf", "Şubat çizelgesi.pdf", "tuzak.pdf", "hesap.xlsx"]
    assert archive.read("Şubat çizelgesi.pdf") == b"%PDF-1.7 ek"
    assert response["Content-Disposition"] == f'attachment; filename="{delivery.circular.number}.zip"'
    taken = [event.data["file"] for event in delivery.events.filter(kind=EventKind.DOWNLOADED)]
    assert taken == ([] if "link" in address("") else archive.namelist())


@pytest.mark.parametrize("gone", ["one", "all"])
def test_the_archive_names_the_files_that_are_missing_from_the_server(
    way: tuple[Client, Address], delivery: Delivery, gone: str
) -> None:
    client, address = way
    missing = delivery.circular.attachments.exclude(file="").order_by("pk")
    stored = [each.file for each in missing][: 1 if gone == "one" else None]
    if gone == "all":
        stored.append(delivery.circular.source_file)
    for file in stored:
        file.storage.delete(file.name)

    response = client.get(address("_files"))

    archive = ZipFile(BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]
    *there, note = archive.namelist()
    assert note == "eksik dosyalar.txt"
    assert len(there) == (3 if gone == "one" else 0)
    words = archive.read(note).decode("utf-8-sig")
    assert all(each.file_name in words for each in missing[: 1 if gone == "one" else None])
    taken = [event.data["file"] for event in delivery.events.filter(kind=EventKind.DOWNLOADED)]
    assert taken == ([] if "link" in address("") else there)


def test_a_withdrawn_letter_shows_no_page_and_gives_no_file(reader: Client, delivery: Delivery) -> None:
    circular = delivery.circular
    withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())
    args = [delivery.public_id]

    page = reader.get(reverse("delivery", args=args)).content.decode()

    assert reverse("delivery_page", args=[*args, 1]) not in page
    assert reverse("delivery_files", args=args) not in page
    assert "Bilindiği üzere" in page
    assert reader.get(reverse("delivery_page", args=[*args, 1])).status_code == 404
    assert reader.get(reverse("delivery_files", args=args))["Location"] == reverse("delivery", args=args)
    link = [link_token(delivery, at=timezone.now())]
    assert reader.get(reverse("link_page", args=[*link, 1])).status_code == 404
    assert reader.get(reverse("link_files", args=link)).status_code == 404


def test_a_stranger_gets_neither_pages_nor_files(signed_in: SignIn, delivery: Delivery) -> None:
    client = signed_in(recipient_of(AgencyFactory()))
    args = [delivery.public_id]

    assert client.get(reverse("delivery_page", args=[*args, 1])).status_code == 404
    assert client.get(reverse("delivery_files", args=args)).status_code == 404


def test_a_letter_for_official_use_shows_link_holders_nothing(delivery: Delivery) -> None:
    Circular.objects.update(secrecy=Secrecy.OFFICIAL_USE)
    link = [link_token(delivery, at=timezone.now())]

    for address in (reverse("link_page", args=[*link, 1]), reverse("link_files", args=link)):
        assert Client().get(address).status_code == 404


def test_the_main_action_is_at_hand_while_the_letter_is_read(reader: Client, delivery: Delivery) -> None:
    page = reader.get(reverse("delivery", args=[delivery.public_id])).content.decode()

    bar = page[page.index('<div class="app-at-hand">') :]
    assert 'form="confirm-form"' in bar[: bar.index("</div>")]
    assert page.index("Bilindiği üzere") < page.index("app-at-hand") < page.index('id="confirm-form"')


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Ek.pdf", "ek.PDF", "Ek.pdf"], ["Ek.pdf", "ek (2).PDF", "Ek (3).pdf"]),
        (["../../etc/passwd", "a\\b:c?.txt"], ["..-..-etc-passwd", "a-b-c-.txt"]),
        (["", "\u202egnp.exe\u0000.pdf", "con.txt"], ["dosya-1", "gnp.exe.pdf", "_con.txt"]),
        (["İĞDIR ölçüm.xlsx"], ["İĞDIR ölçüm.xlsx"]),
        (["ü" * 300 + ".pdf"], ["ü" * 120 + ".pdf"]),
    ],
)
def test_names_in_the_archive_can_be_unpacked_anywhere(names: list[str], expected: list[str]) -> None:
    assert entry_names(names) == expected


def test_the_archive_is_written_in_pieces(unit: Agency) -> None:
    circular = draft_to(unit)
    big = attach(circular, "film.mp4", Random(1).randbytes(4_000_000))

    response = stored_archive([(big.file, "film.mp4")], "ek")

    pieces = list(response.streaming_content)
    assert len(pieces) > 10
    assert max(map(len, pieces)) < 200_000
