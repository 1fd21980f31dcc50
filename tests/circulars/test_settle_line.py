"""Settling the meaning of a printed line."""

from datetime import date
from typing import Any

from django.test import Client
from django.urls import reverse

from agencies.models import Agency, AgencyGroup, AgencyWording, User
from circulars.lines.distribution_list import replace_lines
from circulars.models import Circular, DistributionLine
from tests.circulars.test_review import sent, texts
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, AgencyGroupFactory, CircularFactory, LineFactory, sender_of


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


def test_a_stranger_gets_404(draft: Circular, signed_in: SignIn) -> None:
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


def test_a_typo_has_what_was_meant_first_and_is_not_remembered_unless_asked(
    as_sender: Client, sender: User, issuer: Agency
) -> None:
    line = LineFactory(circular__issuer=issuer, agency=None, text="Şanlurfa Valiliğine")
    response = as_sender.get(page(line))
    shown = response.content.decode()
    assert names(response)[0] == "Şanlıurfa Valiliği"
    assert 'name="remember"' in shown
    assert 'name="remember" checked' not in shown
    assert shown.count("autofocus") == 1


def test_a_search_that_finds_nothing_names_what_is_similar(writer: Client, draft: Circular) -> None:
    AgencyFactory(name="Şanlıurfa Valiliği")
    response = writer.get(page(unknown(draft)), {"q": "Şanlurfa Valiligi"})
    assert names(response)[0] == "Şanlıurfa Valiliği"
    assert "Similar names:" in response.content.decode()


def test_choosing_a_unit_settles_the_line(writer: Client, draft: Circular) -> None:
    wanted, line = AgencyFactory(name="Doğru Birim"), unknown(draft)
    response = writer.post(page(line), {"choice": f"agency:{wanted.pk}"}, follow=True)
    place = f"#line-{line.pk}"
    assert response.redirect_chain[-1][0] == reverse("review", args=[draft.public_id]) + place
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


def test_no_choice_and_a_vanished_choice_are_reported(writer: Client, draft: Circular) -> None:
    for choice in ("", "agency:", "agency:x", "circular:1", "agency:999999999", "group:" + "9" * 40):
        response = writer.post(page(unknown(draft)), {"choice": choice})
        assert response.context["error"]
    assert not unknown(draft).is_resolved


def test_a_line_replaced_meanwhile_redirects_to_the_draft(writer: Client, draft: Circular) -> None:
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


def test_the_wording_is_remembered_for_the_next_letter(writer: Client, draft: Circular) -> None:
    wanted, line = AgencyFactory(name="Doğru Birim Başkanlığı"), unknown(draft)
    response = writer.post(page(line), {"choice": f"agency:{wanted.pk}", "remember": "on"}, follow=True)
    assert "It is remembered for the next letter." in texts(response)
    wording = AgencyWording.objects.get(text=line.text)
    assert (wording.agency, wording.added_by) == (
        wanted,
        User.objects.get(pk=writer.session["_auth_user_id"]),
    )
    other = CircularFactory(issuer=draft.issuer)
    replace_lines(other, action=[line.text], information=[], on=MOMENT.date())
    assert other.lines.get().agency == wanted


def test_without_the_tick_nothing_is_remembered(writer: Client, draft: Circular) -> None:
    assert 'name="remember" checked' in writer.get(page(unknown(draft))).content.decode()
    writer.post(page(unknown(draft)), {"choice": f"agency:{AgencyFactory().pk}"})
    assert not AgencyWording.objects.filter(added_by__isnull=False).exists()


def test_a_choice_that_cannot_be_remembered_is_settled_and_the_reason_reported(
    as_sender: Client, issuer: Agency
) -> None:
    line = LineFactory(circular__issuer=issuer, agency=None, text="Valiliklere (Ankara hariç)")
    group = AgencyGroup.objects.get(code="governorships")
    response = as_sender.post(page(line), {"choice": f"group:{group.pk}", "remember": "on"}, follow=True)
    assert "It isn't remembered: A line that excepts some units" in texts(response)
    line.refresh_from_db()
    assert line.group == group


def test_the_page_shows_why_the_line_is_unknown_and_that_its_number_differs(
    as_sender: Client, issuer: Agency
) -> None:
    line = LineFactory(circular__issuer=issuer, agency=None, text="5 İl Valiliğine")
    text = as_sender.get(page(line)).content.decode()
    assert "Its number is far from the size of the group" in text
    assert "the line says 5" in text


def test_while_typing_only_the_choices_are_sent(writer: Client, draft: Circular) -> None:
    AgencyFactory(name="Iğdır Çilek Müdürlüğü")
    response = writer.get(page(unknown(draft)), {"q": "çilek"}, headers={"HX-Request": "true"})
    assert "Iğdır Çilek Müdürlüğü" in response.content.decode()
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


class TestAddingTheAgency:
    def address(self, line: DistributionLine) -> str:
        return reverse("add_agency", args=[line.circular.public_id, line.pk])

    def test_settles_the_line_and_keeps_who_added_it(self, as_sender: Client, issuer: Agency) -> None:
        line = LineFactory(circular__issuer=issuer, agency=None, text="Çankaya Kaymakamlığına")
        assert 'value="Çankaya Kaymakamlığı"' in as_sender.get(self.address(line)).content.decode()
        values = {
            "name": "Çankaya Kaymakamlığı",
            "kind": "other",
            "parent": "ankara valiliği",
            "province": "06",
        }
        response = as_sender.post(self.address(line), values, follow=True)
        assert "now stands for Çankaya Kaymakamlığı" in texts(response)
        line.refresh_from_db()
        assert line.agency is not None
        assert line.agency.parent == Agency.objects.get(code="valilik-06")
        assert line.agency.added_by is not None
        assert line.agency.added_at is not None
        page_text = as_sender.get(reverse("agency", args=[line.agency.pk])).content.decode()
        assert str(line.agency.added_by) in page_text

    def test_refuses_an_existing_name_an_unknown_parent_and_kinds_used_by_group_rules(
        self, as_sender: Client, issuer: Agency
    ) -> None:
        line = LineFactory(circular__issuer=issuer, agency=None, text="Masal Bakanlığına")
        for values, field in (
            ({"name": "Adalet Bakanlığı", "kind": "other"}, "name"),
            ({"name": "...", "kind": "other"}, "name"),
            ({"name": "Masal Bakanlığı", "kind": "ministry"}, "kind"),
            ({"name": "Masal Dairesi", "kind": "other", "parent": "Masal Bakanlığı"}, "parent"),
        ):
            response = as_sender.post(self.address(line), values)
            assert response.context["form"].has_error(field), values
            assert values["name"] in response.content.decode()
        assert not Agency.objects.filter(added_by__isnull=False).exists()

    def test_is_nothing_for_strangers(self, draft: Circular, signed_in: SignIn) -> None:
        client = signed_in(sender_of(AgencyFactory()))
        address = self.address(unknown(draft))
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "Yeni Birim", "kind": "other"}).status_code == 404
        assert not Agency.objects.filter(name="Yeni Birim").exists()

    def test_is_refused_once_the_letter_is_dispatched(self, writer: Client, draft: Circular) -> None:
        sent(draft)
        address = self.address(draft.lines.all()[0])
        writer.post(address, {"name": "Yeni Birim", "kind": "other"})
        assert not Agency.objects.filter(name="Yeni Birim").exists()
