"""The shared small inputs, each a form that really occurs: what the source has to give of each, not the parser."""

import re
from pathlib import Path

import pytest

from circulars.reading.source.extract import ExtractedText, extract_lines

CASES = Path(__file__).parents[4] / "shared" / "samples" / "cases"

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the shared samples are not beside the tree")

WORD = sorted((CASES / "docx").glob("*")) if CASES.exists() else []
PDF = sorted((CASES / "pdf").glob("*.pdf")) if CASES.exists() else []
TEXT = sorted((CASES / "text").glob("*.txt")) if CASES.exists() else []
RECIPIENT = re.compile(r"\w[^|]*(?:Bakanlığına|Valiliğine)")
SAME_LETTER = "E-98167286-010.06.02-604318"


def name_of(path: Path) -> str:
    return path.name


def squeezed(extracted: ExtractedText) -> list[str]:
    """Each cell with a text, blanks squeezed."""
    return [" ".join(cell.text.split()) for line in extracted.pages.lines for cell in line.cells]


def read(folder: str, name: str) -> ExtractedText:
    return extract_lines((CASES / folder / name).read_bytes(), name)


@pytest.mark.parametrize("path", WORD, ids=name_of)
def test_a_word_file_gives_every_line_of_the_plain_one(path: Path) -> None:
    found, plain = squeezed(extract_lines(path.read_bytes(), path.name)), squeezed(read("docx", "plain.docx"))
    changed = {
        "tracked.docx": {
            "Sayı : E-12345678-020-7001": "Sayı : E-12345678-020-7002",
            "Sağlık Bakanlığına": "Millî Eğitim Bakanlığına",
        },
        "rowdel.docx": {"Sağlık Bakanlığına": None},
        "autonumber.docx": {
            "İlgi: 05.01.2026 tarihli ve 1234 sayılı yazı.": "1. 05.01.2026 tarihli ve 1234 sayılı yazı.",
            "Adalet Bakanlığına": "3. Adalet Bakanlığına",
            "Sağlık Bakanlığına": "4. Sağlık Bakanlığına",
            "Dışişleri Bakanlığına": "5. Dışişleri Bakanlığına",
        },
    }.get(path.name, {})  # fmt: skip
    for line in plain:
        expected = changed.get(line, line)
        times = found.count(expected) if expected is not None else 0
        if expected is None:
            assert line not in found
        else:
            assert times == 1 or (
                times == 0 and path.name in {"headtable.docx", "cols.docx"} and _in_pieces(line, found)
            ), line
    assert not any("\u2011" in line or "DELETED" in line for line in found)


def _in_pieces(line: str, found: list[str]) -> bool:
    """Whether the line was parted at a cell's edge."""
    return line.replace(" ", "") in "".join(found).replace(" ", "")


def test_the_capitals_of_a_word_file_are_those_that_word_shows() -> None:
    assert "DAĞITIM YERLERİNE" in squeezed(read("docx", "allcaps.docx"))


def test_a_comment_is_not_read() -> None:
    assert set(squeezed(read("docx", "comment.docx"))) == set(squeezed(read("docx", "plain.docx")))


@pytest.mark.parametrize("path", PDF, ids=name_of)
def test_a_pdf_gives_its_head_and_recipients_in_cells_and_no_mark_of_another_direction(path: Path) -> None:
    found = squeezed(extract_lines(path.read_bytes(), path.name))
    assert "E-12345678-020-7001" in " ".join(found) and "Konu : Aşı Takvimi Güncellemesi" in " ".join(found)
    assert len([cell for cell in found if cell.endswith(("Bakanlığına", "Valiliğine"))]) >= 3
    assert "KOPYA" not in " ".join(found)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("plain.pdf", 3),
        ("longtable.pdf", 91),
        ("threecol.pdf", 6),
        ("small_columns.pdf", 4),
        ("footer_in_list.pdf", 33),
    ],
)
def test_the_recipients_of_a_pdf_are_all_there_each_in_a_cell(name: str, count: int) -> None:
    found = squeezed(read("pdf", name))
    assert len([cell for cell in found if RECIPIENT.fullmatch(cell)]) == count


def test_a_watermark_is_named_with_its_letters() -> None:
    (unread,) = read("pdf", "watermark.pdf").pages.unread
    assert (unread.page, unread.reason, unread.text) == (1, "angle", "KOPYA")


def test_the_columns_of_wrapped_names_are_kept_apart() -> None:
    by_column: dict[int, list[str]] = {}
    for line in read("pdf", "wrapcell.pdf").pages.lines:
        for cell in line.cells:
            by_column.setdefault(cell.column, []).append(cell.text)
    columns = [" ".join(texts) for texts in by_column.values()]
    assert any(
        "Gereği: Çevre, Şehircilik ve İklim Değişikliği Bakanlığına Enerji ve Tabii" in column
        for column in columns
    )
    assert any(
        "Bilgi: Ulaştırma ve Altyapı Bakanlığına Dışişleri Bakanlığına" in column for column in columns
    )


def test_white_text_is_not_read() -> None:
    found = squeezed(read("pdf", "white.pdf"))
    assert not any("Bartın" in cell for cell in found)
    assert [cell for cell in found if RECIPIENT.fullmatch(cell)] == [
        cell for cell in squeezed(read("pdf", "plain.pdf")) if RECIPIENT.fullmatch(cell)
    ]


@pytest.mark.parametrize("path", TEXT, ids=name_of)
def test_a_text_gives_the_lines_of_its_twin(path: Path) -> None:
    found = [
        " ".join(line.split()) for line in extract_lines(path.read_bytes(), path.name).lines if line.strip()
    ]
    twin = [" ".join(line.split()) for line in read("text", "u8sig.txt").lines if line.strip()]
    if path.name in {"minus.txt", "u2011.txt"}:
        assert "Sayı : E-12345678-020-7001" in found
        return
    if path.name in {"upper.txt", "upper_ascii_i.txt", "idot2.txt", "nbsp.txt"}:
        text = " ".join(found)
        assert "\u0307" not in text and "\xa0" not in text and len(found) > 20
        return
    assert any(SAME_LETTER in line for line in found)
    assert found == twin
