"""Forms of tables that users of pandas and openpyxl reported as misread, and what must come of each here."""

import io
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from agencies.models.maintenance import DirectoryImport, ImportState
from tests.agencies.importing import checked
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db
HEADING = ["Kod", "Ad", "E-posta"]
ROW = ["adana", "Adana Valiliği", "yeni@kurum.gov.tr"]
CHANGE = {"email": ["adana@kurum.gov.tr", "yeni@kurum.gov.tr"]}


@pytest.fixture(autouse=True)
def agency() -> None:
    AgencyFactory(code="adana", name="Adana Valiliği", kind="governorship", email="adana@kurum.gov.tr")


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def with_wrong_dimension() -> bytes:
    """Programs write a range of used cells that is too small; a reader that trusts it sees the heading only."""
    book = Workbook()
    for row in (HEADING, ROW):
        book.active.append(row)
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b'<dimension ref="A1:C2"', b'<dimension ref="A1"')
            new.writestr(name, content)
    return file.getvalue()


def with_formatted_blanks() -> bytes:
    """Formatted cells without a value far to the right and below."""
    book = Workbook()
    for row in (HEADING, ROW):
        book.active.append(row)
    for place in ("XFD1", "Z2", "A900"):
        book.active[place].number_format = "0.00"
    return saved(book)


def with_rich_text() -> bytes:
    book = Workbook()
    book.active.append(HEADING)
    name = CellRichText("Adana ", TextBlock(InlineFont(b=True), "Valiliği"))
    book.active.append(["adana", name, "yeni@kurum.gov.tr"])
    return saved(book)


def text(*rows: str, encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    return end.join([*rows, ""]).encode(encoding)


READ: dict[str, bytes] = {
    "a range of used cells that is too small": with_wrong_dimension(),
    "formatted cells without a value": with_formatted_blanks(),
    "a text of several fonts": with_rich_text(),
    "a separator at the end of each row": text("Kod;Ad;E-posta;", "adana;Adana Valiliği;yeni@kurum.gov.tr;"),
    "a mark of UTF-8 twice": b"\xef\xbb\xbf" + text(";".join(HEADING), ";".join(ROW), encoding="utf-8-sig"),
    "a heading with hard blanks and a line end": text('"Kod\u00a0";Ad;"E-\nposta "', ";".join(ROW)),
    "the end mark of DOS": text(";".join(HEADING), ";".join(ROW)) + b"\x1a",
    "UTF-16 with tabs, the low byte first": text("\t".join(HEADING), "\t".join(ROW), encoding="utf-16"),
    "empty rows between": text(";".join(HEADING), ";;", "", ";".join(ROW), ";;", ""),
    "blank columns before": text(";;Kod;Ad;E-posta", ";;adana;Adana Valiliği;yeni@kurum.gov.tr"),
}
"""Each changes the address of one body and nothing else."""


def changes(found: DirectoryImport) -> dict[str, dict[str, list[str]]]:
    return {row.code: row.changes for row in found.lines.all() if row.changes}


@pytest.mark.parametrize("name", READ)
def test_it_is_read_as_it_is_shown(name: str) -> None:
    found = checked(READ[name], "dizin.xlsx" if READ[name].startswith(b"PK") else "dizin.csv")
    assert found.state == ImportState.CHECKED, found.error
    assert (changes(found), found.bad) == ({"adana": CHANGE}, 0)


@pytest.mark.parametrize(
    "content",
    [
        text("Kod;Ad;E-posta;E-posta", "adana;Adana Valiliği;yeni@kurum.gov.tr;"),
        text("Kod;Ad;E-posta", "adana;Adana\0Valiliği;yeni@kurum.gov.tr").replace(b"\r\n", b"\0\r\n"),
        text('"Kod" ; "Ad" ; "E-posta"', '"adana" ; "Adana Valiliği" ; "yeni@kurum.gov.tr"'),
    ],
    ids=["a column twice", "NUL bytes", "blanks behind quotation marks"],
)
def test_what_cannot_be_trusted_changes_nothing(content: bytes) -> None:
    found = checked(content)
    assert (
        found.state == ImportState.FAILED
        or "adana" not in changes(found)
        or found.bad
        or found.lines.get().warnings
    )
