"""Renaming, closing, merging and opening again, with what must be refused."""

from datetime import date

import pytest
from django.utils import timezone

from agencies.matching.lines import match_lines
from agencies.models import Agency
from agencies.models.maintenance import AgencyName, ChangeKind, DirectoryChange
from agencies.services.close import close_agency
from agencies.services.refusal import ActionRefused
from agencies.services.rename import rename_agency
from agencies.services.reopen import reopen_agency
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, UserFactory, draft_to, sender_of

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)


def close(agency: Agency, successor: Agency | None = None, on: date = ON, move: bool = False) -> Agency:
    return close_agency(
        agency=agency, on=on, successor=successor, by=UserFactory(), at=MOMENT, move_children=move
    )


class TestRenaming:
    def test_keeps_the_old_name_with_its_day_and_a_letter_that_prints_it_still_matches(self) -> None:
        agency = AgencyFactory(name="Sınama Bakanlığı")
        person = UserFactory()
        rename_agency(agency=agency, name=" Deneme  Bakanlığı ", on=ON, by=person, at=MOMENT)
        agency.refresh_from_db()
        assert agency.name == "Deneme Bakanlığı"
        former = AgencyName.objects.get()
        assert (former.name, former.until, former.recorded_by) == ("Sınama Bakanlığı", ON, person)
        change = DirectoryChange.objects.get()
        assert (change.kind, change.by, change.at) == (ChangeKind.RENAMED, person, MOMENT)

        old, new = match_lines(["Sınama Bakanlığına", "Deneme Bakanlığına"], issuer=None, on=ON)
        assert (old.agency, old.former_name) == (agency, "Sınama Bakanlığı")
        assert (new.agency, new.former_name) == (agency, "")

    def test_a_name_that_somebody_has_now_wins_over_a_former_one(self) -> None:
        renamed = AgencyFactory(name="Sınama Bakanlığı")
        rename_agency(agency=renamed, name="Deneme Bakanlığı", on=ON, by=UserFactory(), at=MOMENT)
        successor = AgencyFactory(name="Sınama Bakanlığı")
        assert match_lines(["Sınama Bakanlığına"], issuer=None, on=ON)[0].agency == successor

    @pytest.mark.parametrize(("name", "on"), [("Sınama Bakanlığı", ON), ("Yeni Ad", date(2025, 1, 1))])
    def test_to_the_same_name_or_before_the_last_renaming_is_refused(self, name: str, on: date) -> None:
        agency = AgencyFactory(name="Eski Ad")
        rename_agency(agency=agency, name="Sınama Bakanlığı", on=ON, by=UserFactory(), at=MOMENT)
        with pytest.raises(ActionRefused):
            rename_agency(agency=agency, name=name, on=on, by=UserFactory(), at=MOMENT)
        assert AgencyName.objects.count() == 1

    def test_the_review_of_a_draft_says_which_former_name_a_line_prints(self, signed_in: SignIn) -> None:
        agency = AgencyFactory(name="Sınama Bakanlığı")
        draft = draft_to(agency)
        rename_agency(agency=agency, name="Deneme Bakanlığı", on=ON, by=UserFactory(), at=MOMENT)
        client = signed_in(sender_of(draft.issuer))
        page = client.get(f"/letters/{draft.public_id}/edit/").content.decode()
        assert page.count("Sınama Bakanlığı") > 1 and "Deneme Bakanlığı" in page


class TestClosing:
    def test_sets_the_day_and_the_successor_and_leaves_a_trace(self) -> None:
        agency, successor = AgencyFactory(), AgencyFactory()
        close(agency, successor)
        agency.refresh_from_db()
        assert (agency.active_to, agency.successor) == (ON, successor)
        assert DirectoryChange.objects.get().data["successor"] == successor.name

    def test_merging_puts_the_units_below_under_the_successor(self) -> None:
        agency, successor = AgencyFactory(), AgencyFactory()
        child = AgencyFactory(parent=agency)
        grandchild = AgencyFactory(parent=child)
        close(agency, successor, move=True)
        grandchild.refresh_from_db()
        assert grandchild.path == [successor.pk, child.pk, grandchild.pk]

    def test_a_successor_that_is_closed_itself_or_on_that_day_is_refused(self) -> None:
        agency = AgencyFactory()
        for successor in (agency, AgencyFactory(active_to=ON), AgencyFactory(active_from=date(2026, 4, 1))):
            with pytest.raises(ActionRefused):
                close(agency, successor)
        agency.refresh_from_db()
        assert agency.active_to is None
        assert not DirectoryChange.objects.exists()

    def test_a_circle_of_successors_is_refused_also_with_days_that_lie_ahead(self) -> None:
        first, second, third = AgencyFactory(), AgencyFactory(), AgencyFactory()
        close(first, second, on=date(2027, 1, 1))
        close(second, third, on=date(2027, 6, 1))
        with pytest.raises(ActionRefused):
            close(third, first, on=ON)
        with pytest.raises(ActionRefused):
            close(third, None, on=ON)

    def test_before_it_begins_and_children_under_a_successor_below_are_refused(self) -> None:
        agency = AgencyFactory(active_from=ON)
        below = AgencyFactory(parent=agency)
        with pytest.raises(ActionRefused):
            close(agency, on=ON)
        with pytest.raises(ActionRefused):
            close(agency, below, on=date(2026, 5, 1), move=True)


def test_opening_again_takes_day_and_successor_away() -> None:
    agency = close(AgencyFactory(), AgencyFactory())
    reopen_agency(agency=agency, by=UserFactory(), at=MOMENT)
    agency.refresh_from_db()
    assert (agency.active_to, agency.successor) == (None, None)
    with pytest.raises(ActionRefused):
        reopen_agency(agency=agency, by=UserFactory(), at=MOMENT)


def test_a_directory_administrator_renames_and_opens_again_in_the_browser(signed_in: SignIn) -> None:
    client = signed_in(UserFactory(is_directory_administrator=True))
    agency = AgencyFactory(name="Eski Ad Kurumu")
    assert client.get(f"/directory/{agency.pk}/rename/").status_code == 200
    today = timezone.localdate().isoformat()
    refused = client.post(f"/directory/{agency.pk}/rename/", {"name": "Eski Ad Kurumu", "on": today})
    assert "error_1_id_name" in refused.content.decode()
    client.post(f"/directory/{agency.pk}/rename/", {"name": "Yeni Ad Kurumu", "on": today})
    page = client.get(f"/directory/{agency.pk}/").content.decode()
    assert "Yeni Ad Kurumu" in page and "Eski Ad Kurumu" in page

    close(agency, on=date(2026, 3, 3))
    client.get(f"/directory/{agency.pk}/reopen/")
    agency.refresh_from_db()
    assert agency.active_to is not None
    client.post(f"/directory/{agency.pk}/reopen/")
    agency.refresh_from_db()
    assert agency.active_to is None
