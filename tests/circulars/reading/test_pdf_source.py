"""PDFs as they are seen: directions, invisible text, forms, columns, tables, pictures."""

import io

import pytest
from pypdf import PdfReader, PdfWriter

from circulars.reading.source.extract import extract_lines
from circulars.reading.source.pdf_text import MAX_PAGES
from tests.circulars.own_letters import printed
from tests.circulars.reading.made_files import filled, inked, lines, pdf, reasons, text_at

UP, OVER, DOWN = "0 1 -1 0", "-1 0 0 -1", "0 -1 1 0"
WHITE = "1 1 1 rg"
PICTURE = (
    b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>"
    b"\nstream\n\x99\nendstream"
)
WITH_PICTURE = b"/XObject<</P 100 0 R>>"


def picture(width: float, height: float, left: float = 0, bottom: float = 0) -> bytes:
    return f"q {width} 0 0 {height} {left} {bottom} cm /P Do Q\n".encode()


@pytest.mark.parametrize(
    ("turn", "first", "second"),
    [(UP, (100, 100), (120, 100)), (OVER, (500, 700), (500, 680)), (DOWN, (300, 700), (280, 700))],
    ids=["up", "upside down", "down"],
)
def test_a_page_is_read_in_the_direction_of_its_text(
    turn: str, first: tuple[int, int], second: tuple[int, int]
) -> None:
    if turn == OVER:
        first, second = second, first
    content = text_at(*first, "First line of the turned letter", turn=turn)
    content += text_at(*second, "second line of it", turn=turn)
    assert lines(pdf(content)) == ["First line of the turned letter", "second line of it"]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_is_turned_by_its_own_entry_is_read(degrees: int) -> None:
    turned = pdf(filled(3), page=b"/Rotate %d" % degrees)
    assert len(lines(turned)) == 3 and lines(turned) == lines(pdf(filled(3)))


def test_a_stamp_that_runs_up_the_margin_stands_apart_from_the_lines() -> None:
    stamp = text_at(20, 300, "Signed electronically, code 4711", turn=UP)
    content = pdf(filled(6) + stamp)
    assert lines(content) == [*lines(pdf(filled(6))), "Signed electronically, code 4711"]


def test_letters_at_an_angle_are_named_and_in_no_line() -> None:
    content = pdf(filled() + text_at(100, 300, "COPY", size=90, turn="0.7 0.7 -0.7 0.7"))
    extracted = extract_lines(content)
    assert "COPY" not in extracted.text
    assert [(each.reason, each.text) for each in extracted.pages.unread] == [("angle", "COPY")]


def test_white_text_is_read_only_where_it_can_be_seen() -> None:
    dark = b"0 0 0 rg 60 90 300 40 re f\n"
    content = filled(3) + text_at(70, 400, "unseen words", state=WHITE) + dark
    content += text_at(70, 100, "white on black", state=WHITE)
    assert lines(pdf(content))[3:] == ["white on black"]


def test_text_of_render_mode_three_is_read_only_over_a_scan() -> None:
    layer = text_at(70, 500, "recognised words of the scanned letter", state="3 Tr")
    assert lines(pdf(filled(2) + layer)) == lines(pdf(filled(2)))
    scan = pdf(picture(595, 842) + layer, resources=WITH_PICTURE, more={100: PICTURE})
    extracted = extract_lines(scan)
    assert inked(extracted) == ["recognised words of the scanned letter"]
    assert extracted.pages.recognised == {1} and extracted.pages.unread == []


def test_full_colour_of_a_spot_ink_is_not_white() -> None:
    inks = b"/ColorSpace<</S [/Separation/Black/DeviceGray<</FunctionType 2/Domain[0 1]/C0[1]/C1[0]/N 1>>]>>"
    content = pdf(filled(2) + text_at(70, 400, "printed in spot ink", state="/S cs 1 scn"), resources=inks)
    assert lines(content)[-1] == "printed in spot ink"


def test_values_of_form_fields_and_text_annotations_are_read_where_they_stand() -> None:
    fields = (
        b"/Annots[<</Subtype/Widget/FT/Tx/V(E-12345678-020-7001)/Rect[120 740 400 756]>>"
        b"<</Subtype/Widget/Parent<</FT/Tx/V<FEFF015E0131006B0131>>>/Rect[120 720 400 736]>>"
        b"<</Subtype/FreeText/Contents(Typed over)/Rect[400 100 560 116]>>"
        b"<</Subtype/Widget/FT/Tx/V(hidden)/F 2/Rect[120 600 400 616]>>"
        b"<</Subtype/Text/Contents(a note)/Rect[120 500 400 516]>>]"
    )
    content = text_at(70, 743, "Sayi :") + text_at(70, 723, "Konu :") + filled(4)
    found = lines(pdf(content, page=fields))
    assert [line.replace(" | ", " ") for line in found] == [
        "Sayi : E-12345678-020-7001",
        "Konu : Şıkı",
        *lines(pdf(filled(4))),
        "Typed over",
    ]


def test_small_print_beside_a_line_is_not_mixed_into_it() -> None:
    content = b"".join(
        text_at(70, 700 - 20 * index, f"Line {index} of the letter", size=12) for index in range(4)
    )
    content += text_at(300, 695, "Bu belge elektronik", size=5) + text_at(300, 689, "imzalanmistir", size=5)
    found = lines(pdf(content))
    assert "Line 0 of the letter" in found and "Line 1 of the letter" in found
    assert "Bu belge elektronik" in found and "imzalanmistir" in found


def test_small_print_left_of_the_lines_follows_them() -> None:
    content = filled(6) + text_at(10, 647, "e-imzali", size=5) + text_at(10, 640, "24.11.2026", size=5)
    assert lines(pdf(content)) == [*lines(pdf(filled(6))), "e-imzali", "24.11.2026"]


@pytest.mark.parametrize("size", [4, 5, 6, 7, 8, 11])
def test_narrow_letters_side_by_side_are_no_second_strike_and_one_on_the_other_is(size: int) -> None:
    words = "tabii milli iillii sillili"
    once = b"".join(text_at(70.3 + 0.37 * row, 700 - 16 * row, words, size=size) for row in range(9))
    twice = once + b"".join(
        text_at(70.6 + 0.37 * row, 700.1 - 16 * row, words, size=size) for row in range(9)
    )
    assert lines(pdf(once)) == lines(pdf(twice)) == [words] * 9


def test_a_raised_number_stays_in_its_line() -> None:
    content = (
        filled(3)
        + text_at(70, 400, "The word", size=11)
        + text_at(113, 404, "2", size=6)
        + text_at(118, 400, "goes on")
    )
    assert [line for line in lines(pdf(content)) if "word" in line and "goes" in line]


def test_columns_closer_than_a_wide_gap_are_found_by_the_edge_that_lines_share() -> None:
    rows = [("Adana", "Bursa", "Konya"), ("Agri", "Corum", "Mersin"), ("Aydin", "Edirne", "Sivas")]
    content = b"".join(
        text_at(70 + 60 * column, 700 - 16 * index, name)
        for index, row in enumerate(rows)
        for column, name in enumerate(row)
    )
    content += filled(2, top=600)
    close = content.replace(b" 130 ", b" 112 ").replace(b" 190 ", b" 150 ")
    assert lines(pdf(close))[:3] == [" | ".join(row) for row in rows]


def test_the_words_of_a_paragraph_are_no_columns() -> None:
    text = (
        "Bu yazı ile bildirilen iş ve işlemlerin ekte yer alan kılavuza göre yürütülmesi hususunda gereğini"
        " rica ederim. " * 8
    )
    content = printed(f"<p style='text-align: justify; width: 9cm'>{text}</p>")
    assert all(" | " not in line for line in lines(content))


def test_cells_of_a_ruled_table_are_told_apart_and_their_lines_belong_together() -> None:
    content = printed(
        "<p>Dağıtım listesi aşağıdadır ve gereği için gönderilmiştir.</p>"
        "<table style='border-collapse: collapse; width: 11cm'><tr><td style='border: 1px solid; width: 5cm'>"
        "Çevre, Şehircilik ve İklim Değişikliği Bakanlığına</td>"
        "<td style='border: 1px solid'>Ticaret Bakanlığına</td></tr></table>"
    )
    cells = [cell for line in extract_lines(content).pages.lines for cell in line.cells if cell.table]
    numbers = {cell.text: cell.table for cell in cells}
    assert len(set(numbers.values())) == 2
    wrapped = [cell.text for cell in cells if cell.table != numbers["Ticaret Bakanlığına"]]
    assert " ".join(wrapped) == "Çevre, Şehircilik ve İklim Değişikliği Bakanlığına"


def test_letterspaced_words_are_closed_up() -> None:
    content = printed(
        "<p style='letter-spacing: .3em'>SAĞLIK BAKANLIĞI ve ilgili kurumlar</p>"
        "<p>Konu hakkında bilgi verilmesi gerekir.</p>"
    )
    assert lines(content)[0].replace(" | ", " ") == "SAĞLIK BAKANLIĞI ve ilgili kurumlar"


def test_single_letters_far_apart_are_not_a_word() -> None:
    content = b"".join(
        text_at(70 + 60 * index, 700, letter) for index, letter in enumerate("ABCDEFGH")
    ) + filled(3, 600)
    assert lines(pdf(content))[0] == " | ".join("ABCDEFGH")


def test_a_picture_on_part_of_a_page_is_named_and_a_background_or_small_mark_is_not() -> None:
    def named(*drawn: bytes) -> list[tuple[int, str]]:
        return reasons(pdf(b"".join(drawn), resources=WITH_PICTURE, more={100: PICTURE}))

    assert named(filled(), picture(400, 350, 50, 50)) == [(1, "picture")]
    assert named(filled(), picture(60, 60, 50, 770)) == []
    assert named(picture(595, 842), filled(16)) == []


def test_text_beyond_the_edge_of_the_page_is_left_out() -> None:
    assert lines(pdf(filled() + text_at(70, 900, "beyond the edge"))) == lines(pdf(filled()))


def test_letters_without_meaning_are_named() -> None:
    broken = (
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType2"
        b"/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500>>]>>"
    )
    odd = b"BT /F2 11 Tf 70 300 Td <00410042> Tj ET\n"
    content = pdf(filled(12) + odd, resources=b"/Font<</F1 3 0 R/F2 100 0 R>>", more={100: broken})
    assert (1, "unknown_letters") in reasons(content)


def test_pages_beyond_the_limit_are_named() -> None:
    reader, writer = PdfReader(io.BytesIO(pdf(filled(1)))), PdfWriter()
    for _ in range(MAX_PAGES + 1):
        writer.add_page(reader.pages[0])
    file = io.BytesIO()
    writer.write(file)
    extracted = extract_lines(file.getvalue())
    assert [(each.page, each.reason) for each in extracted.pages.unread] == [
        (MAX_PAGES + 1, "too_many_pages")
    ]
    assert extracted.pages.lines[-1].page == MAX_PAGES


def test_positions_are_those_of_the_page_as_it_is_shown() -> None:
    content = pdf(text_at(100, 700, "Word to be marked on the page"), page=b"/Rotate 90")
    word = next(each for each in extract_lines(content).placed if each.text == "marked")
    assert word.box is not None and word.box[3] - word.box[1] > word.box[2] - word.box[0]
    assert 690 < word.box[0] < 700 < word.box[2] < 720 and word.box[1] > 100


def test_line_numbers_count_the_lines_of_the_text() -> None:
    extracted = extract_lines(pdf(filled(3), filled(2)))
    text = extracted.text.split("\n")
    assert all(text[line.number - 1] == line.text for line in extracted.pages.lines)
    assert text.count("\f") == 1 and {each.line for each in extracted.placed} <= set(range(1, len(text) + 1))
