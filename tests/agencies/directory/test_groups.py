"""Groups: classes of agencies that a letter names in one line."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Agency, AgencyGroup, AgencyKind, GroupWording, members_by_group
from tests.conftest import SignIn
from tests.factories import AgencyFactory, AgencyGroupFactory, UserFactory
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
ON = date(2026, 3, 2)


def test_a_group_by_rule_has_every_agency_of_the_kind_in_protocol_order() -> None:
    second = AgencyFactory(kind=AgencyKind.MINISTRY, protocol_order=2)
    first = AgencyFactory(kind=AgencyKind.MINISTRY, protocol_order=1)
    AgencyFactory(kind=AgencyKind.HIGH_COURT)
    group = AgencyGroupFactory(rule_kind=AgencyKind.MINISTRY)
    assert group.members_on(ON) == [first, second]


def test_a_rule_by_template_has_the_units_of_that_name_in_all_provinces() -> None:
    unit = AgencyFactory(kind=AgencyKind.PROVINCIAL_DIRECTORATE, template="İl Sağlık Müdürlüğü")
    AgencyFactory(kind=AgencyKind.PROVINCIAL_DIRECTORATE, template="İl Müftülüğü")
    group = AgencyGroupFactory(
        rule_kind=AgencyKind.PROVINCIAL_DIRECTORATE, rule_template="İl Sağlık Müdürlüğü"
    )
    assert group.members_on(ON) == [unit]


def test_chosen_members_are_added_to_those_by_rule_each_once() -> None:
    by_rule = AgencyFactory(kind=AgencyKind.MINISTRY, protocol_order=1)
    picked = AgencyFactory(kind=AgencyKind.OTHER, protocol_order=2)
    group = AgencyGroupFactory(rule_kind=AgencyKind.MINISTRY)
    group.members.set([by_rule, picked])
    assert group.members_on(ON) == [by_rule, picked]


def test_agencies_not_active_on_the_day_are_no_members() -> None:
    AgencyFactory(kind=AgencyKind.MINISTRY, active_to=ON)
    AgencyFactory(kind=AgencyKind.MINISTRY, active_from=date(2026, 3, 3))
    last_day = AgencyFactory(kind=AgencyKind.MINISTRY, active_to=date(2026, 3, 3))
    assert AgencyGroupFactory(rule_kind=AgencyKind.MINISTRY).members_on(ON) == [last_day]


def test_a_group_without_rule_and_members_is_empty() -> None:
    AgencyFactory()
    assert AgencyGroupFactory().members_on(ON) == []


def test_members_of_many_groups_take_as_many_queries_as_those_of_one() -> None:
    def queries(groups: list[AgencyGroup]) -> int:
        return query_count(members_by_group, groups, on=ON)

    groups = [AgencyGroupFactory(rule_kind=kind) for kind in AgencyKind.values]
    assert queries(groups[:1]) == queries(groups) == 2


def test_a_rule_by_template_needs_a_kind() -> None:
    with pytest.raises(ValidationError, match="tür"):
        AgencyGroup(name="Sınama", rule_template="İl Müftülüğü").full_clean()


def test_the_list_shows_members_and_wordings_with_the_same_number_of_queries_for_any_number_of_groups(
    signed_in: SignIn,
) -> None:
    client = signed_in(UserFactory())
    url = reverse("groups")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    def add(number: int) -> None:
        group = AgencyGroupFactory(name=f"Yargı organları {number}", rule_kind=AgencyKind.HIGH_COURT)
        GroupWording.objects.create(group=group, text=f"{number} Yargı Organına")

    AgencyFactory(kind=AgencyKind.HIGH_COURT)
    add(0), add(1)
    few = queries()
    for number in range(2, 20):
        add(number)
    assert queries() == few
    page = client.get(url).content.decode()
    assert "Yargı organları 19" in page
    assert "19 Yargı Organına" in page


def test_a_groups_page_names_its_members_and_wordings(signed_in: SignIn) -> None:
    member: Agency = AgencyFactory(name="Danıştay Başkanlığı", kind=AgencyKind.HIGH_COURT)
    group = AgencyGroupFactory(rule_kind=AgencyKind.HIGH_COURT)
    GroupWording.objects.create(group=group, text="Yüksek Yargı Organlarına")
    page = signed_in(UserFactory()).get(reverse("group", args=[group.pk])).content.decode()
    assert reverse("agency", args=[member.pk]) in page
    assert "Yüksek Yargı Organlarına" in page


def test_a_group_that_is_not_there_is_not_found(signed_in: SignIn) -> None:
    assert signed_in(UserFactory()).get(reverse("group", args=[9])).status_code == 404


def test_groups_are_only_read(signed_in: SignIn) -> None:
    client = signed_in(UserFactory())
    group = AgencyGroupFactory()
    assert client.post(reverse("groups")).status_code == 405
    assert client.post(reverse("group", args=[group.pk])).status_code == 405
    client.logout()
    assert client.get(reverse("groups")).status_code == 302
