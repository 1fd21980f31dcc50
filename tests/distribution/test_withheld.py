"""A recipient gets no attachment that its printed line withholds, on no path (Y 18)."""

import re

import pytest
from django.core.files.base import ContentFile
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Attachment, Circular
from distribution.links import link_token
from distribution.models import Delivery
from distribution.outbox.channels.kep import files_of
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.factories import AgencyFactory, CircularFactory, LineFactory, copy_below, recipient_of, sender_of

pytestmark = pytest.mark.django_db
TITLES = ("Sayım Formu", "Fiyat Listesi")


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory(name="Bursa Valiliği")
    return agency


def letter_to(unit: Agency, note: str) -> Circular:
    """A draft with two printed attachments and one that was added; only the unit's line has the note."""
    circular: Circular = CircularFactory()
    LineFactory(circular=circular, position=0, agency=AgencyFactory(), text="Adana Valiliğine")
    LineFactory(circular=circular, position=1, agency=unit, text=f"Bursa Valiliğine{note}")
    for position, title in enumerate((*TITLES, "Sunum")):
        attachment = Attachment(
            circular=circular,
            position=position,
            title=title,
            printed=title in TITLES,
            file_name=f"{title}.pdf",
        )
        attachment.file.save("ek.pdf", ContentFile(b"%PDF-1.7 ek"))
    return circular


def sent_to(unit: Agency, note: str) -> Delivery:
    circular = letter_to(unit, note)
    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())
    return Delivery.objects.get(agency=unit)


def status_by_title(client: Client, delivery: Delivery, address: str, *fixed: object) -> dict[str, int]:
    found = {}
    for attachment in delivery.circular.attachments.all():
        answer = client.get(reverse(address, args=[*fixed, attachment.pk]))
        found[attachment.title] = answer.status_code
        if isinstance(answer, FileResponse):
            assert b"".join(answer).startswith(b"%PDF")
    return found


@pytest.mark.parametrize(
    ("note", "given"),
    [
        ("", {"Sayım Formu", "Fiyat Listesi", "Sunum"}),
        (" (Ek-2 konulmadı)", {"Sayım Formu", "Sunum"}),
        (" (Ek konulmadı)", set()),
        (" (Ek-1 hariç konulmadı)", {"Sayım Formu", "Fiyat Listesi", "Sunum"}),
    ],
    ids=["without a note", "one", "all", "not understood"],
)
def test_page_link_and_kep_give_only_what_is_enclosed(
    note: str, given: set[str], unit: Agency, english: Client, signed_in: SignIn
) -> None:
    delivery = sent_to(unit, note)
    signed_in(recipient_of(unit))
    token = link_token(delivery, at=timezone.now())

    page = english.get(reverse("delivery", args=[delivery.public_id])).content.decode()
    by_link = english.get(reverse("link", args=[token])).content.decode()
    for shown in (page, by_link):
        assert shown.count("not enclosed for your unit") == 3 - len(given)
        assert len(set(re.findall(r"/attachments/\d+/", shown))) == len(given)
    for statuses in (
        status_by_title(english, delivery, "delivery_attachment", delivery.public_id),
        status_by_title(english, delivery, "link_attachment", token),
    ):
        assert {title for title, status in statuses.items() if status == 200} == given
        assert {status for title, status in statuses.items() if title not in given} <= {404}
    assert {name for name, _file in files_of(delivery)} == {f"{title}.pdf" for title in given}


def test_what_is_passed_on_withholds_the_same(unit: Agency, english: Client, signed_in: SignIn) -> None:
    delivery = sent_to(unit, " (Ek-1 konulmadı)")
    below = copy_below(delivery, AgencyFactory())
    lowest = copy_below(below, AgencyFactory())

    for copy in (below, lowest):
        signed_in(recipient_of(copy.agency))
        statuses = status_by_title(english, copy, "delivery_attachment", copy.public_id)
        assert statuses == {"Sayım Formu": 404, "Fiyat Listesi": 200, "Sunum": 200}


def test_other_recipients_get_everything(unit: Agency) -> None:
    sent_to(unit, " (Ek konulmadı)")
    other = Delivery.objects.exclude(agency=unit).get()

    assert len(list(files_of(other))) == 3


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (" (Ek-2 konulmadı)", "“Bursa Valiliğine” (1 unit) doesn't get: Fiyat Listesi"),
        (" (Ek konulmadı)", "“Bursa Valiliğine” (1 unit) doesn't get: Sayım Formu; Fiyat Listesi; Sunum"),
        (" (Ek-5 konulmadı)", "the note “Ek-5 konulmadı”, which names no attachment of this letter"),
        (
            " (Ek-1 hariç konulmadı)",
            "the note “Ek-1 hariç konulmadı”, which names no attachment of this letter",
        ),
    ],
)
def test_the_page_before_dispatch_says_who_does_not_get_what(
    note: str, words: str, unit: Agency, english: Client, signed_in: SignIn
) -> None:
    circular = letter_to(unit, note)
    signed_in(sender_of(circular.issuer))

    page = english.get(reverse("dispatch", args=[circular.public_id])).content.decode()

    assert words in " ".join(page.split())
