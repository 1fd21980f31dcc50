"""What the tables of directory files share: small files, and a comparison of what comes of one with what must."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from agencies.models import Agency, Province
from agencies.models.maintenance import DirectoryImport, ImportState
from tests.agencies.importing import checked, reasons
from tests.factories import AgencyFactory

Reasons = dict[int, list[tuple[str, str]]]


def add_bodies() -> None:
    """Three bodies that the files name."""
    Province.objects.create(plate="01", name="Adana", sort_key="adana")
    Province.objects.create(plate="35", name="İzmir", sort_key="izmir")
    for code, name, kind in (
        ("adana", "Adana Valiliği", "governorship"),
        ("izmir", "İzmir Valiliği", "governorship"),
        ("saglik", "Sağlık Bakanlığı", "ministry"),
    ):
        AgencyFactory(
            code=code,
            name=name,
            kind=kind,
            email=f"{code}@eski.example",
            phone="0312 555 00 00",
            active_from=date(2020, 1, 1),
        )


def lines(*rows: str, encoding: str = "utf-8-sig", end: str = "\r\n") -> bytes:
    return end.join([*rows, ""]).encode(encoding)


def workbook(*rows: list[Any], change: Callable[[Workbook], None] | None = None) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def archive(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return file.getvalue()


def hide(*rows: int) -> Callable[[Workbook], None]:
    def change(book: Workbook) -> None:
        for row in rows:
            book.active.row_dimensions[row].hidden = True

    return change


def merge(where: str) -> Callable[[Workbook], None]:
    return lambda book: book.active.merge_cells(where)


def filtered(book: Workbook) -> None:
    book.active.auto_filter.ref = "A1:C3"
    book.active.auto_filter.add_filter_column(0, ["adana"])
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["C"].hidden = True


def second_table(book: Workbook) -> None:
    other = book.create_sheet("Taşra")
    other.append(["Kod", "Ad"])
    other.append(["izmir", "İzmir Valiliği"])


def hidden_second_table(book: Workbook) -> None:
    second_table(book)
    book["Taşra"].sheet_state = "hidden"


def in_1904(book: Workbook) -> None:
    book.epoch = CALENDAR_MAC_1904


def shown_with_zeros(book: Workbook) -> None:
    book.active["A2"].number_format = "000"


def formula_as_text(book: Workbook) -> None:
    book.active["B2"].value = "=X1"
    book.active["B2"].data_type = "s"


def with_part(part: str, old: bytes, new: bytes, content: bytes) -> bytes:
    """The workbook with every `old` (a pattern) of one part replaced."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w") as packed:
        for name in source.namelist():
            text = source.read(name)
            packed.writestr(name, re.sub(old, new, text) if name.endswith(part) else text)
    return file.getvalue()


def archive_with(part: str, pieces: Iterable[bytes], content: bytes | None = None) -> bytes:
    """The workbook, by default one of two rows, with this part in place of its own."""
    file = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(content or workbook(["Kod", "Ad"], ["adana", NEW])))
    with source, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in source.namelist():
            if name != part:
                packed.writestr(name, source.read(name))
        with packed.open(part, "w") as written:
            for piece in pieces:
                written.write(piece)
    return file.getvalue()


def with_stored_value(value: str, content: bytes) -> bytes:
    return with_part("sheet1.xml", rb"<v ?/>|<v></v>", f"<v>{value}</v>".encode(), content)


@dataclass
class Form:
    """A file and what must come of it.

    Values by code and field, refused cells, warnings, notes, new codes, or why the whole file is refused.
    """

    content: bytes
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong: Reasons = field(default_factory=dict)
    doubts: dict[int, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    refused: str = ""
    added: list[str | None] = field(default_factory=list)


KOD_AD = "Kod;Ad"
NEW = "Adana Büyük Valiliği"


def expect(form: Form) -> None:
    """Check the file and compare; the directory stays as it was."""
    before = list(Agency.objects.order_by("pk").values())
    found = checked(form.content)
    if form.refused:
        assert found.state == ImportState.FAILED
        assert form.refused in found.error
    else:
        assert (found.state, found.error) == (ImportState.CHECKED, "")
        assert reasons(found) == form.wrong
        assert new_values(found) == form.values
        assert warned(found) == form.doubts
        assert [note["kind"] for note in found.notes] == form.notes
        if form.added:
            assert list(found.lines.filter(outcome="added").values_list("code", flat=True)) == form.added
    assert list(Agency.objects.order_by("pk").values()) == before


def new_values(found: DirectoryImport) -> dict[str, dict[str, str]]:
    rows = found.lines.filter(outcome__in=["changed", "closed"])
    return {str(row.code): {name: new for name, (_old, new) in row.changes.items()} for row in rows}


def warned(found: DirectoryImport) -> dict[int, list[str]]:
    return {row.number: [each["reason"] for each in row.warnings] for row in found.lines.exclude(warnings=[])}
