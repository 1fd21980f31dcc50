"""Every list in every form: the rows, the order and the rights of its page."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import Settings

from agencies.models import Agency, User
from circulars.models import Circular
from distribution.models import Delivery, PreparedFile
from distribution.services.prepare_file import prepare_file
from distribution.tables.files.file_makers import FILE_MAKERS
from distribution.tables.outstanding_columns import OUTSTANDING_EXPORT
from tests.conftest import SignIn
from tests.distribution.files.reading import ods_rows, pdf_text, rows_of
from tests.factories import (
    MOMENT,
    AgencyFactory,
    copy_below,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db
SHEETS = ("csv", "xlsx", "ods")
NAMES = ("=Toplam(1;2) Şubesi", "@Alfa Şubesi", "+Beta İğneada Şubesi", "-Gama Şubesi")


@dataclass(frozen=True)
class Listed:
    """A list: who sees it where, the column that names its rows, and how its page is filtered and sorted."""

    person: User
    address: str
    column: int
    narrowed: str = ""


@pytest.fixture(autouse=True)
def place_for_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def units() -> list[Agency]:
    return [AgencyFactory(name=name) for name in NAMES]


@pytest.fixture
def letter(units: list[Agency]) -> Circular:
    return dispatched_to(*units, subject="=1+1 Genelgesi")


def board(letter: Circular, units: list[Agency]) -> Listed:
    return Listed(manager_of(letter.issuer), reverse("outstanding"), 0, "q=ube&sort=-agency")


def board_letters(letter: Circular, units: list[Agency]) -> Listed:
    dispatched_to(units[0], issuer=letter.issuer, subject="İkinci")
    return Listed(manager_of(letter.issuer), reverse("outstanding_letters"), 0, "sort=subject")


def letters(letter: Circular, units: list[Agency]) -> Listed:
    dispatched_to(units[0], issuer=letter.issuer, subject="İkinci")
    return Listed(sender_of(letter.issuer), reverse("letters"), 0, "sort=subject")


def outstanding(letter: Circular, units: list[Agency]) -> Listed:
    address = reverse("letter", args=[letter.public_id])
    return Listed(sender_of(letter.issuer), address, 0, "show=outstanding&sort=-agency")


def recipients(letter: Circular, units: list[Agency]) -> Listed:
    return Listed(sender_of(letter.issuer), reverse("letter", args=[letter.public_id]), 1)


def readership(letter: Circular, units: list[Agency]) -> Listed:
    letter.deliveries.update(opened_at=timezone.now())
    return Listed(sender_of(letter.issuer), reverse("readership", args=[letter.public_id]), 0, "sort=-agency")


def archive(letter: Circular, units: list[Agency]) -> Listed:
    dispatched_to(units[0], subject="İkinci")
    person = recipient_of(units[0])
    units[0].deliveries.update(
        acknowledged_at=timezone.now(), acknowledged_by=person, acknowledged_sha256="a" * 64
    )
    return Listed(person, reverse("unit_inbox", args=[units[0].pk]), 0, "show=confirmed")


def branch(letter: Circular, units: list[Agency]) -> Listed:
    top = dispatched_to(units[0]).deliveries.get()
    for unit in units[1:]:
        copy_below(top, unit)
    return Listed(recipient_of(units[0]), reverse("branch", args=[top.public_id]), 2)


LISTS = (board, board_letters, letters, outstanding, recipients, readership, archive, branch)
Build = Callable[[Circular, list[Agency]], Listed]


def content_of(signed_in: SignIn, listed: Listed, form: str, more: str = "") -> bytes:
    query = "&".join(filter(None, [listed.narrowed, more, f"_export={form}"]))
    answer = signed_in(listed.person).get(f"{listed.address}?{query}")
    if answer.status_code == 302:
        client = signed_in(listed.person)
        assert client.get(answer["Location"]).status_code == 200
        client.post(answer["Location"])
        prepared = PreparedFile.objects.get()
        assert prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())
        answer = client.get(reverse("download_prepared_file", args=[prepared.public_id]))
    assert answer.status_code == 200
    return answer.getvalue()


@pytest.mark.parametrize("build", LISTS)
@pytest.mark.parametrize("form", SHEETS)
def test_a_list_has_the_rows_of_its_page_in_their_order(
    signed_in: SignIn, letter: Circular, units: list[Agency], build: Build, form: str
) -> None:
    listed = build(letter, units)
    page = signed_in(listed.person).get(f"{listed.address}?{listed.narrowed}").content.decode()

    _head, *rows = rows_of(content_of(signed_in, listed, form), form)

    names = [row[listed.column].lstrip("'") for row in rows]
    shown = [page.index(name) for name in names]
    assert len(names) >= 2
    assert shown == sorted(shown)
    expected = {each for each in (*NAMES, "=1+1 Genelgesi", "İkinci") if f">{each}<" in page}
    assert set(names) <= expected


@pytest.mark.parametrize("build", LISTS)
def test_all_forms_hold_the_same(
    signed_in: SignIn, letter: Circular, units: list[Agency], build: Build
) -> None:
    listed = build(letter, units)
    csv, xlsx, ods = (rows_of(content_of(signed_in, listed, form), form) for form in SHEETS)

    assert xlsx == ods
    assert [[cell.removeprefix("'") for cell in row] for row in csv] == xlsx
    text = pdf_text(content_of(signed_in, listed, "pdf"))
    for row in xlsx[1:]:
        assert row[listed.column] in text
    assert "1/1" in text
    assert str(listed.person) in text


@pytest.mark.parametrize("build", LISTS)
@pytest.mark.parametrize("form", [*SHEETS, "pdf"])
@pytest.mark.parametrize("role_of", [sender_of, manager_of, recipient_of])
def test_a_stranger_gets_no_list(
    signed_in: SignIn,
    letter: Circular,
    units: list[Agency],
    build: Build,
    form: str,
    role_of: Callable[[Agency], User],
) -> None:
    listed = build(letter, units)
    answer = signed_in(role_of(AgencyFactory())).get(f"{listed.address}?{listed.narrowed}&_export={form}")

    if answer.status_code == 302:
        answer = signed_in(role_of(AgencyFactory())).get(answer["Location"])
    own = listed.address in (reverse("outstanding"), reverse("outstanding_letters"), reverse("letters"))
    assert own or answer.status_code == 404
    if answer.status_code == 200 and form in SHEETS and "attachment" in answer.get("Content-Disposition", ""):
        assert len(rows_of(answer.getvalue(), form)) == 1


def test_no_cell_is_a_formula(signed_in: SignIn, letter: Circular, units: list[Agency]) -> None:
    units[0].name = "\tSekmeli Şube"
    units[0].save()
    listed = recipients(letter, units)

    names = [row[1] for row in rows_of(content_of(signed_in, listed, "csv"), "csv")[1:]]
    assert all(name.startswith("'") for name in names)
    for row in ods_rows(content_of(signed_in, listed, "ods")):
        assert not any("formula" in attribute for cell in row for attribute in cell.attrib)


def test_dates_and_numbers_have_their_type_and_the_header_stays_in_sight(
    signed_in: SignIn, letter: Circular, units: list[Agency]
) -> None:
    listed = board(letter, units)
    sheet = load_workbook(BytesIO(content_of(signed_in, listed, "xlsx"))).active
    assert sheet is not None
    sent, days = (
        sheet[2][[column[1] for column in OUTSTANDING_EXPORT].index("created_at") + each] for each in (0, 1)
    )

    assert sent.is_date
    assert sent.number_format == "dd.mm.yyyy hh:mm"
    assert isinstance(days.value, int)
    assert sheet[1][0].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:N{len(NAMES) + 1}"
    assert sheet.column_dimensions["A"].width > 15


@pytest.mark.parametrize("form", SHEETS)
def test_a_filter_that_is_not_valid_leaves_no_rows_as_on_the_page(
    signed_in: SignIn, letter: Circular, units: list[Agency], form: str
) -> None:
    narrowed = "kind=yok&province=zz&age=-5&sent_from=31.02.2026&letter=1"
    listed = Listed(manager_of(letter.issuer), reverse("outstanding"), 0, narrowed)

    assert len(rows_of(content_of(signed_in, listed, form), form)) == 1


@pytest.mark.parametrize("form", SHEETS)
@pytest.mark.parametrize("build", LISTS)
def test_a_list_takes_the_same_number_of_queries_for_any_number_of_rows(
    signed_in: SignIn,
    letter: Circular,
    units: list[Agency],
    build: Build,
    form: str,
) -> None:
    listed = build(letter, units)
    counts = []
    content_of(signed_in, listed, form)
    for _time in range(2):
        with CaptureQueriesContext(connection) as queries:
            content_of(signed_in, listed, form)
        counts.append(len(queries))
        more = AgencyFactory.create_batch(20)
        for unit in more:
            Delivery.objects.create(
                circular=letter, agency=unit, purpose="action", created_at=timezone.now(), opened_at=MOMENT
            )
    assert counts[0] == counts[1]


def test_the_pdf_of_a_filtered_list_says_how(
    signed_in: SignIn, letter: Circular, units: list[Agency]
) -> None:
    listed = Listed(
        manager_of(letter.issuer), reverse("outstanding"), 0, "q=igneada&urgency=normal&sort=-agency"
    )

    text = pdf_text(content_of(signed_in, listed, "pdf"))

    assert NAMES[2] in text
    assert NAMES[1] not in text
    assert "igneada" in text
    assert letter.issuer.name in text


def test_a_list_that_is_narrowed_to_a_letter_is_prepared_for_that_letter(
    signed_in: SignIn, letter: Circular, units: list[Agency]
) -> None:
    dispatched_to(units[0], issuer=letter.issuer, subject="İkinci")
    narrowed = f"letter={letter.public_id}&unit={units[2].pk}"
    listed = Listed(manager_of(letter.issuer), reverse("outstanding"), 0, narrowed)

    text = pdf_text(content_of(signed_in, listed, "pdf"))

    assert NAMES[2] in text
    assert "=1+1 Genelgesi" in text
    assert NAMES[0] not in text
    assert "İkinci" not in text
    assert str(letter.public_id) not in text
