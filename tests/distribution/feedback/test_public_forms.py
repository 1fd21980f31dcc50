"""Forms that users of other programs reported as not understood, and mails of ticket systems."""

from pathlib import Path

import pytest
from pytest_django import Settings

from distribution.models import MailVerdict, Notice, ReturnedMail
from tests.distribution.feedback.test_returned_forms import became, filled, notice, read
from tests.distribution.forms_of_mail import LISTED
from tests.distribution.forms_of_public_reports import PUBLIC, TICKET_WORDS, TICKETS

__all__ = ["notice"]
pytestmark = pytest.mark.django_db
PERSON = "From: Ada Ay <{address}>\nIn-Reply-To: {id}\nContent-Type: text/plain; charset=utf-8"


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize("name", PUBLIC)
def test_what_comes_of_it(name: str, notice: Notice) -> None:
    text, expected = PUBLIC[name]
    assert became(notice, read(filled(text, notice).replace(b"\n", b"\r\n"))) == expected


def test_the_reason_in_a_field_of_its_own_closes_the_address(notice: Notice) -> None:
    text, _expected = PUBLIC["the reason in a field of Cisco's"]
    read(filled(text, notice))
    assert notice.agency is not None
    notice.agency.refresh_from_db()
    assert notice.agency.open_channels() == []


@pytest.mark.parametrize("name", TICKETS)
def test_a_ticket_systems_confirmation_is_listed_and_a_persons_answer_through_it_is_one(
    name: str, notice: Notice
) -> None:
    head = f"{TICKETS[name]}\n{PERSON}\n\n"
    confirmed = read(filled(f"{head}{TICKET_WORDS[0]}\n", notice))
    assert confirmed.verdict == MailVerdict.OTHER
    assert became(notice, confirmed) == LISTED
    assert read(filled(f"{head}Bilgi ektedir, arz ederim.\n", notice)).verdict == MailVerdict.REPLY


@pytest.mark.parametrize("words", TICKET_WORDS)
def test_its_words_betray_it(words: str, notice: Notice) -> None:
    returned = read(filled(f"Subject: YNT: Genelge\n{PERSON}\n\nSayın ilgili,\n{words}\n", notice))
    assert returned.verdict == MailVerdict.OTHER
    assert became(notice, returned) == LISTED


@pytest.mark.parametrize(
    "words",
    [
        "Yazınız kaydımıza alınmıştır. Kayıt no: 2026/123",
        "Talebinizi değerlendirdik; cevabımız 12345 sayılı yazıdadır.",
        "Genelge 4711 sayısıyla evrakımıza alındı, gereği yapılacaktır.",
    ],
)
def test_a_person_who_names_a_number_is_a_person(words: str, notice: Notice) -> None:
    returned: ReturnedMail = read(filled(f"Subject: YNT: Genelge\n{PERSON}\n\n{words}\n", notice))
    assert returned.verdict == MailVerdict.REPLY
