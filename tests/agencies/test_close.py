"""Closing an agency with or without a successor, and refusals."""

from datetime import date

import pytest

from agencies.models import Agency
from agencies.models.maintenance import DirectoryChange
from agencies.services.close import close_agency
from agencies.services.refusal import ActionRefused
from tests.factories import MOMENT, AgencyFactory, UserFactory

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)


def close(agency: Agency, successor: Agency | None = None, on: date = ON, move: bool = False) -> Agency:
    return close_agency(
        agency=agency, on=on, successor=successor, by=UserFactory(), at=MOMENT, move_children=move
    )


class TestClosing:
    def test_sets_the_day_and_the_successor_and_logs_the_change(self) -> None:
        agency, successor = AgencyFactory(), AgencyFactory()
        close(agency, successor)
        agency.refresh_from_db()
        assert (agency.active_to, agency.successor) == (ON, successor)
        assert DirectoryChange.objects.get().data["successor"] == successor.name

    def test_merging_moves_the_children_to_the_successor(self) -> None:
        agency, successor = AgencyFactory(), AgencyFactory()
        child = AgencyFactory(parent=agency)
        grandchild = AgencyFactory(parent=child)
        close(agency, successor, move=True)
        grandchild.refresh_from_db()
        assert grandchild.path == [successor.pk, child.pk, grandchild.pk]

    def test_without_merging_the_children_stay_where_they_are(self) -> None:
        agency, successor = AgencyFactory(), AgencyFactory()
        child = AgencyFactory(parent=agency)
        close(agency, successor, move=False)
        child.refresh_from_db()
        assert (child.parent, child.path) == (agency, [agency.pk, child.pk])
        assert DirectoryChange.objects.get().data["moved"] == 0

    def test_a_successor_that_is_closed_itself_or_on_that_day_is_refused(self) -> None:
        agency = AgencyFactory()
        for successor in (agency, AgencyFactory(active_to=ON), AgencyFactory(active_from=date(2026, 4, 1))):
            with pytest.raises(ActionRefused):
                close(agency, successor)
        agency.refresh_from_db()
        assert agency.active_to is None
        assert not DirectoryChange.objects.exists()

    def test_a_cycle_of_successors_is_refused_also_with_future_days(self) -> None:
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
