"""Distribution plans: versions, use in a draft, and lines that name a plan."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.matching.lines import Unresolved
from agencies.models import Agency, AgencyGroup, AgencyKind
from circulars.lines.distribution_list import expand, replace_lines
from circulars.lines.plan_lines import plan_key
from circulars.models import Circular, Purpose
from circulars.models.plan import DistributionPlan, PlanVersion
from circulars.services.draft import NotADraft
from circulars.services.plans import PlannedLine, retire_plan, save_plan, use_plan
from distribution.services.sending.dispatch import dispatch
from tests.factories import (
    MOMENT,
    AgencyFactory,
    AgencyGroupFactory,
    CircularFactory,
    LineFactory,
    UserFactory,
    draft_to,
)

ON = MOMENT.date()


def line_to(agency: Agency, purpose: str = Purpose.ACTION) -> PlannedLine:
    return PlannedLine(purpose, f"{agency.name}na", agency=agency)


def make_plan(owner: Agency, lines: Sequence[PlannedLine], name: str = "A Planı") -> PlanVersion:
    return save_plan(name=name, lines=lines, owner=owner, by=UserFactory(), at=MOMENT)


def edit(plan: DistributionPlan, lines: Sequence[PlannedLine]) -> PlanVersion:
    later = MOMENT + timedelta(days=1)
    return save_plan(name=plan.name, lines=lines, plan=plan, by=UserFactory(), at=later)


def drafted(owner: Agency, *action: str, information: Sequence[str] = ()) -> Circular:
    circular = CircularFactory(issuer=owner)
    replace_lines(circular, action=list(action), information=list(information), on=ON)
    return circular


@pytest.fixture
def owner(db: None) -> Agency:
    return AgencyFactory()


def test_editing_makes_a_new_version_and_leaves_the_earlier_one(owner: Agency) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    version = make_plan(owner, [line_to(first)])
    newer = edit(version.plan, [line_to(second), line_to(first, Purpose.INFORMATION)])
    assert (version.number, newer.number) == (1, 2)
    assert [line.agency for line in version.lines.all()] == [first]
    assert [(line.agency, line.purpose) for line in newer.lines.all()] == [
        (second, Purpose.ACTION),
        (first, Purpose.INFORMATION),
    ]


def test_saving_the_same_lines_makes_no_version_but_a_new_name_is_kept(owner: Agency) -> None:
    lines = [line_to(AgencyFactory())]
    version = make_plan(owner, lines)
    again = save_plan(name="B Planı", lines=lines, plan=version.plan, by=UserFactory(), at=MOMENT)
    assert again == version
    assert DistributionPlan.objects.get().name == "B Planı"


def test_a_name_is_free_again_once_its_plan_is_retired(owner: Agency) -> None:
    version = make_plan(owner, [line_to(AgencyFactory())])
    with pytest.raises(IntegrityError), transaction.atomic():
        make_plan(owner, [line_to(AgencyFactory())], "a  PLANI")
    retire_plan(plan=version.plan, at=MOMENT)
    make_plan(owner, [line_to(AgencyFactory())])
    assert DistributionPlan.objects.in_use().count() == 1


def test_using_a_plan_prints_its_lines_settled_below_those_of_the_draft(owner: Agency) -> None:
    ministry, court = AgencyFactory(), AgencyFactory()
    group = AgencyGroupFactory()
    group.members.set([court])
    version = make_plan(
        owner,
        [line_to(ministry), PlannedLine(Purpose.INFORMATION, "Mahkemelere", group=group)],
    )
    circular = draft_to(AgencyFactory(name="Eski"), issuer=owner)
    LineFactory(circular=circular, position=1, purpose=Purpose.INFORMATION, agency=None, text="Bilgiye")
    used = use_plan(circular=circular, version=version)
    assert (used.added, used.known) == (2, 0)
    assert [(line.text, line.purpose) for line in circular.lines.all()] == [
        ("Eski", Purpose.ACTION),
        (f"{ministry.name}na", Purpose.ACTION),
        ("Bilgiye", Purpose.INFORMATION),
        ("Mahkemelere", Purpose.INFORMATION),
    ]
    assert [line.position for line in circular.lines.all()] == [0, 1, 2, 3]
    taken = circular.lines.get(text="Mahkemelere")
    assert (taken.group, taken.plan_version) == (group, version)
    again = use_plan(circular=circular, version=version)
    assert (again.added, again.known) == (0, 2)


def test_a_sent_letter_takes_no_plan(owner: Agency) -> None:
    version = make_plan(owner, [line_to(AgencyFactory())])
    circular = draft_to(AgencyFactory(), issuer=owner)
    dispatch(circular=circular, by=circular.recorded_by, at=MOMENT)
    with pytest.raises(NotADraft):
        use_plan(circular=circular, version=version)
    assert circular.lines.count() == 1


@pytest.mark.parametrize(
    "text", ["A Planı", "A PLANI", "A Planına", "Dağıtım Planı A", "A Dağıtım Planına", "Dağıtım Planı (A)"]
)
def test_a_line_that_names_the_plan_expands_to_its_recipients(owner: Agency, text: str) -> None:
    ministry, court = AgencyFactory(), AgencyFactory()
    version = make_plan(owner, [line_to(ministry), line_to(court, Purpose.INFORMATION)])
    circular = drafted(owner, text)
    expansion = expand(circular, on=ON)
    assert circular.lines.get().plan_version == version
    assert expansion.unresolved == []
    assert [(each.agency, each.purpose) for each in expansion.recipients] == [
        (ministry, Purpose.ACTION),
        (court, Purpose.INFORMATION),
    ]


def test_a_plan_named_for_information_only_informs(owner: Agency) -> None:
    make_plan(owner, [line_to(AgencyFactory())])
    circular = drafted(owner, information=["A Planı"])
    assert expand(circular, on=ON).information_count == 1


def test_a_plan_of_a_unit_above_may_be_named_and_of_a_stranger_not(owner: Agency) -> None:
    version = make_plan(owner, [line_to(AgencyFactory())])
    below, stranger = AgencyFactory(parent=owner), AgencyFactory()
    assert drafted(below, "A Planı").lines.get().plan_version == version
    line = drafted(stranger, "A Planı").lines.get()
    assert (line.is_resolved, line.unresolved_reason) == (False, Unresolved.NO_PLAN)


def test_two_plans_of_one_name_are_not_settled_by_guessing(owner: Agency) -> None:
    below = AgencyFactory(parent=owner)
    make_plan(owner, [line_to(AgencyFactory())])
    make_plan(below, [line_to(AgencyFactory())])
    line = drafted(below, "A Planı").lines.get()
    assert (line.is_resolved, line.unresolved_reason) == (False, Unresolved.SEVERAL)


def test_an_unknown_or_retired_plan_stays_unknown(owner: Agency) -> None:
    version = make_plan(owner, [line_to(AgencyFactory())])
    retire_plan(plan=version.plan, at=MOMENT)
    for text in ("A Planı", "B Planı", "Dağıtım Planı"):
        assert drafted(owner, text).lines.get().unresolved_reason == Unresolved.NO_PLAN


def test_a_draft_keeps_the_version_that_it_took_and_is_told_of_a_newer_one(owner: Agency) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    version = make_plan(owner, [line_to(first)])
    circular = drafted(owner, "A Planı")
    newer = edit(version.plan, [line_to(second)])
    replace_lines(circular, action=["A Planı"], information=[], on=ON)
    [expanded] = expand(circular, on=ON).lines
    assert expanded.agencies == [first]
    assert expanded.newer_version == newer


def test_a_sent_letter_keeps_the_membership_of_its_day(owner: Agency) -> None:
    members = AgencyFactory.create_batch(2)
    group = AgencyGroupFactory()
    group.members.set(members)
    version = make_plan(owner, [PlannedLine(Purpose.ACTION, "Gruba", group=group)])
    circular = drafted(owner, "A Planı")
    dispatch(circular=circular, by=circular.recorded_by, at=MOMENT)
    group.members.add(AgencyFactory())
    edit(version.plan, [line_to(AgencyFactory())])
    assert {delivery.agency for delivery in circular.deliveries.all()} == set(members)
    assert circular.lines.get().plan_version == version


def test_an_agency_twice_in_a_plan_is_one_recipient_with_the_purpose_geregi(owner: Agency) -> None:
    agency = AgencyFactory()
    make_plan(owner, [line_to(agency, Purpose.INFORMATION), line_to(agency)])
    expansion = expand(drafted(owner, "A Planı"), on=ON)
    assert [each.purpose for each in expansion.recipients] == [Purpose.ACTION]
    assert expansion.repeated == []


def test_a_closed_unit_of_a_plan_is_named(owner: Agency) -> None:
    closed = AgencyFactory(active_to=ON)
    make_plan(owner, [line_to(closed)])
    expansion = expand(drafted(owner, "A Planı"), on=ON)
    assert expansion.closed == [closed]
    assert expansion.empty_groups == []


def test_a_plan_over_classes_of_the_directory(directory: Callable[[str], Agency]) -> None:
    ministry = directory("ministry-calisma")
    groups = AgencyGroup.objects.filter(code__in=["governorships", "ministries"])
    lines = [PlannedLine(Purpose.ACTION, group.name, group=group) for group in groups]
    make_plan(ministry, lines)
    circular = drafted(directory("calisma-hukuk"), "A Planı", information=["Adana Valiliğine"])
    expansion = expand(circular, on=ON)
    assert len(expansion.recipients) == 81 + 17
    assert [repetition.counts.text for repetition in expansion.repeated] == ["A Planı"]


def test_exceptions_and_provinces_of_a_plans_lines_count_as_in_the_letter(
    owner: Agency, directory: Callable[[str], Agency]
) -> None:
    governorships = AgencyGroup.objects.get(code="governorships")
    line = PlannedLine(Purpose.ACTION, "81 İl Valiliğine (Hatay ve Atlantis hariç)", group=governorships)
    make_plan(owner, [line])
    [expanded] = expand(drafted(owner, "A Planı"), on=ON).lines
    assert expanded.line.names_plan and len(expanded.agencies) == 80
    assert (expanded.left_out, expanded.not_left_out) == ([directory("valilik-31")], ["Atlantis"])

    informed = PlannedLine(Purpose.INFORMATION, "Hatay Valiliğine", agency=directory("valilik-31"))
    make_plan(owner, [line, informed], "B Planı")
    [expanded] = expand(drafted(owner, "B Planı"), on=ON).lines
    assert len(expanded.agencies) == 81 and expanded.left_out == []
    assert expanded.informed == {directory("valilik-31").pk}


def test_a_class_of_districts_in_a_plan_is_that_of_the_issuers_province(
    directory: Callable[[str], Agency],
) -> None:
    issuer, elsewhere = directory("valilik-06"), directory("valilik-55")
    own, other = (
        AgencyFactory(name=f"{place} Kaymakamlığı", kind=AgencyKind.DISTRICT_GOVERNORSHIP, province=province)
        for place, province in (("Elma", issuer.province), ("Armut", elsewhere.province))
    )
    group = AgencyGroupFactory(name="Kaymakamlıklar", rule_kind=AgencyKind.DISTRICT_GOVERNORSHIP)
    make_plan(issuer, [PlannedLine(Purpose.ACTION, "İlçe Kaymakamlıklarına", group=group)])
    [expanded] = expand(drafted(issuer, "A Planı"), on=ON).lines
    assert (expanded.agencies, expanded.provinces) == ([own], ["Ankara"])
    assert other not in expanded.agencies


def test_more_lines_of_a_plan_take_no_more_queries(owner: Agency) -> None:
    def queries(circular: Circular) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert expand(circular, on=ON).recipients
        return len(captured)

    AgencyFactory(kind=AgencyKind.HIGH_COURT)
    group = AgencyGroupFactory(rule_kind=AgencyKind.HIGH_COURT)
    with_group = PlannedLine(Purpose.ACTION, "Gruba", group=group)
    make_plan(owner, [with_group, line_to(AgencyFactory())])
    few = queries(drafted(owner, "A Planı"))
    make_plan(owner, [with_group, *map(line_to, AgencyFactory.create_batch(20))], "B Planı")
    assert queries(drafted(owner, "B Planı")) == few == 5


def test_what_names_a_plan() -> None:
    assert plan_key("Dağıtım Planı A") == plan_key("A Planına") == "a"
    assert plan_key("Dağıtım Planı") == ""
    assert plan_key("Strateji ve Bütçe Başkanlığına") is None
    assert plan_key("Planlama Müdürlüğüne") is None
