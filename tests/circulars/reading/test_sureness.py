"""How sure the reader is: second readings, unread parts, recognised pages; and the repair of recognised text."""

import dataclasses

import pytest

from circulars.reading import ReadLetter, read_letter
from circulars.reading.parser import parse_pages
from circulars.reading.source.page import Pages, Unread
from circulars.reading.source.plain.pages import text_pages
from circulars.reading.text.cells import drawn
from circulars.reading.text.cleaning import clean_lines
from circulars.reading.text.repair import is_recognised, repaired
from tests.circulars.own_letters import FOLDER, own_letters

LETTER = (FOLDER / "two_columns.txt").read_text(encoding="utf-8")
RECOGNISED = """T.C.
GEDlZ KAYMAKAMLlĞl
llçe Sağlık Müdürlüğü

Sayı : 8341 7296-249-1 1 08                                         04. 06.2O19
Konu : Haşere llaçlaması

                          DAĞITIM YERLERlNE

llgi : 2l .05.20l9 tarihli ve 41 82 sayılı yazınız.

   İlgi yazınız ekinde yer alan program uygulanacaktır. Okul bahçeleri de bu programa göre ilaçlanacak
olup gereken bilgi birimlerce verilecektir.

   Bilgilerinizi ve gereğini arz ederim.

                                                            Tevfika ÜZÜMCÜ
                                                            llçe Sağlık Müdürü

Dağıtım :
Gediz Belediye Başkan lığına
İlçe Tarım ve 0rman Müdürlüğüne
"""


def pages_of(lines: list[str]) -> Pages:
    return text_pages(list(enumerate(lines, start=1)))


def read(text: str, **parts: object) -> ReadLetter:
    pages = dataclasses.replace(pages_of(clean_lines(text)), **parts)  # type: ignore[arg-type]
    return parse_pages(pages, placed=[])


@pytest.mark.parametrize("path", own_letters(), ids=lambda path: path.name)
def test_lines_become_cells_and_lines_again(path: object) -> None:
    text = getattr(path, "read_bytes")().decode("utf-8", errors="replace")  # noqa: B009
    lines = [line for line in clean_lines(text) if line != "\f"]
    assert drawn(pages_of(lines)) == lines


def test_a_crowded_row_keeps_its_columns() -> None:
    pages = pages_of(["Gereği:             Bilgi:"])
    left, right = pages.lines[0].cells
    long = dataclasses.replace(left, text="Çevre, Şehircilik Bakanlığına")
    row = dataclasses.replace(pages.lines[0], number=2, cells=(long, right))
    head, crowded = drawn(Pages([pages.lines[0], row]))
    assert head.index("Bilgi:") == crowded.index("Bilgi:")


def test_lines_and_pages_give_the_same_letter() -> None:
    from_file = dataclasses.replace(read_letter(LETTER.encode()), found={}, source_text="")
    assert from_file.readable
    assert from_file == dataclasses.replace(read(LETTER), found={})


def test_nothing_that_an_unread_part_may_hold_is_sure() -> None:
    sure = {name for name, found in read(LETTER).found.items() if found.sure}
    assert {"secrecy", "action_recipients", "attachments", "number"} <= sure
    partly = read(LETTER, unread=[Unread(1, "text_box")])
    for name in ("secrecy", "urgency", "attachments", "action_recipients", "info_recipients"):
        assert (partly.found[name].sure, partly.found[name].reason) == (False, "unread_part"), name
    assert partly.found["number"].sure


def test_no_field_of_a_recognised_page_is_sure() -> None:
    letter = read(LETTER, recognised=frozenset({1}))
    assert letter.number == read(LETTER).number
    assert not any(found.sure for found in letter.found.values())
    assert letter.found["subject"].reason == "repaired"


def test_recognised_text_is_repaired_and_doubted() -> None:
    letter = read(RECOGNISED)
    assert letter.issuer_lines == ["GEDİZ KAYMAKAMLIĞI", "İlçe Sağlık Müdürlüğü"]
    assert (letter.number, str(letter.date)) == ("83417296-249-1108", "2019-06-04")
    assert letter.subject == "Haşere İlaçlaması"
    assert letter.references == ["21.05.2019 tarihli ve 4182 sayılı yazınız."]
    assert letter.action_recipients == ["Gediz Belediye Başkanlığına", "İlçe Tarım ve Orman Müdürlüğüne"]
    for name in ("number", "date", "subject", "references", "action_recipients"):
        assert not letter.found[name].sure, name


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("BELEDlYE BAŞKANLlĞlNA", "BELEDİYE BAŞKANLIĞINA"),
        ("yer1erin i1açlanması", "yerlerin ilaçlanması"),
        ("0rman Müdürlüğüne", "Orman Müdürlüğüne"),
        ("l2.03.2O18", "12.03.2018"),
        ("(İl Emniyet Müdürlüğü)", "(İl Emniyet Müdürlüğü)"),
        (
            "Doğrulama Kodu: 7c0e51d2-83aa-4b16-9e4f-d1029b6ac733",
            "Doğrulama Kodu: 7c0e51d2-83aa-4b16-9e4f-d1029b6ac733",
        ),
        ("Sayı : E-98167286-556.99-586791", "Sayı : E-98167286-556.99-586791"),
        ("B.05.0.NÜV.0.10.00.02-123/48816", "B.05.0.NÜV.0.10.00.02-123/48816"),
        ("https://www.turkiye.gov.tr/1ll0", "https://www.turkiye.gov.tr/1ll0"),
    ],
)
def test_only_what_cannot_be_right_is_repaired(line: str, expected: str) -> None:
    assert repaired(line) == expected


@pytest.mark.parametrize("name", ["two_columns.txt", "due_date.txt", "old_number.txt", "list_page.txt"])
def test_a_clean_letter_is_not_taken_for_a_recognised_one(name: str) -> None:
    assert not is_recognised((FOLDER / name).read_text(encoding="utf-8").splitlines())


def test_lists_below_both_headings_are_doubted_and_have_a_second_reading() -> None:
    head = LETTER[: LETTER.index("Gereği")]
    names = ["81 İl Valiliğine", "Türkiye Belediyeler Birliği Başkanlığına", "İLBANK A.Ş. Genel Müdürlüğüne"]
    letter = read(head + "Gereği:\nBilgi:\n" + "\n".join(names) + "\n")
    found = letter.found["action_recipients"], letter.found["info_recipients"]
    assert [each.reason for each in found] == ["columns", "columns"]
    assert sorted(letter.action_recipients + letter.info_recipients) == sorted(names)
    second = [*found[0].second.split("\n"), *found[1].second.split("\n")]
    assert sorted(second) == sorted(names)
    assert found[0].second != "\n".join(letter.action_recipients)


def test_a_text_that_cites_more_than_was_found_leaves_the_references_in_doubt() -> None:
    text = LETTER.replace("Konu", "İlgi : 12.03.2024 tarihli ve 4411 sayılı yazı.\nKonu", 1)
    assert read(text).found["references"].reason != "cites_more"
    body = read(LETTER).body.split(" ")[0]
    more = LETTER.replace(body, f"İlgi (c) yazıda belirtildiği üzere {body.lower()}", 1)
    assert read(more).found["references"].reason == "cites_more"
