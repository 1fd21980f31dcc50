"""Texts in the encodings and with the marks that occur."""

import pytest

from circulars.reading import UnreadableFile, read_letter
from circulars.reading.source.extract import extract_lines
from tests.circulars.own_letters import FOLDER
from tests.circulars.reading.made_files import lines

LETTER = (FOLDER / "list_page.txt").read_text(encoding="utf-8")
TEXT = "İlgi: ÇALIŞMA ve İŞ KURUMU Müdürlüğüne\nşğıöçü ŞĞİÖÇÜ gereğini rica ederim.\n"


@pytest.mark.parametrize(
    "encoding", ["cp1254", "iso-8859-9", "cp857", "mac-turkish", "utf-16-le", "utf-16-be", "utf-8-sig"]
)
def test_every_turkish_encoding_gives_the_same_lines(encoding: str) -> None:
    typed = LETTER.translate(dict.fromkeys(map(ord, "–—’‘“”…•"), "-"))
    assert extract_lines(typed.encode(encoding)).lines == extract_lines(typed.encode()).lines


@pytest.mark.parametrize("encoding", ["cp857", "mac-turkish"])
def test_a_short_text_of_an_old_code_page_is_read(encoding: str) -> None:
    assert lines(TEXT.encode(encoding)) == TEXT.splitlines()


@pytest.mark.parametrize("wrong", ["cp1254", "cp1252", "latin-1"])
def test_a_text_encoded_twice_is_mended(wrong: str) -> None:
    twice = LETTER.encode().decode(wrong, errors="replace").encode()
    assert read_letter(twice).as_truth() == read_letter(LETTER.encode()).as_truth()


def test_a_text_encoded_three_times_is_mended() -> None:
    once = TEXT.encode().decode("latin-1")
    assert lines(once.encode().decode("latin-1").encode()) == TEXT.splitlines()


def test_letters_that_only_look_encoded_twice_stay() -> None:
    text = "Åland ve Ñandú için ÂşıkÃ yazısı\nGereğini rica ederim.\n"
    assert lines(text.encode()) == text.splitlines()


@pytest.mark.parametrize("ending", ["\r", "\r\n", "\u2028", "\x0b", "\x85"])
def test_every_line_end_ends_a_line(ending: str) -> None:
    assert lines(TEXT.replace("\n", ending).encode()) == TEXT.splitlines()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Fi̇nans Ofi̇si̇ ve ı̇zin", "Finans Ofisi ve izin"),
        ("I\u0307zin ve s\u0327ube", "İzin ve şube"),
        ("E‐1‑2−3﹣4－5", "E-1-2-3-4-5"),
        ("2023–2024 ve A – B", "2023-2024 ve A – B"),
        ("Konu\u00a0:\u202fAşı\u2003Takvimi", "Konu : Aşı Takvimi"),
        ("gö\u00adre\u200bvi\u2060 \ufeffvar\u202a", "görevi var"),
        ("ﬁyat ve ﬂora", "fiyat ve flora"),
        ("**Konu:** [Aşı](https://ornek.example) \\- 1", "Konu: Aşı - 1"),
        ("## GENELGE", "GENELGE"),
        ("<b>Sayı</b> : E-1&nbsp;<br/>", "Sayı : E-1"),
    ],
)  # fmt: skip
def test_signs_and_markup_are_cleaned(written: str, read: str) -> None:
    assert lines(f"{written}\nson satır\n".encode()) == [read, "son satır"]


def test_line_ends_of_html_end_lines() -> None:
    text = (
        "<p>Gereği:</p><p>A Bakanlığına<br>B Bakanlığına</p>\n<table><tr><td>C</td><td>D</td></tr></table>\n"
    )
    assert lines(text.encode()) == ["Gereği:", "A Bakanlığına", "B Bakanlığına", "C | D"]


def test_line_ends_in_cells_of_a_markdown_table_stay_in_their_columns() -> None:
    text = "| Gereği | Bilgi |\n|---|---|\n| Valiliğine<br>(İl Müdürlüğü) | Kuruma |\n"
    assert lines(text.encode()) == ["Gereği | Bilgi", "Valiliğine | Kuruma", "(İl Müdürlüğü)"]


@pytest.mark.parametrize("mark", ["> ", ">", ">> ", "> > "])
def test_quote_marks_of_a_mail_are_no_part_of_the_letter(mark: str) -> None:
    quoted = "".join(f"{mark}{line}\n" for line in LETTER.splitlines())
    assert read_letter(quoted.encode()).as_truth() == read_letter(LETTER.encode()).as_truth()


def test_a_mark_in_few_lines_is_text() -> None:
    assert lines("> 5 kişi\nbir\niki\nüç\n".encode())[0] == "> 5 kişi"


def test_a_word_parted_by_a_soft_hyphen_at_the_line_end_is_joined_and_keeps_its_line() -> None:
    extracted = extract_lines("bir\ngö\u00ad\n   revi\nson\n".encode())
    assert [(line.number, line.text) for line in extracted.pages.lines if line.cells] == [
        (1, "bir"),
        (2, "görevi"),
        (4, "son"),
    ]


def test_cells_of_a_text_are_parted_by_wide_gaps_and_drawn_where_they_stood() -> None:
    line = "  Gereği:            Bilgi:  son"
    (only,) = extract_lines(f"{line}\n".encode()).pages.lines[:1]
    assert [(cell.text, cell.column) for cell in only.cells] == [("Gereği:", 2), ("Bilgi:  son", 21)]
    assert only.text == line


def test_a_form_feed_begins_a_page() -> None:
    pages = extract_lines("bir\n\fiki\n\füç\n".encode()).pages
    assert [(line.text, line.page) for line in pages.lines if line.cells] == [
        ("bir", 1),
        ("iki", 2),
        ("üç", 3),
    ]


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UnreadableFile) as caught:
        extract_lines(bytes(range(128, 256)) * 20 + bytes(range(32)) * 20)
    assert caught.value.code == "not_a_letter_file"
