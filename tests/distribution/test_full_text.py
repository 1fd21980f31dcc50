"""Lists of letters are searched by full text: subject, number, body and the names of attachments."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency
from agencies.turkish import search_key
from circulars.models import Attachment, Circular, LetterText
from circulars.services.index_letters import index_missing
from distribution.queries import found_in
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.factories import (
    MOMENT,
    AgencyFactory,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db

BODY = "Kışlık lastik <b>denetimleri</b> sıklaştırılacaktır.\nKatılım gösterilmesini rica ederim."


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory()


@pytest.fixture
def reader(issuer: Agency, english: Client, signed_in: SignIn) -> Client:
    return signed_in(sender_of(issuer))


def found(client: Client, address: str, **query: str) -> list[str]:
    response = client.get(address, query)
    return [row.record.subject for row in response.context["table"].rows]


def sent(issuer: Agency, subject: str, **fields: object) -> Circular:
    return dispatched_to(AgencyFactory(), issuer=issuer, subject=subject, **fields)


@pytest.mark.parametrize(
    "text",
    [
        "lastik",
        "LASTİK DENETİM",
        "denetimler",
        "siklas",
        "katilim",
        "lastik taşıt",
        "5511",
        "cizelge",
        "cizel xlsx",
    ],
)
def test_a_letter_is_found_by_its_text_number_and_attachments(
    issuer: Agency, reader: Client, text: str
) -> None:
    draft = draft_to(AgencyFactory(), issuer=issuer, subject="Taşıtlar", body=BODY, number="E-1-010-5511")
    Attachment.objects.create(circular=draft, title="Ek Çizelge", file_name="liste.xlsx")
    dispatch(circular=draft, by=draft.recorded_by, at=MOMENT)
    sent(issuer, "Başka")

    assert found(reader, reverse("letters"), q=text) == ["Taşıtlar"]


def test_a_hit_shows_where_it_was_found_and_escapes_the_text(issuer: Agency, reader: Client) -> None:
    sent(issuer, "Taşıtlar", body=BODY)

    text = reader.get(reverse("letters"), {"q": "taşıt denetim"}).content.decode()

    assert "&lt;b&gt;<mark>denetimleri</mark>&lt;/b&gt; sıklaştırılacaktır." in text
    assert "<b>denetimleri" not in text
    assert "app-found" not in reader.get(reverse("letters"), {"q": "taşıt"}).content.decode()


def test_a_long_text_is_read_no_further_than_its_first_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def folded(word: str) -> str:
        read.append(word)
        return search_key(word)

    monkeypatch.setattr(found_in, "uncached_search_key", folded, raising=False)
    monkeypatch.setattr(found_in, "search_key", folded)
    pieces = found_in.passage("Kışlık lastik ve lastik. " + "lastik denetimi " * 2000, ["lastik"])

    assert [piece for piece, is_hit in pieces if is_hit][:2] == ["lastik", "lastik"]
    assert "".join(piece for piece, _is_hit in pieces).endswith("…")
    assert len(read) < 50


def test_no_hit_names_the_search_and_clears_it_by_one_press(issuer: Agency, reader: Client) -> None:
    sent(issuer, "Taşıtlar")

    text = reader.get(reverse("letters"), {"q": "<zürafa>", "state": "open"}).content.decode()

    assert "Nothing matches the search or the filter. Searched for: “&lt;zürafa&gt;”." in text
    assert '<a class="btn" href="?state=open">Clear the search</a>' in text


def test_the_search_is_combined_with_the_filters(issuer: Agency, reader: Client) -> None:
    sent(issuer, "Açık", body=BODY)
    withdrawn = sent(issuer, "Geri çekilen", body=BODY)
    withdraw(circular=withdrawn, reason="Yanlış", by=withdrawn.recorded_by, at=MOMENT)

    assert found(reader, reverse("letters"), q="lastik", state="withdrawn") == ["Geri çekilen"]
    assert found(reader, reverse("letters"), q="lastik", state="open") == ["Açık"]


def test_drafts_are_found_by_their_text_as_well(issuer: Agency, reader: Client) -> None:
    draft_to(issuer=issuer, subject="Taslak", body=BODY)
    draft_to(issuer=issuer, subject="Başka taslak")

    response = reader.get(reverse("letters"), {"q": "LASTIK"})

    assert [draft.subject for draft in response.context["drafts"]] == ["Taslak"]


def test_letters_of_other_units_are_not_found(reader: Client) -> None:
    sent(AgencyFactory(), "Yabancı", body=BODY, secrecy="HİZMETE ÖZEL")

    response = reader.get(reverse("letters"), {"q": "lastik"})

    assert "lastik <" not in response.content.decode() and "Yabancı" not in response.content.decode()


def test_a_unit_finds_what_it_received_by_its_text_but_not_by_attachments(
    english: Client, signed_in: SignIn
) -> None:
    unit = AgencyFactory()
    draft = draft_to(unit, subject="Taşıtlar", body=BODY)
    Attachment.objects.create(circular=draft, title="Gizemli çizelge")
    dispatch(circular=draft, by=draft.recorded_by, at=MOMENT)
    dispatched_to(unit, subject="Başka")
    dispatched_to(AgencyFactory(), subject="Başkasının", body=BODY)
    client, inbox = signed_in(recipient_of(unit)), reverse("unit_inbox", args=[unit.pk])

    response = client.get(inbox, {"q": "lastik"})
    assert [each.circular.subject for each in response.context["owed"]] == ["Taşıtlar"]
    assert "<mark>lastik</mark>" in response.content.decode()

    nothing = client.get(inbox, {"q": "gizemli"}).content.decode()
    assert "Searched for: “gizemli”." in nothing
    assert 'href="?">Clear the search</a>' in nothing


@pytest.mark.parametrize("show", ["", "confirmed", "answer"])
def test_a_unit_reads_nothing_of_a_withdrawn_letter_by_searching_its_text(
    english: Client, signed_in: SignIn, show: str
) -> None:
    unit = AgencyFactory()
    letter = dispatched_to(unit, subject="Taşıtlar", body=BODY)
    withdraw(circular=letter, reason="Yanlış", by=letter.recorded_by, at=MOMENT)
    client, inbox = signed_in(recipient_of(unit)), reverse("unit_inbox", args=[unit.pk])

    assert "Taşıtlar" not in client.get(inbox, {"q": "lastik", "show": show}).content.decode()
    by_both = client.get(inbox, {"q": f"taşıt {unit.name}", "show": show}).content.decode()
    assert "app-found" not in by_both


def test_a_confirmed_letter_is_found_by_its_text_and_shows_where(english: Client, signed_in: SignIn) -> None:
    unit = AgencyFactory()
    letter = dispatched_to(unit, subject="Taşıtlar", body=BODY)
    person = recipient_of(unit)
    acknowledge(delivery=letter.deliveries.get().public_id, by=person, at=MOMENT)

    inbox = reverse("unit_inbox", args=[unit.pk])
    page = signed_in(person).get(inbox, {"q": "lastik", "show": "confirmed"}).content.decode()

    assert "Taşıtlar</a>" in page
    assert "<mark>lastik</mark>" in page


def test_a_manager_finds_outstanding_letters_by_their_text(english: Client, signed_in: SignIn) -> None:
    ministry = AgencyFactory()
    sent(ministry, "Taşıtlar", body=BODY)
    sent(ministry, "Başka")
    client = signed_in(manager_of(ministry))

    by_recipient = client.get(reverse("outstanding"), {"q": "lastik"})
    assert [row.record.circular.subject for row in by_recipient.context["table"].rows] == ["Taşıtlar"]
    assert "<mark>lastik</mark>" in by_recipient.content.decode()
    assert found(client, reverse("outstanding_letters"), q="lastik") == ["Taşıtlar"]


def test_a_search_asks_as_many_questions_for_20_hits_as_for_2(issuer: Agency, reader: Client) -> None:
    counts = []
    for more in (2, 18):
        for number in range(more):
            sent(issuer, f"{more} {number}", body=BODY)
        reader.get(reverse("letters"), {"q": "lastik"})
        counts.append(query_count(reader.get, reverse("letters") + "?q=lastik"))

    assert counts[0] == counts[1]


def test_letters_without_words_are_noted_later(issuer: Agency, reader: Client) -> None:
    sent(issuer, "Taşıtlar", body=BODY)
    LetterText.objects.all().delete()
    assert found(reader, reverse("letters"), q="lastik") == []

    assert index_missing() == 1
    assert index_missing() == 0
    assert found(reader, reverse("letters"), q="lastik") == ["Taşıtlar"]
