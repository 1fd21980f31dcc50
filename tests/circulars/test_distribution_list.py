"""The distribution list: printed lines, and who will receive the letter."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from agencies.matching.lines import match_letterhead
from agencies.models import Agency, AgencyGroup
from circulars.lines.distribution_list import expand, replace_lines
from circulars.models import Circular, DistributionLine, Purpose
from circulars.reading import read_letter
from circulars.services.settle_line import settle_line
from tests.factories import AgencyFactory, AgencyGroupFactory, CircularFactory, LineFactory, draft_to

ON = date(2026, 3, 2)
Directory = Callable[[str], Agency]


@pytest.fixture
def listed(directory: Directory, sample_letter: Path) -> Circular:
    """A draft with the lines of the sample letter."""
    letter = read_letter(sample_letter.read_bytes(), sample_letter.name)
    circular = CircularFactory(issuer=match_letterhead(letter.issuer_lines))
    replace_lines(circular, action=letter.action_recipients, information=letter.info_recipients, on=ON)
    return circular


def test_the_26_lines_of_the_sample_letter_are_266_recipients(listed: Circular) -> None:
    expansion = expand(listed, on=ON)
    assert len(expansion.lines) == 26
    assert expansion.unresolved == []
    assert len(expansion.recipients) == 266
    assert (expansion.action_count, expansion.information_count) == (261, 5)
    assert len({recipient.agency for recipient in expansion.recipients}) == 266
    assert expansion.repeated == []
    assert [line for line in expansion.lines if line.count_differs] == []


def test_the_lines_stay_as_printed_and_in_printed_order(listed: Circular) -> None:
    texts = [line.text for line in listed.lines.all()]
    assert texts[0] == "Cumhurbaşkanlığına (Yatırım ve Finans Ofisi Başkanlığı)"
    assert texts[-1] == "Sosyal Güvenlik Kurumu Başkanlığına"
    assert [line.purpose for line in listed.lines.all()] == [Purpose.ACTION] * 21 + [Purpose.INFORMATION] * 5


def test_the_number_of_queries_does_not_grow_with_the_lines(
    listed: Circular, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(3):
        expand(listed, on=ON)


def test_an_agency_named_twice_receives_once_and_for_action(directory: Directory) -> None:
    circular = CircularFactory(issuer=directory("ministry-calisma"))
    replace_lines(circular, action=["81 İl Valiliklerine"], information=["Adana Valiliğine"], on=ON)
    expansion = expand(circular, on=ON)
    assert len(expansion.recipients) == 81
    assert [each.agencies for each in expansion.repeated] == [[directory("valilik-01")]]
    assert expansion.repeated[0].counts.text == "81 İl Valiliklerine"
    assert expansion.information_count == 0


def test_action_takes_precedence_even_if_information_is_printed_first(db: None) -> None:
    agency = AgencyFactory()
    circular = CircularFactory()
    LineFactory(circular=circular, position=0, purpose=Purpose.INFORMATION, agency=agency)
    LineFactory(circular=circular, position=1, purpose=Purpose.ACTION, agency=agency)
    assert [recipient.purpose for recipient in expand(circular, on=ON).recipients] == [Purpose.ACTION]


def test_a_printed_number_that_differs_from_the_group_is_detected(directory: Directory) -> None:
    directory("valilik-80")
    Agency.objects.filter(code="valilik-80").update(active_to=date(2025, 1, 1))
    circular = CircularFactory(issuer=directory("ministry-calisma"))
    replace_lines(circular, action=["81 İl Valiliklerine"], information=[], on=ON)
    line = expand(circular, on=ON).lines[0]
    assert (line.printed_count, len(line.agencies), line.count_differs) == (81, 80, True)


def test_a_closed_unit_is_named_and_does_not_receive(db: None) -> None:
    closed = AgencyFactory(active_to=date(2020, 1, 1), successor=AgencyFactory())
    expansion = expand(draft_to(closed), on=ON)
    assert expansion.closed == [closed]
    assert expansion.recipients == []


def test_a_group_without_members_is_named(db: None) -> None:
    circular = CircularFactory()
    line = LineFactory(circular=circular, agency=None, group=AgencyGroupFactory(), text="Hiç Kimseye")
    expansion = expand(circular, on=ON)
    assert expansion.empty_groups == [line]
    assert expansion.unresolved == []


def test_settled_lines_stay_when_the_lines_are_replaced(directory: Directory) -> None:
    circular = CircularFactory(issuer=directory("ministry-calisma"))
    replace_lines(circular, action=["Bilinmeyen Kurula", "Adalet Bakanlığına"], information=[], on=ON)
    line = DistributionLine.objects.get(text="Bilinmeyen Kurula")
    assert not line.is_resolved
    settle_line(line=line, agency=directory("tbmm"))
    replace_lines(circular, action=["Adalet Bakanlığına", "Bilinmeyen Kurula"], information=[], on=ON)
    assert DistributionLine.objects.get(text="Bilinmeyen Kurula").agency == directory("tbmm")


def test_a_line_is_settled_by_one_agency_or_one_group(db: None) -> None:
    line = LineFactory(agency=None)
    with pytest.raises(ValueError, match="exactly one agency, group or plan"):
        settle_line(line=line)
    group: AgencyGroup = AgencyGroupFactory()
    assert settle_line(line=line, group=group).group == group


def test_under_the_letterhead_of_another_ministry_no_central_unit_is_taken_for_ones_own(
    directory: Directory,
) -> None:
    circular = CircularFactory(
        issuer=directory("calisma-uluslararasi-isgucu"),
        issuer_lines="TİCARET BAKANLIĞI\nTüketicinin Korunması ve Piyasa Gözetimi Genel Müdürlüğü",
    )

    replace_lines(circular, action=["Rehberlik ve Teftiş Başkanlığına"], information=[], on=ON)

    assert not circular.lines.get().is_resolved


def test_another_issuer_resolves_the_lines_again(directory: Directory) -> None:
    circular = CircularFactory(issuer=directory("calisma-uluslararasi-isgucu"))
    on = ON
    replace_lines(circular, action=["Hukuk Hizmetleri Genel Müdürlüğüne"], information=[], on=on)
    assert circular.lines.get().is_resolved

    circular.issuer = directory("ministry-ticaret")
    replace_lines(
        circular, action=["Hukuk Hizmetleri Genel Müdürlüğüne"], information=[], on=on, resolve_all=True
    )

    assert not circular.lines.get().is_resolved
