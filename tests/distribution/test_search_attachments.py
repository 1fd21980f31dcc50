"""Words of attachments are found and shown, to a recipient only of those that it gets and may still read."""

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency
from circulars.models import Attachment
from circulars.services.index_attachments import index_attachments
from circulars.services.index_letters import index_letter
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.pass_on import pass_on
from tests.conftest import SignIn
from tests.distribution.searches import found, with_attachment
from tests.factories import MOMENT, AgencyFactory, recipient_of, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory(name="Şırnak Valiliği")
    return agency


def test_words_of_attachments_are_found_and_shown(unit: Agency, english: Client, signed_in: SignIn) -> None:
    letter = with_attachment(unit, "İlçe listesi\nGüçlükonak itfaiye istasyonu")
    for person in (sender_of(letter.issuer), recipient_of(unit)):
        page = signed_in(person).get(reverse("search"), {"q": "itfaiyenin taşıtlar"}).content.decode()
        assert "Taşıtların Muayenesi" in page
        assert "<mark>itfaiye</mark> istasyonu" in page


def attachment_texts_read(client: Client, text: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert (
            "Taşıtların Muayenesi"
            in client.get(reverse("search"), {"q": text}, headers=headers).content.decode()
        )
    return sum('"circulars_attachmenttext"."text"' in each["sql"] for each in queries)


def test_while_one_types_and_for_words_of_the_subject_no_file_is_read(
    unit: Agency, english: Client, signed_in: SignIn
) -> None:
    letter = with_attachment(unit, "itfaiye istasyonu taşıtları")
    for person in (sender_of(letter.issuer), recipient_of(unit)):
        client = signed_in(person)
        assert attachment_texts_read(client, "itfaiye") == 1
        assert attachment_texts_read(client, "itfaiye", **{"HX-Request": "true"}) == 0
        assert attachment_texts_read(client, "taşıtların") == 0


def test_two_sentences_of_a_letter_are_shown(unit: Agency, english: Client, signed_in: SignIn) -> None:
    letter = with_attachment(unit, "itfaiye bir")
    for number in range(3):
        extra = Attachment(circular=letter, position=number + 1, title="Sunum", file_name="sunum.txt")
        extra.file.save("sunum.txt", ContentFile(b"itfaiye"))
    index_letter(circular=letter, attachments=letter.attachments.all())
    index_attachments()

    page = signed_in(recipient_of(unit)).get(reverse("search"), {"q": "itfaiye"}).content.decode()

    assert page.count("<mark>itfaiye</mark>") == 2


@pytest.mark.parametrize("note", [" (Ek konulmadı)", " (Ek-1 konulmadı)"])
def test_a_withheld_attachment_is_found_by_nobody_from_whom_it_is_withheld(
    unit: Agency, english: Client, signed_in: SignIn, note: str
) -> None:
    letter = with_attachment(unit, "Gizemli itfaiye", note=note)
    others = letter.deliveries.exclude(agency=unit).get().agency
    below = AgencyFactory(parent=unit)
    own = letter.deliveries.get(agency=unit)
    person = recipient_of(unit)
    pass_on(delivery=own.public_id, recipients=[(below, "info")], note="", due_at=None, by=person, at=MOMENT)

    for text in ("gizemli", "liste.txt", "gizemli taşıtlar", "çizelge"):
        assert "received" not in found(signed_in(person), text), text
        assert "received" not in found(signed_in(recipient_of(below)), text), text
    page = signed_in(person).get(reverse("search"), {"q": f"586791 {unit.name}"}).content.decode()
    assert "izemli" not in page
    assert found(signed_in(recipient_of(others)), "gizemli")["received"]
    assert found(signed_in(sender_of(letter.issuer)), "gizemli")["letters"]


def test_a_word_of_a_withheld_attachment_may_stand_in_one_that_the_unit_gets(
    unit: Agency, english: Client, signed_in: SignIn
) -> None:
    letter = with_attachment(unit, "Gizemli itfaiye", note=" (Ek-1 konulmadı)")
    extra = Attachment(circular=letter, position=1, title="Sunum", file_name="sunum.txt")
    extra.file.save("sunum.txt", ContentFile(b"Bilinen itfaiye"))
    index_letter(circular=letter, attachments=letter.attachments.all())
    index_attachments()

    page = signed_in(recipient_of(unit)).get(reverse("search"), {"q": "itfaiye"}).content.decode()

    assert "Bilinen <mark>itfaiye</mark>" in page and "Gizemli" not in page


def test_nothing_of_a_withdrawn_letters_text_is_found_by_its_recipients(
    unit: Agency, english: Client, signed_in: SignIn
) -> None:
    letter = with_attachment(unit, "Gizemli itfaiye")
    withdraw(circular=letter, reason="Yanlış", by=letter.recorded_by, at=MOMENT)
    client = signed_in(recipient_of(unit))

    assert found(client, "gizemli") == {}
    assert found(client, "lastik") == {}
    page = client.get(reverse("search"), {"q": f"586791 {unit.name}"}).content.decode()
    assert "Taşıtların Muayenesi" in page and "app-found" not in page
    assert found(signed_in(sender_of(letter.issuer)), "gizemli")["letters"]
