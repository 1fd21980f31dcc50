"""Saying what a printed line stands for."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from agencies.models import Agency, User
from circulars.models import Circular, DistributionLine
from tests.circulars.test_review import sent, texts
from tests.factories import AgencyFactory, AgencyGroupFactory, LineFactory, sender_of


def page(line: DistributionLine) -> str:
    return reverse("settle_line", args=[line.circular.public_id, line.pk])


def unknown(draft: Circular) -> DistributionLine:
    return draft.lines.get(agency=None)


def names(response: Any) -> list[str]:
    return [str(choice.agency or choice.group) for choice in response.context["choices"]]


def test_the_page_suggests_units_with_the_words_of_the_line(writer: Client, draft: Circular) -> None:
    AgencyFactory(name="Bilinmeyen İşler Kurulu")
    response = writer.get(page(unknown(draft)))
    assert names(response)[0] == "Bilinmeyen İşler Kurulu"
    assert not unknown(draft).is_resolved


def test_a_group_named_alike_is_suggested_before_single_units(
    as_sender: Client, sender: User, issuer: Agency
) -> None:
    line = LineFactory(circular__issuer=issuer, agency=None, text="Türkiye'deki Tüm Valiliklere")
    assert "81 İl Valiliği" in names(as_sender.get(page(line)))


def test_no_group_is_suggested_for_a_single_unit(as_sender: Client, sender: User, issuer: Agency) -> None:
    line = LineFactory(circular__issuer=issuer, agency=None, text="Masal Bakanlığına")
    assert names(as_sender.get(page(line)))[0] == "Adalet Bakanlığı"


def test_a_stranger_gets_404(draft: Circular, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(sender_of(AgencyFactory()))
    wanted = AgencyFactory()
    assert client.get(page(unknown(draft))).status_code == 404
    assert client.post(page(unknown(draft)), {"choice": f"agency:{wanted.pk}"}).status_code == 404
    assert not unknown(draft).is_resolved


def test_a_line_of_another_letter_is_not_settled_here(writer: Client, draft: Circular) -> None:
    strange = LineFactory(agency=None, text="Yabancı Kurula")
    address = reverse("settle_line", args=[draft.public_id, strange.pk])
    writer.post(address, {"choice": f"agency:{AgencyFactory().pk}"})
    strange.refresh_from_db()
    assert not strange.is_resolved


def test_the_search_finds_groups_and_units_with_turkish_letters_folded(
    writer: Client, draft: Circular
) -> None:
    AgencyFactory(name="Iğdır Çilek Müdürlüğü")
    AgencyGroupFactory(name="Çilek Müdürlükleri")
    assert names(writer.get(page(unknown(draft)), {"q": "ÇİLEK"})) == [
        "Çilek Müdürlükleri",
        "Iğdır Çilek Müdürlüğü",
    ]
    assert "Try fewer words" in writer.get(page(unknown(draft)), {"q": "karpuz"}).content.decode()


def test_choosing_a_unit_settles_the_line(writer: Client, draft: Circular) -> None:
    wanted, line = AgencyFactory(name="Doğru Birim"), unknown(draft)
    response = writer.post(page(line), {"choice": f"agency:{wanted.pk}"}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("review", args=[draft.public_id])
    assert "now stands for Doğru Birim" in texts(response)
    line.refresh_from_db()
    assert (line.agency, line.group) == (wanted, None)


def test_choosing_a_group_replaces_the_unit(writer: Client, draft: Circular) -> None:
    group, line = AgencyGroupFactory(), draft.lines.exclude(agency=None)[0]
    writer.post(page(line), {"choice": f"group:{group.pk}"})
    line.refresh_from_db()
    assert (line.agency, line.group) == (None, group)


def test_a_closed_unit_is_shown_as_closed_with_its_successor(writer: Client, draft: Circular) -> None:
    successor = AgencyFactory(name="Yeni Kurum")
    AgencyFactory(name="Kapanan Kurum", active_to=date(2024, 5, 1), successor=successor)
    text = writer.get(page(unknown(draft)), {"q": "kapanan"}).content.decode()
    assert "Closed since 01.05.2024." in text
    assert f'value="agency:{successor.pk}"' in text


def test_a_line_to_a_closed_unit_offers_the_successor_first(writer: Client, draft: Circular) -> None:
    successor = AgencyFactory(name="Bambaşka Başkanlık")
    closed = AgencyFactory(name="Kapanan Kurum", active_to=date(2024, 5, 1), successor=successor)
    line = LineFactory(circular=draft, position=5, agency=closed)
    assert names(writer.get(page(line)))[0] == "Bambaşka Başkanlık"


def test_a_closed_unit_is_refused(writer: Client, draft: Circular) -> None:
    closed = AgencyFactory(name="Kapanan Kurum", active_to=date(2024, 5, 1))
    response = writer.post(page(unknown(draft)), {"choice": f"agency:{closed.pk}"})
    assert "Kapanan Kurum is closed" in response.context["error"]
    assert not unknown(draft).is_resolved


def test_no_choice_and_a_vanished_choice_are_said(writer: Client, draft: Circular) -> None:
    for choice in ("", "agency:", "agency:x", "circular:1", "agency:999999999", "group:" + "9" * 40):
        response = writer.post(page(unknown(draft)), {"choice": choice})
        assert response.context["error"]
    assert not unknown(draft).is_resolved


def test_a_line_replaced_meanwhile_leads_back_to_the_draft(writer: Client, draft: Circular) -> None:
    address = page(unknown(draft))
    draft.lines.all().delete()
    response = writer.get(address, follow=True)
    assert "saved anew meanwhile" in texts(response)


def test_a_dispatched_letter_keeps_its_lines(writer: Client, draft: Circular) -> None:
    sent(draft)
    line = draft.lines.all()[0]
    response = writer.post(page(line), {"choice": f"agency:{AgencyFactory().pk}"})
    assert response["Location"] == reverse("letter", args=[draft.public_id])
    assert draft.lines.get(pk=line.pk).agency == line.agency
