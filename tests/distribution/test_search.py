"""The search box of every page finds letters, received letters, recipients, units and people, each in its group."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Role
from circulars.models import Circular
from distribution.queries.search import groups as search_groups
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.pass_on import pass_on
from tests.conftest import SignIn
from tests.distribution.searches import FIELDS, NUMBER, first_line, found, with_attachment
from tests.factories import (
    MOMENT,
    AgencyFactory,
    MembershipFactory,
    UserFactory,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Agency:
    agency: Agency = AgencyFactory(name="İçişleri Bakanlığı")
    return agency


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory(name="Şırnak Valiliği")
    return agency


@pytest.fixture
def letter(issuer: Agency, unit: Agency) -> Circular:
    """One letter among others, which no search below means."""
    dispatched_to(
        AgencyFactory(name="Adana Valiliği"), issuer=issuer, subject="Başka", body="Başka bir metin."
    )
    return dispatched_to(unit, issuer=issuer, **FIELDS)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        "E98167286556 99586791",
        "586791",
        "86791",
        "98167286.556.99",
        "98167286/556/99/586791",
        "9816728655699",
        "556.99-586791",
        "taşıt",
        "TASITLARIN muayenesi",
        "denetimlerin",
        "SIKLAŞTIRILACAK",
        "katilim",
        "icisleri lastik",
        "İÇİŞLERİ 586791",
        "9C2B-4F1A-77KI",
        "9c2b4f1a",
        "9C2B-4F1A-77Kİ",
    ],
)
def test_a_letter_is_found_by_number_words_code_and_issuer(
    letter: Circular, issuer: Agency, unit: Agency, english: Client, signed_in: SignIn, text: str
) -> None:
    assert found(signed_in(sender_of(issuer)), text)["letters"] == ["Taşıtların Muayenesi"]
    received = found(signed_in(recipient_of(unit)), text)
    assert received["received"] == ["Şırnak Valiliği: Taşıtların Muayenesi"]
    assert "letters" not in received and "recipients" not in received


@pytest.mark.parametrize("text", [NUMBER, "586791", "taşıt", "lastik", "9C2B-4F1A-77KI", "Şırnak 586791"])
def test_a_stranger_finds_nothing_of_a_letter_and_reads_no_count(
    letter: Circular, english: Client, signed_in: SignIn, text: str
) -> None:
    for stranger in (sender_of(AgencyFactory()), recipient_of(AgencyFactory()), manager_of(AgencyFactory())):
        client = signed_in(stranger)
        assert found(client, text) == {}
        for group in ("letters", "received", "recipients"):
            assert found(client, text, **{"in": group}) == {}
        page = client.get(reverse("search"), {"q": text}).content.decode()
        assert "data-count" not in page and "Nothing that you may see was found" in page


def test_a_former_member_finds_nothing(
    letter: Circular, unit: Agency, english: Client, signed_in: SignIn
) -> None:
    person = UserFactory()
    MembershipFactory(user=person, agency=unit, role=Role.RECIPIENT, active_to="2025-01-01")

    assert found(signed_in(person), NUMBER) == {}


def test_a_manager_finds_the_letters_of_the_units_below_but_not_their_drafts(
    issuer: Agency, unit: Agency, english: Client, signed_in: SignIn
) -> None:
    below = AgencyFactory(parent=issuer)
    dispatched_to(unit, issuer=below, **FIELDS)
    draft_to(unit, issuer=below, subject="Taşıtların Taslağı")

    results = found(signed_in(manager_of(issuer)), "taşıtların")
    assert results == {"letters": ["Taşıtların Muayenesi"]}
    assert set(found(signed_in(sender_of(below)), "taşıtların")["letters"]) == {
        "Taşıtların Muayenesi",
        "Taşıtların Taslağı",
    }


def test_of_a_corrected_letter_the_newest_revision_is_found(
    issuer: Agency, unit: Agency, english: Client, signed_in: SignIn
) -> None:
    first = dispatched_to(unit, issuer=issuer, **FIELDS)
    draft_to(unit, issuer=issuer, corrects=first, revision_number=2, **FIELDS)

    response = signed_in(sender_of(issuer)).get(reverse("search"), {"q": NUMBER})

    (group,) = response.context["groups"]
    assert [row.revision_number for row, _passages in group.hits] == [2]


def test_a_recipient_is_found_by_its_name_and_words_of_the_letter(
    letter: Circular, issuer: Agency, english: Client, signed_in: SignIn
) -> None:
    client = signed_in(sender_of(issuer))

    assert found(client, "sirnak")["recipients"] == ["Şırnak Valiliği: Taşıtların Muayenesi"]
    assert found(client, "586791 ŞIRNAK")["recipients"] == ["Şırnak Valiliği: Taşıtların Muayenesi"]
    assert found(client, "adana")["recipients"] == ["Adana Valiliği: Başka"]
    assert "recipients" not in found(client, "adana 586791")
    assert "recipients" not in found(client, "586791")


def test_recipients_of_many_names_are_looked_for_in_the_newest_letters(
    issuer: Agency, english: Client, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = [AgencyFactory(name=f"{number}. Ilgaz Müdürlüğü") for number in range(3)]
    for number in range(3):
        dispatched_to(*units, issuer=issuer, subject=f"Yazı {number}", at=MOMENT)
    monkeypatch.setattr(search_groups, "FEW_UNITS", 2)
    monkeypatch.setattr(search_groups, "MOST_COPIES", 6)
    client = signed_in(sender_of(issuer))

    response = client.get(reverse("search"), {"q": "ilgaz", "in": "recipients"})

    assert {first_line(row).split(": ")[1] for row, _passages in response.context["chosen"].hits} == {
        "Yazı 1",
        "Yazı 2",
    }
    assert "Only the 2 newest letters were looked through." in response.content.decode()
    assert len(found(client, "ilgaz yazı", **{"in": "recipients"})["recipients"]) == 6


def test_a_recipient_of_a_full_name_is_found_in_all_letters(
    issuer: Agency, english: Client, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = [AgencyFactory(name=f"{name} Müdürlüğü") for name in ("Ilgaz", "Of", "Emet")]
    for number in range(3):
        dispatched_to(*units, issuer=issuer, subject=f"Yazı {number}", at=MOMENT)
    dispatched_to(*units, issuer=issuer, subject="Ilgaz Dağı", at=MOMENT)
    monkeypatch.setattr(search_groups, "FEW_UNITS", 1)
    monkeypatch.setattr(search_groups, "MOST_COPIES", 3)
    client = signed_in(sender_of(issuer))

    response = client.get(reverse("search"), {"q": "ilgaz müdürlüğü", "in": "recipients"})

    rows = [first_line(row) for row, _passages in response.context["chosen"].hits]
    in_the_name = [f"Ilgaz Müdürlüğü: {subject}" for subject in ("Yazı 2", "Yazı 1", "Yazı 0")]
    assert sorted(rows[:3]) == [f"{name} Müdürlüğü: Ilgaz Dağı" for name in ("Emet", "Ilgaz", "Of")]
    assert rows[3:] == in_the_name
    assert "looked through" not in response.content.decode()


def test_units_and_people_are_found_by_everybody_as_in_the_directory(
    unit: Agency, english: Client, signed_in: SignIn
) -> None:
    person = UserFactory(first_name="Işıl", last_name="ÇİĞDEMOĞLU", job_title="Şube Müdürü")
    MembershipFactory(user=person, agency=unit, role=Role.RECIPIENT)
    MembershipFactory(user=person, agency=unit, role=Role.SENDER)
    gone = UserFactory(first_name="Işıl", last_name="Ayrılan")
    MembershipFactory(user=gone, agency=unit, active_to="2025-01-01")
    MembershipFactory(user=UserFactory(first_name="Işıl", last_name="Kapalı", is_active=False), agency=unit)
    client = signed_in(UserFactory())

    assert found(client, "şırnak valilik") == {"units": ["Şırnak Valiliği"]}
    for text in ("isil", "IŞIL", "çiğdem", "CIGDEMOGLU", "cigdem sirnak"):
        assert found(client, text) == {"people": ["Işıl ÇİĞDEMOĞLU"]}, text
    MembershipFactory(user=UserFactory(first_name="Sean", last_name="O’Neil"), agency=unit)
    for text in ("oneil", "o'neil"):
        assert found(client, text) == {"people": ["Sean O’Neil"]}, text


def test_a_unit_finds_its_copy_by_its_register_number(
    letter: Circular, unit: Agency, english: Client, signed_in: SignIn
) -> None:
    person = recipient_of(unit)
    copy = letter.deliveries.get().public_id
    acknowledge(delivery=copy, by=person, at=MOMENT, register_number="2026/4711")

    assert found(signed_in(person), "2026/4711")["received"] == ["Şırnak Valiliği: Taşıtların Muayenesi"]


def test_a_unit_finds_what_was_passed_on_to_it(
    letter: Circular, unit: Agency, english: Client, signed_in: SignIn
) -> None:
    below = AgencyFactory(parent=unit, name="Şırnak Nüfus Müdürlüğü")
    pass_on(
        delivery=letter.deliveries.get().public_id,
        recipients=[(below, "action")],
        note="",
        due_at=None,
        by=recipient_of(unit),
        at=MOMENT,
    )

    assert found(signed_in(recipient_of(below)), "586791")["received"] == [
        "Şırnak Nüfus Müdürlüğü: Taşıtların Muayenesi"
    ]


def test_the_words_stand_in_their_sentence_and_the_text_is_escaped(
    letter: Circular, issuer: Agency, unit: Agency, english: Client, signed_in: SignIn
) -> None:
    for person in (sender_of(issuer), recipient_of(unit)):
        page = signed_in(person).get(reverse("search"), {"q": "denetim <b>"})
        assert "&lt;b&gt;<mark>denetimleri</mark>&lt;/b&gt; sıklaştırılacaktır." in page.content.decode()


def test_each_group_shows_five_and_leads_to_all(issuer: Agency, english: Client, signed_in: SignIn) -> None:
    for number in range(27):
        dispatched_to(
            AgencyFactory(name=f"Ilgaz {number}"), issuer=issuer, subject=f"Lastik {number}", at=MOMENT
        )
    client = signed_in(sender_of(issuer))

    page = client.get(reverse("search"), {"q": "lastik"})
    assert len(found(client, "lastik")["letters"]) == 5
    assert 'href="/search/?q=lastik&amp;in=letters"' in page.content.decode()
    assert "show all 27" in page.content.decode()

    assert len(found(client, "lastik", **{"in": "letters"})["letters"]) == 25
    assert len(found(client, "lastik", page=2, **{"in": "letters"})["letters"]) == 2
    assert len(found(client, "lastik", page=10**9, **{"in": "letters"})["letters"]) == 2
    assert len(found(client, "lastik", page="x", **{"in": "letters"})["letters"]) == 25
    assert list(found(client, "ilgaz", **{"in": "units"})) == ["units"]
    assert set(found(client, "ilgaz", **{"in": "nonsense"})) == {"recipients", "units"}


def test_more_than_can_be_counted_is_said_to_be_more(
    issuer: Agency, english: Client, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(3):
        dispatched_to(AgencyFactory(name="Ilgaz"), issuer=issuer, subject="Lastik")
    monkeypatch.setattr(search_groups, "MOST", 2)

    response = signed_in(sender_of(issuer)).get(reverse("search"), {"q": "ilgaz"})

    assert {group.name: group.count_in_words for group in response.context["groups"]} == {
        "recipients": "0+",
        "units": "0+",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Type at least two letters or digits."),
        ("a", "Type at least two letters or digits."),
        ("İ", "Type at least two letters or digits."),
        ("%", "Type at least two letters or digits."),
        ("_ _", "Type at least two letters or digits."),
        ("-./,;:!?()[]{}", "Type at least two letters or digits."),
        ("'\"\\`", "Type at least two letters or digits."),
        ("\x00", "Type at least two letters or digits."),
        ("a" * 500, "The search text is too long: type at most 200 characters."),
        (" ".join("abcdefghi"[n] * 2 for n in range(9)), "The search has too many words: type at most 8."),
    ],
)
def test_what_cannot_be_searched_is_said(
    letter: Circular, issuer: Agency, english: Client, signed_in: SignIn, text: str, words: str
) -> None:
    response = signed_in(sender_of(issuer)).get(reverse("search"), {"q": text})

    assert response.status_code == 200
    assert words in response.content.decode()
    assert response.context["groups"] == []


@pytest.mark.parametrize(
    "text",
    [
        "%%%lastik",
        "lastik_",
        "'lastik'",
        'lastik" & !(|',
        "las\x00tik",
        "lastik\\",
        "lastik:*",
        "😀 lastik",
        "lastik " * 8,
        "E-" + "9" * 190,
        "ﬁ ß ǰ",
        "\u202elastik",
        "1.2.3.4.5.6.7.8.9.0-1/2x98765",
    ],
)
def test_signs_with_a_meaning_elsewhere_have_none_here(
    letter: Circular, issuer: Agency, english: Client, signed_in: SignIn, text: str
) -> None:
    results = found(signed_in(sender_of(issuer)), text)

    assert results.get("letters", []) == (
        ["Taşıtların Muayenesi"] if "lastik" in text or "\0" in text else []
    )


def test_the_page_without_a_search_says_what_can_be_typed(english: Client, signed_in: SignIn) -> None:
    page = signed_in(UserFactory()).get(reverse("search")).content.decode()

    assert "Type a number, words of a letter" in page


def test_suggestions_are_the_results_without_the_page(
    letter: Circular, issuer: Agency, english: Client, signed_in: SignIn
) -> None:
    response = signed_in(sender_of(issuer)).get(
        reverse("search"), {"q": "lastik"}, headers={"HX-Request": "true"}
    )

    text = response.content.decode()
    assert "Taşıtların Muayenesi" in text and "<html" not in text
    assert "HX-Request" in response["Vary"]


@pytest.fixture
def many(issuer: Agency) -> Iterator[Agency]:
    """A unit below one that sends, receives, and whose person does all of it."""
    yield AgencyFactory(name="Ilgaz Valiliği", parent=issuer)


def test_a_search_asks_as_many_questions_for_20_hits_as_for_2(
    issuer: Agency, many: Agency, english: Client, signed_in: SignIn
) -> None:
    person = sender_of(issuer)
    MembershipFactory(user=person, agency=issuer, role=Role.MANAGER)
    MembershipFactory(user=person, agency=many, role=Role.RECIPIENT)
    client, counts = signed_in(person), []
    for more in (2, 18):
        for number in range(more):
            with_attachment(
                many, "ilgaz itfaiye", issuer=issuer, number=f"E-1-{more}-{number}", verification_code=""
            )
            MembershipFactory(
                user=UserFactory(last_name="Ilgaz"), agency=AgencyFactory(name=f"Ilgaz {more} {number}")
            )
        address = reverse("search") + "?q=ilgaz"
        results = found(client, "ilgaz")
        assert set(results) == {"letters", "received", "recipients", "units", "people"}
        counts.append(query_count(client.get, address))

    assert counts[0] == counts[1]
    assert counts[0] <= 19


def test_the_box_stands_on_every_page_but_for_those_who_are_not_signed_in(
    english: Client, signed_in: SignIn
) -> None:
    assert 'id="search"' not in english.get(reverse("account_login")).content.decode()
    page = signed_in(UserFactory()).get(reverse("directory")).content.decode()
    assert re.search(r'<form class="app-search" method="get" action="/search/"', page)


@pytest.mark.parametrize("person", [sender_of, manager_of, recipient_of])
def test_a_person_of_one_role_asks_at_most_fifteen_questions(
    letter: Circular, issuer: Agency, unit: Agency, english: Client, signed_in: SignIn, person: Any
) -> None:
    client = signed_in(person(unit if person is recipient_of else issuer))
    client.get(reverse("search"), {"q": "sirnak"})

    assert found(client, "sirnak")
    assert query_count(client.get, reverse("search") + "?q=sirnak") <= 15
