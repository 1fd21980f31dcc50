"""Long tables as PDF: laid out in parts, joined, and numbered."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from pypdf import PdfReader

from distribution.tables.files import pdf_parts
from distribution.tables.files.pdf_parts import Section, pdf_in_parts

HEAD = "<thead><tr><th>Birim</th></tr></thead>"


def rows(first: int, count: int) -> Iterator[str]:
    return (f"<tr><td>Birim {number:04} Müdürlüğü</td></tr>" for number in range(first, first + count))


def pages_of(*sections: Section, count: int) -> list[str]:
    told: list[int] = []
    with pdf_in_parts(
        sections,
        title="Liste",
        footing="Ara başlık",
        stylesheet="css/list.css",
        columns=1,
        count=count,
        progress=told.append,
    ) as file:
        content = file.read()
    assert told == sorted(told)
    assert told[-1] < 100
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(content)).pages]


@pytest.mark.parametrize("at_once", [70, 100, 100_000])
def test_every_row_stands_once_in_order_and_no_page_is_half_empty(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_parts, "CELLS_AT_ONCE", at_once)

    pages = pages_of(
        Section("<h1>Liste</h1>", HEAD, rows(0, 150)),
        Section("<h1>Eklenen</h1>", HEAD, rows(150, 33)),
        count=183,
    )

    found = [[int(number) for number in re.findall(r"Birim (\d{4}) Müdürlüğü", page)] for page in pages]
    assert [number for page in found for number in page] == list(range(183))
    assert all(len(page) > 20 for page in found[:-1])
    for number, page in enumerate(pages, start=1):
        assert f"{number}/{len(pages)}" in page
        assert "Ara başlık" in page
    assert sum(page.count("Eklenen") for page in pages) == 1


def test_a_table_without_rows_has_its_heading() -> None:
    assert "Liste" in pages_of(Section("<h1>Liste</h1>", HEAD, ()), count=0)[0]


@pytest.mark.parametrize("at_once", [2, 3, 100])
def test_nothing_of_a_row_that_is_longer_than_a_page_is_lost(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_parts, "CELLS_AT_ONCE", at_once)
    long = f"<tr><td>{' '.join(f'kelime{number}x' for number in range(1500))}</td></tr>"

    text = " ".join(pages_of(Section("", HEAD, [long, *rows(0, 3), long, *rows(3, 3)]), count=8))

    assert [int(number) for number in re.findall(r"Birim (\d{4}) Müdürlüğü", text)] == list(range(6))
    assert all(text.count(f"kelime{number}x") == 2 for number in range(1500))
