"""Renaming an agency, and refusals."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.matching.lines import match_lines
from agencies.models.maintenance import AgencyName, ChangeKind, DirectoryChange
from agencies.services.refusal import ActionRefused
from agencies.services.rename import rename_agency
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, UserFactory, draft_to, sender_of

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)


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

    def test_a_current_name_takes_precedence_over_a_former_one(self) -> None:
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

    def test_a_name_that_somebody_else_gave_meanwhile_is_shown_and_replaced_only_by_a_second_press(
        self, signed_in: SignIn
    ) -> None:
        agency = AgencyFactory(name="Sınama Bakanlığı")
        client = signed_in(UserFactory(is_directory_administrator=True))
        address = reverse("agency_rename", args=[agency.pk])
        version = client.get(address).context["form"]["version_read"].value()
        typed = {"name": "İkinci Ad", "on": timezone.localdate().isoformat()}
        rename_agency(agency=agency, name="Birinci Ad", on=ON, by=UserFactory(), at=MOMENT)

        refused = client.post(address, typed | {"version_read": version})

        agency.refresh_from_db()
        assert agency.name == "Birinci Ad"
        (words,) = refused.context["form"].errors["name"]
        assert "Birinci" in words and "İkinci" in words
        assert "on" not in refused.context["form"].errors
        version = refused.context["form"]["version_read"].value()
        assert client.post(address, typed | {"version_read": version}).status_code == 302
        agency.refresh_from_db()
        assert agency.name == "İkinci Ad"
