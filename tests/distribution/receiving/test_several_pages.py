"""Letters of the inbox chosen over its pages and dealt with together: the pages."""

import re
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Circular, Purpose, Secrecy, Urgency
from distribution.models import AnswerDocument, Delivery, ExtensionRequest
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.views.receiving import inbox
from distribution.views.several import choice, choose_letters
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, recipient_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
ACTS = ["answer_several", "return_several", "ask_extension_for_several"]


@pytest.fixture
def unit() -> Agency:
    agency: Agency = AgencyFactory()
    return agency


@pytest.fixture
def person(unit: Agency) -> User:
    return recipient_of(unit)


@pytest.fixture
def client(signed_in: SignIn, person: User, english: Client) -> Client:
    return signed_in(person)


def received(unit: Agency, count: int, **fields: object) -> list[Delivery]:
    now = timezone.now()
    timed = {"urgency": Urgency.TIMED, "due_at": now + timedelta(days=9)}
    letters = [dispatched_to(unit, at=now, **{**timed, **fields}) for _ in range(count)]
    return [each.deliveries.get() for each in letters]


def ids(deliveries: Iterable[Delivery]) -> list[str]:
    return [str(each.public_id) for each in deliveries]


def choose(client: Client, unit: Agency, deliveries: Iterable[Delivery], place: str = "", **more: str) -> str:
    """Send the ticks of a list; returns where it leads."""
    address = reverse("choose_letters", args=[unit.pk]) + place
    return str(client.post(address, {"delivery": ids(deliveries), **more})["Location"])


def ticked(page: str, deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Those that the form of the page would send."""
    tags = [tag.partition(">")[0] for tag in page.split("<input")[1:]]
    sent = [tag for tag in tags if 'name="delivery"' in tag and ("checked" in tag or '"hidden"' in tag)]
    return [each for each in deliveries if any(str(each.public_id) in tag for tag in sent)]


def test_a_choice_survives_pages_and_filters_and_the_other_list_has_its_own(
    client: Client, unit: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LETTERS_PER_PAGE", 2)
    letters = received(unit, 5)
    address = reverse("unit_inbox", args=[unit.pk])

    assert choose(client, unit, letters[:1], to="?page=2") == f"{address}?page=2"
    page = client.get(f"{address}?page=2").content.decode()
    assert ticked(page, letters) == letters[:1]
    assert "1 letter that this page doesn" in page
    choose(client, unit, [letters[0], letters[3]], "?page=2", to=f"?q={letters[4].circular.number}")

    assert ticked(client.get(f"{address}?q=zzz-nothing").content.decode(), letters) == []
    assert ticked(client.get(address).content.decode(), letters) == [letters[0], letters[3]]
    assert ticked(client.get(f"{address}?show=answer").content.decode(), letters) == []


@pytest.mark.parametrize("place", ["", "?show=answer"])
def test_the_filter_is_part_of_the_list_s_form_so_that_ticks_are_kept_without_any_script(
    client: Client, unit: Agency, person: User, place: str
) -> None:
    letters = received(unit, 3)
    if place:
        for each in letters:
            acknowledge(delivery=each.public_id, by=person, at=timezone.now())
    address = reverse("unit_inbox", args=[unit.pk])
    page = client.get(address + place).content.decode()
    for name in ("q", "issuer", "urgency", "purpose", "assigned"):
        assert re.search(rf'<(input|select)[^>]* name="{name}"[^>]* form="letters"', page)
    keep = reverse("choose_letters", args=[unit.pk]) + place
    assert re.search(rf'<button[^>]* form="letters" formaction="{re.escape(keep)}" name="filter"', page)

    number = letters[2].circular.number
    sent = {"delivery": ids(letters[:1]), "filter": "1", "q": number, "issuer": "", "urgency": ""}
    shown = client.post(keep, {**sent, "show": place.rpartition("=")[2]}, follow=True)

    assert QueryDict(shown.redirect_chain[-1][0].partition("?")[2])["q"] == number
    assert ("show=answer" in shown.redirect_chain[-1][0]) == bool(place)
    page = shown.content.decode()
    assert str(letters[2].public_id) in page and str(letters[1].public_id) not in page
    assert ticked(page, letters) == letters[:1]
    assert f'name="to" value="{place or "?"}"' in page
    page = client.post(keep, {"delivery": ids(letters[:1]), "to": place or "?"}, follow=True).content.decode()
    assert str(letters[1].public_id) in page
    assert ticked(page, letters) == letters[:1]
    nothing = client.get(address + (place or "?") + "&q=zzz").content.decode()
    assert '<form method="get" role="search">' in nothing and 'form="letters"' not in nothing


def test_the_choice_forgets_what_is_not_in_the_list_any_more_and_can_be_cleared(
    client: Client, unit: Agency, person: User
) -> None:
    letters = received(unit, 3)
    address = reverse("unit_inbox", args=[unit.pk])
    choose(client, unit, letters)
    complete(delivery=letters[0].public_id, by=person, at=timezone.now(), disposition="done")

    assert ticked(client.get(address).content.decode(), letters) == letters[1:]
    choose(client, unit, letters, clear="1")
    assert ticked(client.get(address).content.decode(), letters) == []


def test_all_letters_of_the_filter_are_chosen_up_to_the_bound_that_is_said(
    client: Client, unit: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "LETTERS_PER_PAGE", 2)
    others = received(unit, 2)
    wanted = received(unit, 4, subject="Ölçüm")
    address = reverse("unit_inbox", args=[unit.pk])
    listed = client.get(f"{address}?q=olcum").content.decode()
    assert "Tick all 4 letters of the list" in listed
    assert f"at most {choice.MOST} at once" in listed

    choose(client, unit, others[:1], "?q=olcum", all="1")
    assert set(ticked(client.get(address).content.decode(), others + wanted)) == {others[0], *wanted}

    for module in (choice, choose_letters):
        monkeypatch.setattr(module, "MOST", 3)
    choose(client, unit, [], "?q=olcum", all="1")
    page = client.get(address).content.decode()
    assert ticked(page, others + wanted) == wanted[:3]
    assert "At most 3 letters are dealt with at once" in page


def test_all_letters_of_the_list_are_dealt_with_in_its_order_whichever_was_ticked_first(
    client: Client, unit: Agency
) -> None:
    letters = received(unit, 4)
    choose(client, unit, letters[2:3], all="1")

    act = choose(client, unit, letters[2:3], all="1", then="answer_several")
    page = client.get(act).content.decode()
    places = [page.index(str(each.public_id)) for each in letters]
    assert places == sorted(places)


def test_the_ticks_stay_when_another_letter_is_confirmed_alone(client: Client, unit: Agency) -> None:
    letters = received(unit, 3)
    client.post(
        reverse("acknowledge", args=[letters[0].public_id]), {"delivery": ids(letters[1:2]), "next": "inbox"}
    )

    page = client.get(reverse("unit_inbox", args=[unit.pk])).content.decode()
    assert ticked(page, letters) == letters[1:2]


@pytest.mark.parametrize("act", ACTS)
def test_the_chosen_letters_are_listed_and_those_that_can_not_be_among_them_say_why(
    client: Client, unit: Agency, person: User, act: str
) -> None:
    good = received(unit, 2)
    restricted = received(unit, 1, secrecy=Secrecy.OFFICIAL_USE)
    answered = received(unit, 1)
    complete(delivery=answered[0].public_id, by=person, at=timezone.now(), disposition="done")
    unfit = received(unit, 1, purpose=Purpose.INFORMATION, urgency=Urgency.NORMAL, due_at=None)
    chosen = [*good, *restricted, *answered, *unfit]
    address = choose(client, unit, chosen, "?q=x&page=2", then=act)
    assert address == reverse(act, args=[unit.pk]) + "?q=x&page=2"

    page = client.get(address).content.decode()

    listed, _separator, excluded = page.partition('id="impossible"')
    possible = [*good, *unfit] if act == "return_several" else good
    assert ticked(page, chosen) == possible
    for each in possible:
        assert each.circular.number in listed
    assert "HİZMETE ÖZEL: what is written about it goes to its sender alone" in excluded
    reason = {
        "answer_several": "answered already",
        "return_several": "an answered letter can",
        "ask_extension_for_several": "asks for nothing any more",
    }[act]
    assert reason in excluded
    if act == "ask_extension_for_several":
        assert "The letter has no due time" in excluded
    if act == "answer_several":
        assert "The letter came for information" in excluded
        assert "Is confirmed as well." in listed


def test_all_ticked_letters_are_answered_with_one_document_and_can_be_taken_back(
    client: Client, unit: Agency
) -> None:
    letters = received(unit, 5)
    choose(client, unit, letters, "?show=answer")
    address = reverse("answer_several", args=[unit.pk]) + "?show=answer"
    sent = {
        "listed": ids(letters), "delivery": ids(letters[:4]), "disposition": "done", "note": "Verildi",
        "documents": SimpleUploadedFile("cevap.pdf", b"%PDF-1.7"),
    }  # fmt: skip

    response = client.post(address, sent, follow=True)

    assert response.redirect_chain[-1][0] == reverse("unit_inbox", args=[unit.pk]) + "?show=answer"
    page = response.content.decode()
    assert f"4 letters answered for {unit}" in page
    assert "and 1 further letter" in page
    assert reverse("take_back_several", args=[unit.pk]) in page
    assert Delivery.objects.exclude(completed_at=None).count() == 4
    assert AnswerDocument.objects.count() == 4
    assert choice.KEPT not in client.session or client.session[choice.KEPT] == {}

    recent = client.get(reverse("take_back_several", args=[unit.pk])).content.decode()
    assert recent.count("Answer given") == 4


def test_sent_twice_the_answer_is_recorded_once_and_the_page_says_so(client: Client, unit: Agency) -> None:
    letters = received(unit, 2)
    address = reverse("answer_several", args=[unit.pk])
    sent = {"listed": ids(letters), "delivery": ids(letters), "disposition": "done", "note": "Verildi"}
    client.post(address, sent)

    page = client.post(address, sent).content.decode()

    assert page.count("The letter was answered already") >= 2
    assert "None of the chosen letters can be dealt with here." in page
    assert {each.events.filter(kind="completed").count() for each in Delivery.objects.all()} == {1}


def test_a_refused_form_keeps_ticks_words_and_the_file(client: Client, unit: Agency) -> None:
    letters = received(unit, 3)
    sent = {
        "listed": ids(letters), "delivery": ids(letters[:2]), "disposition": "not_applicable",
        "documents": SimpleUploadedFile("cevap.pdf", b"%PDF-1.7"),
    }  # fmt: skip

    page = client.post(reverse("answer_several", args=[unit.pk]), sent).content.decode()

    assert "Say why the letter does not concern" in page
    assert ticked(page, letters) == letters[:2]
    assert page.count('name="listed"') == 3
    assert "cevap.pdf" in page
    assert not Delivery.objects.exclude(completed_at=None).exists()


def test_several_are_returned_and_several_get_a_request_for_more_time(client: Client, unit: Agency) -> None:
    letters = received(unit, 4)
    due = timezone.localtime() + timedelta(days=20)

    page = client.post(
        reverse("return_several", args=[unit.pk]),
        {"delivery": ids(letters[:2]), "ground": "not_addressee", "reason": "Bizim değil"},
        follow=True,
    ).content.decode()
    assert f"2 letters returned for {unit}" in page
    page = client.post(
        reverse("ask_extension_for_several", args=[unit.pk]),
        {"delivery": ids(letters[2:]), "wanted_0": f"{due:%d.%m.%Y}", "reason": "Veri bekleniyor"},
        follow=True,
    ).content.decode()

    assert f"More time requested for 2 letters for {unit}" in page
    assert Delivery.objects.exclude(returned_at=None).count() == 2
    assert ExtensionRequest.objects.count() == 2


@pytest.mark.parametrize("act", ACTS)
def test_a_stranger_gets_404_nothing_ticked_leads_back_and_a_get_changes_nothing(
    client: Client, unit: Agency, act: str
) -> None:
    (letter,) = received(unit, 1)
    other: Agency = AgencyFactory()
    (foreign,) = received(other, 1)
    address = reverse(act, args=[unit.pk])

    assert client.get(reverse(act, args=[other.pk])).status_code == 404
    assert client.post(reverse(act, args=[other.pk])).status_code == 404
    assert client.post(reverse("choose_letters", args=[other.pk])).status_code == 404
    assert client.post(address, {"delivery": ids([letter, foreign])}).status_code == 404
    assert client.post(address, {"delivery": [str(UUID(int=n)) for n in range(501)]}).status_code == 404
    assert client.get(address)["Location"] == reverse("unit_inbox", args=[unit.pk])
    choose(client, unit, [letter, foreign], then=act)
    page = client.get(address).content.decode()
    assert foreign.circular.number not in page
    assert "No letter was ticked" in client.post(address, {"listed": ids([letter])}).content.decode()
    assert not Delivery.objects.exclude(acknowledged_at=None).exists()
    assert Circular.objects.count() == 2


@pytest.mark.parametrize("act", ACTS)
def test_the_page_takes_as_many_queries_for_few_and_many(client: Client, unit: Agency, act: str) -> None:
    def queries(count: int) -> int:
        choose(client, unit, received(unit, count), then=act)
        return query_count(client.get, reverse(act, args=[unit.pk]))

    queries(1)
    assert queries(2) == queries(20)


@pytest.mark.parametrize(("show", "works"), [("", "a confirms"), ("?show=answer", "a answers")])
def test_the_list_of_keys_says_what_works_in_this_list(
    client: Client, unit: Agency, person: User, show: str, works: str
) -> None:
    (delivery, _other) = received(unit, 2)
    client.post(reverse("acknowledge", args=[delivery.public_id]))

    page = client.get(reverse("unit_inbox", args=[unit.pk]) + show).content.decode()

    assert works in page
    assert ("confirm the letter; if letters" in page) == (show == "")
    assert ("answer the letter; if letters" in page) == (show != "")
