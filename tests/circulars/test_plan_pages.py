"""The pages of distribution plans: the list, the editor, and using a plan in a draft."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, AgencyKind
from circulars.models import Circular, Purpose
from circulars.models.plan import DistributionPlan, PlanVersion
from circulars.services.plans import PlannedLine, save_plan
from tests.circulars.test_review import fields, sent, texts
from tests.circulars.test_review import page as review_page
from tests.conftest import SignIn
from tests.factories import (
    MOMENT,
    AgencyFactory,
    AgencyGroupFactory,
    UserFactory,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

NEW = "/plans/new/"


def row(meaning: Any, text: str, purpose: str = Purpose.ACTION) -> tuple[str, str, str]:
    kind = "agency" if isinstance(meaning, Agency) else "group"
    return f"{kind}:{meaning.pk}", purpose, text


def posted(*rows: tuple[str, str, str], name: str = "A Planı", **pressed: str) -> dict[str, Any]:
    """The editor's form data."""
    return {
        "name": name,
        "target": [target for target, _purpose, _text in rows],
        "purpose": [purpose for _target, purpose, _text in rows],
        "text": [text for _target, _purpose, text in rows],
        **pressed,
    }


def shown(response: Any) -> list[tuple[str, str]]:
    return [(row.text, row.purpose) for row in response.context["form"].rows]


@pytest.fixture
def version(unit: Agency) -> PlanVersion:
    """A plan of the unit with one line."""
    line = PlannedLine(Purpose.ACTION, "Şeker Bakanlığına", agency=AgencyFactory(name="Şeker Bakanlığı"))
    return save_plan(name="A Planı", lines=[line], owner=unit, by=UserFactory(), at=MOMENT)


def test_a_plan_is_edited_without_javascript(writer: Client, unit: Agency) -> None:
    agency = AgencyFactory(name="İplik Bakanlığı")
    group = AgencyGroupFactory(name="Şeker Kurulları", rule_kind=AgencyKind.HIGH_COURT)
    found = writer.post(NEW, posted(name="A Planı", q="iplik", search="1"))
    assert f'value="agency:{agency.pk}"' in found.content.decode()
    assert 'value="A Planı"' in found.content.decode()
    added = writer.post(NEW, posted(add=f"agency:{agency.pk}"))
    assert shown(added) == [("İplik Bakanlığına", Purpose.ACTION)]
    both = writer.post(
        NEW,
        posted(row(agency, "İplik Bakanlığına"), add=f"group:{group.pk}", add_purpose=Purpose.INFORMATION),
    )
    assert shown(both)[1] == ("Şeker Kurullarına", Purpose.INFORMATION)
    assert not DistributionPlan.objects.exists()
    rows = [row(agency, "İplik Bakanlığına"), row(group, "Kurullara", Purpose.INFORMATION)]
    response = writer.post(NEW, posted(*rows, save="1"), follow=True)
    assert "Version 1 of “A Planı” is saved." in texts(response)
    plan = DistributionPlan.objects.get()
    assert plan.owner == unit
    assert [(line.text, line.agency, line.group) for line in plan.versions.get().lines.all()] == [
        ("İplik Bakanlığına", agency, None),
        ("Kurullara", None, group),
    ]


def test_a_central_unit_is_printed_in_parentheses_behind_its_institution(writer: Client) -> None:
    parent = AgencyFactory(name="İplik Bakanlığı")
    agency = AgencyFactory(name="Yün Genel Müdürlüğü", parent=parent, addressable=False)
    response = writer.post(NEW, posted(add=f"agency:{agency.pk}"))
    assert shown(response)[0][0] == "İplik Bakanlığına (Yün Genel Müdürlüğü)"


def test_rows_are_moved_and_removed_and_keep_what_was_typed(writer: Client) -> None:
    rows = [row(AgencyFactory(), text) for text in ("Bir", "İki", "Üç")]

    def order(**pressed: str) -> list[str]:
        return [text for text, _purpose in shown(writer.post(NEW, posted(*rows, **pressed)))]

    assert order(up="3") == ["Bir", "Üç", "İki"]
    assert order(down="1") == ["İki", "Bir", "Üç"]
    assert order(remove="2") == ["Bir", "Üç"]
    for nonsense in ({"up": "1"}, {"down": "3"}, {"remove": "99"}, {"up": "x"}, {"add": "agency:x"}):
        assert order(**nonsense) == ["Bir", "İki", "Üç"]


def test_a_unit_added_twice_for_the_same_purpose_is_listed_once(writer: Client) -> None:
    agency = AgencyFactory()
    rows = [row(agency, "Birime")]
    assert len(shown(writer.post(NEW, posted(*rows, add=f"agency:{agency.pk}")))) == 1


def test_only_the_rows_are_sent_to_a_page_that_asks_for_them(writer: Client) -> None:
    response = writer.post(
        NEW, posted(add=f"agency:{AgencyFactory(name='İplik').pk}"), headers={"HX-Request": "true"}
    )
    assert 'id="plan-rows"' in response.content.decode()
    assert "<html" not in response.content.decode()
    found = writer.get(reverse("plan_choices"), {"q": "iplik"}).content.decode()
    assert "İplik" in found
    assert "<html" not in found


def test_errors_are_reported_and_no_input_is_lost(writer: Client, version: PlanVersion) -> None:
    agency = AgencyFactory()
    line = row(agency, "Birime")
    for data, said in (
        (posted(line, name="", save="1"), "Give the plan a name"),
        (posted(line, name="a planı", save="1"), "has a plan of this name already"),
        (posted(line, name="P" * 81, save="1"), "At most 80 characters fit."),
        (posted(name="B Planı", save="1"), "The plan has no line yet"),
        (posted(row(agency, " "), name="B Planı", save="1"), "Enter how letters print the line."),
        (posted(line, line, name="B Planı", save="1"), "The plan has this line already."),
        (posted(row(agency, "B" * 301), name="B Planı", save="1"), "At most 300 characters fit."),
    ):
        text = writer.post(NEW, data).content.decode()
        assert said in text
        assert data["name"] in text
    assert DistributionPlan.objects.count() == 1


def test_editing_shows_the_newest_lines_and_saves_the_next_version(
    writer: Client, version: PlanVersion
) -> None:
    address = reverse("edit_plan", args=[version.plan_id])
    assert shown(writer.get(address)) == [("Şeker Bakanlığına", Purpose.ACTION)]
    writer.post(address, posted(row(AgencyFactory(), "Yeni Birime"), save="1"))
    page = reverse("plan", args=[version.plan_id])
    newest = writer.get(page).content.decode()
    assert "Yeni Birime" in newest
    assert "Şeker Bakanlığına" not in newest
    assert "Şeker Bakanlığına" in writer.get(page, {"version": "1"}).content.decode()


class TestTwoTabs:
    """Two people edit a plan: a form that was loaded before the other's save is refused."""

    @pytest.fixture
    def refused(self, writer: Client, version: PlanVersion) -> Any:
        address = reverse("edit_plan", args=[version.plan_id])
        read = writer.get(address).context["form"].version_read
        first = row(AgencyFactory(), "Birinci Birime")
        writer.post(address, posted(first, name="B Planı", save="1", version_read=read))
        second = row(AgencyFactory(), "İkinci Birime")
        return writer.post(address, posted(second, save="1", version_read=read))

    def test_both_versions_are_shown_and_nothing_is_saved(self, refused: Any, version: PlanVersion) -> None:
        newest = version.plan.versions.get(number=2)
        assert [line.text for line in newest.lines.all()] == ["Birinci Birime"]
        version.plan.refresh_from_db()
        assert version.plan.name == "B Planı"
        assert shown(refused) == [("İkinci Birime", Purpose.ACTION)]
        text = " ".join(refused.content.decode().split())
        assert "saved this page" in text
        assert "Stored now: B Planı. Yours: A Planı." in text
        assert "Birinci Birime" in text

    def test_the_words_that_differ_in_a_line_are_marked(self, writer: Client, version: PlanVersion) -> None:
        address = reverse("edit_plan", args=[version.plan_id])
        read = writer.get(address).context["form"].version_read
        unit, line = AgencyFactory(), "Ankara Valiliğine (İl Kültür ve Turizm Müdürlüğü, {})"
        for words in ("Kızılay", "Ulus"):
            data = posted(row(unit, line.format(words)), save="1", version_read=read)
            refused = writer.post(address, data)

        conflict = refused.context["form"].conflict
        assert [text.count("<del") for _row, text in conflict.only_stored] == [1]
        assert [text.count("<ins") for _row, text in conflict.only_typed] == [1]
        assert "</span>Ulus)<span" in refused.content.decode()

    def test_a_second_press_saves_over_it(self, refused: Any, writer: Client, version: PlanVersion) -> None:
        form = refused.context["form"]
        assert f'name="version_read" value="{form.version_read}"' in refused.content.decode()
        rows = [row(each.meaning, each.text) for each in form.rows]
        writer.post(
            reverse("edit_plan", args=[version.plan_id]),
            posted(*rows, save="1", version_read=form.version_read),
        )
        newest = version.plan.versions.get(number=3)
        assert [line.text for line in newest.lines.all()] == ["İkinci Birime"]

    def test_a_row_button_keeps_the_version(self, writer: Client, version: PlanVersion) -> None:
        response = writer.post(
            reverse("edit_plan", args=[version.plan_id]), posted(search="1", q="iplik", version_read="aaaa")
        )
        assert response.context["form"].version_read == "aaaa"


def test_a_plan_is_retired_after_a_confirmation(writer: Client, version: PlanVersion) -> None:
    address = reverse("retire_plan", args=[version.plan_id])
    assert "Put “A Planı” away?" in writer.get(address).content.decode()
    assert DistributionPlan.objects.in_use().exists()
    response = writer.post(address, follow=True)
    assert "is put away" in texts(response)
    assert "No plan yet." in response.content.decode()
    assert writer.get(reverse("edit_plan", args=[version.plan_id])).status_code == 404
    assert "Put away on" in writer.get(reverse("plan", args=[version.plan_id])).content.decode()


def test_strangers_get_404_and_only_senders_create_plans(version: PlanVersion, signed_in: SignIn) -> None:
    client = signed_in(sender_of(AgencyFactory()))
    for name in ("plan", "edit_plan", "retire_plan"):
        assert client.get(reverse(name, args=[version.plan_id])).status_code == 404
    assert client.post(reverse("retire_plan", args=[version.plan_id])).status_code == 404
    assert version.plan.name not in client.get(reverse("plans")).content.decode()
    client = signed_in(recipient_of(version.plan.owner))
    assert client.get(NEW).status_code == 404
    assert client.get(reverse("plan_choices")).status_code == 404
    assert client.get(reverse("plan", args=[version.plan_id])).status_code == 404


def test_a_unit_below_sees_the_plan_and_does_not_edit_it(version: PlanVersion, signed_in: SignIn) -> None:
    client = signed_in(sender_of(AgencyFactory(parent=version.plan.owner)))
    assert "A Planı" in client.get(reverse("plans")).content.decode()
    text = client.get(reverse("plan", args=[version.plan_id])).content.decode()
    assert reverse("edit_plan", args=[version.plan_id]) not in text
    assert client.get(reverse("edit_plan", args=[version.plan_id])).status_code == 404


def test_the_list_takes_the_same_queries_for_any_number_of_plans(
    writer: Client, unit: Agency, version: PlanVersion
) -> None:
    def queries() -> int:
        return query_count(writer.get, reverse("plans"))

    few = queries()
    for number in range(20):
        line = PlannedLine(Purpose.ACTION, "Birime", agency=AgencyFactory())
        save_plan(name=f"{number} Planı", lines=[line], owner=unit, by=UserFactory(), at=MOMENT)
    assert queries() == few


class TestUsingAPlan:
    def test_leads_from_the_draft_over_the_plans_back_to_the_draft(
        self, writer: Client, draft: Circular, version: PlanVersion
    ) -> None:
        saved = writer.post(review_page(draft), fields(writer, draft, subject="Yeni Konu", next="plan"))
        address = reverse("use_plan", args=[draft.public_id])
        assert saved["Location"] == address
        assert "A Planı" in writer.get(address).content.decode()
        assert draft.lines.count() == 3
        response = writer.post(address, {"version": str(version.pk)}, follow=True)
        assert "1 line of “A Planı” is added" in texts(response)
        assert "From the plan “A Planı”, version 1." in response.content.decode()
        taken = draft.lines.get(plan_version=version)
        assert (taken.text, taken.is_resolved) == ("Şeker Bakanlığına", True)
        draft.refresh_from_db()
        assert draft.subject == "Yeni Konu"

    def test_survives_saving_the_draft_again(
        self, writer: Client, draft: Circular, version: PlanVersion
    ) -> None:
        writer.post(reverse("use_plan", args=[draft.public_id]), {"version": str(version.pk)})
        writer.post(review_page(draft), fields(writer, draft))
        assert draft.lines.get(text="Şeker Bakanlığına").plan_version == version

    def test_says_when_the_plan_is_gone(self, writer: Client, draft: Circular, version: PlanVersion) -> None:
        DistributionPlan.objects.update(retired_at=MOMENT)
        address = reverse("use_plan", args=[draft.public_id])
        for value in (str(version.pk), "", "x", "9" * 30):
            assert "no longer in use" in texts(writer.post(address, {"version": value}))
        assert draft.lines.count() == 3

    def test_is_nothing_for_strangers_or_sent_letters(
        self, writer: Client, draft: Circular, version: PlanVersion, signed_in: SignIn
    ) -> None:
        address = reverse("use_plan", args=[draft.public_id])
        sent(draft)
        writer.post(address, {"version": str(version.pk)})
        assert not draft.lines.filter(plan_version=version).exists()
        client = signed_in(sender_of(AgencyFactory()))
        assert client.post(address, {"version": str(version.pk)}).status_code == 404

    def test_an_unknown_line_may_be_settled_with_a_plan(
        self, writer: Client, draft: Circular, version: PlanVersion
    ) -> None:
        line = draft.lines.get(agency=None)
        address = reverse("settle_line", args=[draft.public_id, line.pk])
        assert f'value="plan:{version.pk}"' in writer.get(address, {"q": "planı"}).content.decode()
        writer.post(address, {"choice": f"plan:{version.pk}", "remember": "on"})
        line.refresh_from_db()
        assert line.names_plan
        text = writer.get(review_page(draft)).content.decode()
        assert "A Planı: 1 unit" in text

    def test_a_plan_of_others_settles_nothing(self, writer: Client, draft: Circular) -> None:
        other = PlannedLine(Purpose.ACTION, "Birime", agency=AgencyFactory())
        strange = save_plan(name="B", lines=[other], owner=AgencyFactory(), by=UserFactory(), at=MOMENT)
        line = draft.lines.get(agency=None)
        address = reverse("settle_line", args=[draft.public_id, line.pk])
        assert writer.post(address, {"choice": f"plan:{strange.pk}"}).context["error"]


def test_a_closed_unit_is_marked_in_the_editor(writer: Client) -> None:
    closed = AgencyFactory(name="Kapanan Kurum", active_to=date(2024, 5, 1))
    text = writer.post(NEW, posted(row(closed, "Kapanan Kuruma"), q="kapanan", search="1")).content.decode()
    assert "Closed since 01.05.2024." in text
    assert 'distribution-note">closed' in text
