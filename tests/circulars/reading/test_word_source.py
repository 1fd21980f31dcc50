"""Word files as Word shows them."""

import io
import zipfile

import pytest

from circulars.reading import UnreadableFile
from circulars.reading.source.extract import extract_lines
from circulars.reading.source.kind import FileKind
from tests.circulars.reading.made_files import STRICT, W, inked, lines, p, r, reasons, tc, word, zipped

LETTERED = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>'
    '<w:lvlText w:val="%1)"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerRoman"/>'
    '<w:lvlText w:val="%1.%2."/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
    "</w:lvlOverride></w:num>"
)
STYLE_H = '<w:rStyle w:val="H"/>'
SHOWN = '<w:vanish w:val="0"/>'
BOX = "<w:txbxContent>{}</w:txbxContent>"


def numbered(text: str, level: int = 0, number: int = 1) -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')


def table(*rows: str) -> str:
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def test_moved_text_stands_where_it_was_moved_to() -> None:
    moved = r("Adalet Bakanlığına")
    assert lines(
        word(
            f"<w:p><w:moveFrom>{moved}</w:moveFrom></w:p>{p('Bilgi:')}<w:p><w:moveTo>{moved}</w:moveTo></w:p>"
        )
    ) == ["Bilgi:", "Adalet Bakanlığına"]


def test_a_paragraph_whose_mark_was_deleted_goes_on_in_the_next_one() -> None:
    body = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('Çevre ve ')}</w:p>{p('Şehircilik Bakanlığına')}"
    assert lines(word(body)) == ["Çevre ve Şehircilik Bakanlığına"]


def test_a_table_follows_text_whose_mark_was_deleted() -> None:
    body = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('Dağıtım')}</w:p>{table(tc(p('Gereği')))}"
    assert lines(word(body)) == ["Dağıtım", "Gereği"]


@pytest.mark.parametrize(
    ("body", "styles"),
    [
        (f"<w:p>{r('gizli', '<w:vanish/>')}{r('Konu')}</w:p>", ""),
        (
            f"<w:p>{r('gizli', STYLE_H)}{r('Konu')}</w:p>",
            '<w:style w:type="character" w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>',
        ),
        (
            f"<w:p><w:pPr><w:pStyle w:val='C'/></w:pPr>{r('gizli')}{r('Konu', SHOWN)}</w:p>",
            '<w:style w:type="paragraph" w:styleId="B"><w:rPr><w:vanish/></w:rPr></w:style>'
            '<w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="B"/></w:style>',
        ),
    ],
    ids=["direct", "character style", "paragraph style based on another"],
)
def test_hidden_text_is_left_out_by_whatever_it_is_hidden(body: str, styles: str) -> None:
    assert lines(word(body, styles=styles)) == ["Konu"]


def test_the_results_of_fields_are_read_and_their_instructions_not() -> None:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    nested = (
        f"{mark('begin')}<w:r><w:instrText>IF </w:instrText></w:r>"
        f"{mark('begin')}<w:r><w:instrText>DOCPROPERTY</w:instrText></w:r>"
        f"{mark('separate')}{r('inside an instruction')}{mark('end')}{mark('separate')}{r('24.11.2026')}{mark('end')}"
    )
    assert lines(word(f"<w:p>{r('Tarih: ')}{nested}</w:p>")) == ["Tarih: 24.11.2026"]


def test_content_controls_hyperlinks_and_custom_xml_are_read_in_their_place() -> None:
    control = "<w:sdt><w:sdtPr><w:text/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    body = (
        control.format(p("Sayı : E-1"))
        + f"<w:p>{r('Konu : ')}{control.format(r('Aşı '))}<w:hyperlink>{r('Takvimi')}</w:hyperlink></w:p>"
        + f"<w:customXml>{p('Gereği')}</w:customXml>"
        + f"<w:tbl>{control.format('<w:tr>' + control.format(tc(p('Adalet Bakanlığına'))) + '</w:tr>')}</w:tbl>"
    )
    assert lines(word(body)) == ["Sayı : E-1", "Konu : Aşı Takvimi", "Gereği", "Adalet Bakanlığına"]


def test_a_text_box_kept_twice_for_older_versions_is_read_once() -> None:
    box = BOX.format(p("GİZLİ") + p("Nüsha 1"))
    both = (
        "<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><a:graphic><a:graphicData>"
        f"<wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:shape><v:textbox>{box}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>"
    )
    extracted = extract_lines(word(f"<w:p><w:r>{both}</w:r>{r('T.C.')}</w:p>"))
    assert inked(extracted) == ["GİZLİ", "Nüsha 1", "T.C."]
    first, second, third = (line.cells[0].table for line in extracted.pages.lines)
    assert first is not None and first == second and third is None


def test_automatic_letters_restart_and_nest_as_word_prints_them() -> None:
    body = (
        numbered("birinci") + numbered("ikinci") + numbered("alt", 1) + numbered("alt iki", 1) + numbered("üçüncü")
        + numbered("alt", 1) + p("Ek:") + numbered("ek bir", number=2) + numbered("ek iki", number=2)
    )  # fmt: skip
    assert lines(word(body, numbering=LETTERED)) == [
        "a) birinci", "b) ikinci", "b.i. alt", "b.ii. alt iki", "c) üçüncü", "c.i. alt",
        "Ek:", "a) ek bir", "b) ek iki",
    ]  # fmt: skip


def test_a_number_that_the_style_gives_is_printed_and_one_that_the_paragraph_takes_away_is_not() -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="L"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="M"><w:basedOn w:val="L"/></w:style>'
    )
    body = (
        p("birinci", '<w:pStyle w:val="M"/>')
        + p("ara", '<w:pStyle w:val="M"/><w:numPr><w:numId w:val="0"/></w:numPr>')
        + p("ikinci", '<w:pStyle w:val="M"/>')
    )
    assert lines(word(body, styles=styles, numbering=LETTERED)) == ["a) birinci", "ara", "b) ikinci"]


def test_bullets_of_symbol_fonts_are_bullets() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
        '<w:lvlText w:val="\uf0b7"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    assert lines(word(numbered("Adalet Bakanlığına"), numbering=numbering)) == ["• Adalet Bakanlığına"]


def test_merged_cells_appear_once_and_the_others_stay_in_their_columns() -> None:
    body = table(
        tc(p("Gereği"), '<w:gridSpan w:val="2"/>') + tc(p("Bilgi")),
        tc(p("A")) + tc(p("B")) + tc(p("C"), '<w:vMerge w:val="restart"/>'),
        tc(p("D")) + tc(p("E")) + tc(p("hidden below"), "<w:vMerge/>"),
    )
    extracted = extract_lines(word(body))
    assert inked(extracted) == ["Gereği | Bilgi", "A | B | C", "D | E"]
    heading, first, _ = extracted.pages.lines
    assert heading.cells[1].column == first.cells[2].column


def test_a_row_that_begins_late_stays_under_its_column() -> None:
    late = f'<w:trPr><w:gridBefore w:val="1"/></w:trPr>{tc(p("Dışişleri Bakanlığına"))}'
    extracted = extract_lines(word(table(tc(p("Gereği")) + tc(p("Bilgi")), late)))
    heading, row = extracted.pages.lines
    assert row.cells[0].column == heading.cells[1].column


def test_a_nested_table_stands_inside_its_cell() -> None:
    inner = table(tc(p("Gereği")) + tc(p("Bilgi")), tc(p("A Bakanlığına")) + tc(p("B Bakanlığına")))
    extracted = extract_lines(word(table(tc(p("Dağıtım")) + tc(inner + "<w:p/>"))))
    assert inked(extracted) == ["Dağıtım | Gereği | Bilgi", "A Bakanlığına | B Bakanlığına"]
    assert extracted.pages.lines[1].cells[0].column == extracted.pages.lines[0].cells[1].column


def test_lines_of_one_cell_have_its_number() -> None:
    extracted = extract_lines(word(table(tc(p("Çevre ve") + p("Şehircilik")) + tc(p("Ticaret")))))
    (first, other), (second,) = (line.cells for line in extracted.pages.lines)
    assert first.table == second.table != other.table


def test_the_headers_of_first_and_even_pages_are_read_where_they_are_switched_on() -> None:
    def section(title: str) -> str:
        names = {"first": "header1", "default": "header2", "even": "header3"}
        named = "".join(f'<w:headerReference w:type="{k}" r:id="r{v}"/>' for k, v in names.items())
        return f'<w:sectPr>{named}<w:footerReference w:type="default" r:id="rfooter1"/>{title}</w:sectPr>'

    headers = {"header1": p("T.C."), "header2": p("Sayfa başı"), "header3": p("Çift"), "footer1": p("Adres")}
    on = "<w:evenAndOddHeaders/>"
    both = word(p("Metin") + section("<w:titlePg/>"), settings=on, **headers)
    assert lines(both) == ["T.C.", "Metin", "Sayfa başı", "Çift", "Adres"]
    neither = word(p("Metin") + section(""), settings='<w:evenAndOddHeaders w:val="0"/>', **headers)
    assert lines(neither) == ["Sayfa başı", "Metin", "Adres"]


def test_footnotes_are_read_and_comments_are_not() -> None:
    body = f'<w:p>{r("Metin")}<w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:commentReference w:id="0"/></w:r></w:p>'
    notes = f'<w:footnote w:id="0">{p("ayraç")}</w:footnote><w:footnote w:id="2">{p("Dipnot")}</w:footnote>'
    assert lines(word(body, footnotes=notes, comments=f'<w:comment w:id="0">{p("yorum")}</w:comment>')) == [
        "Metin",
        "Dipnot",
    ]


def test_signs_of_word_are_written_as_signs() -> None:
    body = (
        f"<w:p>{r('E')}<w:r><w:noBreakHyphen/></w:r>{r('1')}<w:r><w:tab/></w:r>{r('x')}<w:r><w:br/></w:r>{r('i̇zin')}"
        '<w:r><w:sym w:font="Wingdings" w:char="F0A7"/></w:r></w:p>'
    )
    assert lines(word(body)) == ["E-1 | x", "izin•"]


def test_capitals_by_formatting_follow_the_turkish_alphabet() -> None:
    assert lines(word(f"<w:p>{r('ilgili ışık', '<w:caps/>')}</w:p>")) == ["İLGİLİ IŞIK"]


def test_pages_begin_at_breaks_but_not_twice_at_one() -> None:
    body = (
        p("bir") + '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
        + f"<w:p><w:r><w:lastRenderedPageBreak/></w:r>{r('iki')}</w:p>" + p("üç", "<w:pageBreakBefore/>")
    )  # fmt: skip
    extracted = extract_lines(word(body))
    assert [(line.text, line.page) for line in extracted.pages.lines if line.cells] == [
        ("bir", 1),
        ("iki", 2),
        ("üç", 3),
    ]
    assert extracted.lines.count("\f") == 2


def test_what_word_files_embed_is_named() -> None:
    large = (
        '<w:drawing><wp:inline><wp:extent cx="5000000" cy="5000000"/><a:graphic><a:graphicData><pic:pic/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    watermark = '<w:pict><v:shape><v:textpath string="TASLAK"/></v:shape></w:pict>'
    body = p("Metin") + f"<w:p><w:r>{large}</w:r><w:r>{watermark}</w:r></w:p><w:altChunk/>"
    assert reasons(word(body)) == [(1, "picture"), (1, "angle"), (1, "embedded")]
    assert "TASLAK" not in " ".join(lines(word(body)))


@pytest.mark.parametrize("main", ["word/document.xml", "word/document2.xml", "yazi/metin.xml"])
def test_the_main_part_has_any_name(main: str) -> None:
    assert lines(word(p("Metin"), main=main)) == ["Metin"]


def test_a_strict_file_is_read() -> None:
    archive = zipfile.ZipFile(io.BytesIO(word(p("Metin"))))
    parts = {name: archive.read(name).replace(W.encode(), STRICT.encode()) for name in archive.namelist()}
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
    assert lines(zipped(parts)) == ["Metin"]


def test_a_file_without_readable_text_says_why() -> None:
    for content, code in (
        (word(""), "no_text_layer"),
        (zipped({"word/styles.xml": "<x/>"}), "damaged"),
        (zipped({"word/document.xml": "<w:document"}), "damaged"),
        (zipped({"word/document.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), "damaged"),
    ):
        with pytest.raises(UnreadableFile) as caught:
            extract_lines(content)
        assert caught.value.code == code and caught.value.kind == FileKind.UNKNOWN
