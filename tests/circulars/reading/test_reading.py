"""Reading letters: the seed letter, sample letters and hostile input."""

import datetime
import io
import json
import time
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter

from circulars.reading import ReadLetter, UnreadableFile, read_letter
from circulars.reading.source import extract

ROOT = Path(__file__).parents[3]
OWN_LETTERS = ROOT / "tests" / "letters"
SHARED = ROOT.parent / "shared" / "samples"
SEED = SHARED / "seed-letter.txt"
LETTERS = sorted(
    path
    for folder in (OWN_LETTERS, SHARED / "letters")
    for path in folder.glob("*")
    if path.suffix in {".txt", ".pdf"} and path.with_suffix(".json").exists()
)
TRUTH_FIELDS = tuple(ReadLetter(readable=False).as_truth())
NOT_LETTERS = {
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "photo": b"\xff\xd8\xff\xe0" + bytes(200),
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "noise": bytes(range(256)) * 8,
}


def own(name: str) -> bytes:
    return (OWN_LETTERS / name).read_bytes()


def comparable(value: object) -> object:
    """Text normalised for comparison with the ground truth: white space and the final full stop are ignored."""
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return " ".join(value.split()).rstrip(".") if isinstance(value, str) else value


def code_of(content: bytes, name: str = "letter.pdf") -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_letter(content, name)
    assert caught.value.message
    return caught.value.code


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.name)
def test_a_letter_is_read_as_in_its_ground_truth(path: Path) -> None:
    truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    read = read_letter(path.read_bytes(), path.name).as_truth()
    if not truth["readable"]:
        assert read == ReadLetter(readable=False).as_truth()
        return
    for name in TRUTH_FIELDS:
        expected, got = comparable(truth.get(name)), comparable(read[name])
        if name.endswith("recipients"):
            assert isinstance(expected, list) and isinstance(got, list)
            expected, got = sorted(expected), sorted(got)
        assert got == expected, name


@pytest.mark.parametrize("path", [SEED] if SEED.exists() else [], ids=lambda path: path.name)
def test_the_seed_letter_is_read_completely(path: Path) -> None:
    letter = read_letter(path.read_bytes(), path.name)
    assert letter.readable
    assert letter.issuer_lines == [
        "ÇALIŞMA VE SOSYAL GÜVENLİK BAKANLIĞI",
        "Uluslararası İşgücü Genel Müdürlüğü",
    ]
    assert (letter.urgency, letter.secrecy, letter.due_text) == ("ACELE", None, None)
    assert (letter.number, letter.circular_number, letter.date) == ("E-98167286-556.99-586791", None, None)
    assert letter.subject == "Çalışma İzni Belgelerinin Yeni Tasarımı"
    assert letter.addressee == "DAĞITIM YERLERİNE"
    assert letter.references == []
    assert letter.signatory_name == "Yunus ÖZ"
    assert letter.signatory_title_lines == ["Bakan a.", "Uluslararası İşgücü Genel Müdürü"]
    assert letter.attachments == ["Yeni Tasarım Çalışma İzinleri Görselleri (1 Sayfa)"]
    assert len(letter.action_recipients) == 21
    assert letter.action_recipients[0] == "Cumhurbaşkanlığına (Yatırım ve Finans Ofisi Başkanlığı)"
    assert letter.action_recipients[3] == "Çevre, Şehircilik ve İklim Değişikliği Bakanlığına"
    assert letter.action_recipients[-3:] == [
        "81 İl Valiliklerine",
        "Çalışma ve İş Kurumu İl Müdürlüklerine",
        "Sosyal Güvenlik İl Müdürlüklerine",
    ]
    assert letter.info_recipients == [
        "Dış İlişkiler ve Avrupa Birliği Genel Müdürlüğüne",
        "Hukuk Hizmetleri Genel Müdürlüğüne",
        "Rehberlik ve Teftiş Başkanlığına",
        "Türkiye İş Kurumu Genel Müdürlüğüne",
        "Sosyal Güvenlik Kurumu Başkanlığına",
    ]
    assert letter.verification_code == "C83D0160-E693-4EFC-880C-892486C24648"
    assert letter.verification_address == "https://www.turkiye.gov.tr/"
    assert len(letter.body.split("\n\n")) == 8
    assert letter.body.startswith("Bilindiği üzere") and letter.body.endswith("arz/rica ederim.")
    assert "HAYALO" not in letter.body


def test_the_body_continues_after_a_footer_in_its_middle() -> None:
    letter = read_letter(own("list_page.txt"))
    assert letter.body.startswith("İlgi (a) Kanun") and letter.body.endswith("arz/rica ederim.")
    assert "Doğrulama" not in letter.body and "SEZGİ" not in letter.body


def test_a_dated_letter_gives_the_words_of_its_time_limit() -> None:
    letter = read_letter(own("due_date.txt"))
    assert letter.due_text == "en geç 16.05.2025 Cuma günü mesai bitimine kadar"


def test_a_letter_that_is_not_dated_has_no_time_limit() -> None:
    assert read_letter(own("two_columns.txt")).due_text is None


@pytest.mark.parametrize("grade", ["GİZLİ", "ÇOK GİZLİ", "HİZMETE ÖZEL"])
def test_the_secrecy_grade_is_reported_so_that_it_can_be_refused(grade: str) -> None:
    text = own("due_date.txt").decode()
    assert read_letter(f"{grade}\n\n{text}\n{grade}\n".encode()).secrecy == grade


@pytest.mark.parametrize(
    "printed",
    [
        "13/8/2016",
        "13.08.2016",
        "13 Ağustos 2016",
        "13 AĞUSTOS 2016",
        "Tarih: 13.8.2016",
        "Ankara, 13.08.2016",
    ],
)
def test_a_date_is_read_in_every_printed_form(printed: str) -> None:
    text = own("person.txt").decode().replace("30.09.2022", "   " + printed)
    letter = read_letter(text.encode())
    assert letter.date == datetime.date(2016, 8, 13)
    assert letter.number == "Z-19470628-804.01-6613"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("E-98167286-010.06.01-2174", None),
        ("98167286-010.06-E.2174", None),
        ("B.05.0.NÜV.0.10.00.02-123/48816", None),
        ("71037622-325.99/ 20418", None),
    ],
)
def test_no_part_of_a_number_becomes_the_date(number: str, expected: datetime.date | None) -> None:
    text = own("person.txt").decode().replace("Z-19470628-804.01-6613 30.09.2022", number)
    letter = read_letter(text.encode())
    assert (letter.number, letter.date) == (number, expected)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1254", "iso-8859-9"]
)
def test_every_usual_encoding_gives_the_same_letter(encoding: str) -> None:
    text = own("two_columns.txt").decode()
    assert read_letter(text.encode(encoding)).as_truth() == read_letter(text.encode()).as_truth()


@pytest.mark.parametrize("end", ["\r\n", "\r", "\u2028", "\x85"])
def test_every_line_end_gives_the_same_letter(end: str) -> None:
    text = own("two_columns.txt").decode()
    assert read_letter(text.replace("\n", end).encode()).as_truth() == read_letter(text.encode()).as_truth()


def test_decomposed_letters_and_soft_hyphens_do_not_matter() -> None:
    text = own("old_number.txt").decode()
    disguised = (
        text.replace("İ", "I\u0307").replace("Valiliklere", "Vali\u00adlik\u00adlere").replace(" ", "\u00a0")
    )
    assert read_letter(disguised.encode()).as_truth() == read_letter(text.encode()).as_truth()


def test_text_garbled_by_character_recognition_is_not_readable() -> None:
    spoilt = own("due_date.txt").decode().translate(str.maketrans("aeıilnğş", "@3|1!^9$"))
    letter = read_letter(spoilt.encode())
    assert letter.as_truth() == ReadLetter(readable=False).as_truth()


def test_a_text_that_is_no_letter_is_not_readable() -> None:
    assert not read_letter("Yarın saat üçte toplantı var, bilgi için arayın.".encode()).readable


def test_a_word_file_with_a_table_of_two_columns_is_read() -> None:
    document = docx.Document()
    for line in (
        "T.C.",
        "TİCARET BAKANLIĞI",
        "İç Ticaret Genel Müdürlüğü",
        "",
        "Sayı : E-49382716-401.05-1032\t05.03.2025",
        "Konu : Fuar İzinleri",
        "",
        "DAĞITIM YERLERİNE",
        "",
        "Fuar izinlerine ait yeni esaslar ekte gönderilmiş olup"
        " ilgililere duyurulması hususunda gereğini rica ederim.",
        "",
        "Cemal AYDINLI",
        "Bakan a.",
        "Genel Müdür",
        "",
        "Ek: Esaslar (2 Sayfa)",
        "",
        "Dağıtım:",
    ):
        document.add_paragraph(line)
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Gereği:", "Bilgi:"
    table.cell(1, 0).text = "81 İl Valiliğine\n(Ticaret İl Müdürlüğü)\nTOBB Başkanlığına"
    table.cell(1, 1).text = "Rehberlik ve Teftiş Başkanlığına"
    file = io.BytesIO()
    document.save(file)
    letter = read_letter(file.getvalue(), "letter.docx")
    assert (letter.number, letter.date) == ("E-49382716-401.05-1032", datetime.date(2025, 3, 5))
    assert letter.action_recipients == ["81 İl Valiliğine (Ticaret İl Müdürlüğü)", "TOBB Başkanlığına"]
    assert letter.info_recipients == ["Rehberlik ve Teftiş Başkanlığına"]


@pytest.mark.parametrize("content", [b"", b" \r\n\t", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert code_of(content) == "empty"


def test_a_file_over_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract, "MAX_BYTES", 1000)
    assert code_of(b"a" * 1001) == "too_large"


@pytest.mark.parametrize("content", NOT_LETTERS.values(), ids=NOT_LETTERS.keys())
def test_the_content_and_not_the_name_tells_what_a_file_is(content: bytes) -> None:
    assert code_of(content, "letter.pdf") == "not_a_letter_file"


def test_an_archive_without_a_document_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("notes.txt", "x")
    assert code_of(file.getvalue(), "letter.docx") == "not_a_letter_file"


def test_a_truncated_word_file_is_damaged() -> None:
    file = io.BytesIO()
    docx.Document().save(file)
    assert code_of(file.getvalue()[:-400], "letter.docx") == "damaged"


def test_a_broken_pdf_is_damaged() -> None:
    assert code_of(b"%PDF-1.7\nnothing of the kind") == "damaged"


def test_a_pdf_without_text_is_reported_as_such() -> None:
    assert code_of(blank_pdf()) == "no_text_layer"


def test_a_pdf_with_a_password_is_reported_as_such() -> None:
    assert code_of(blank_pdf(password="secret")) == "encrypted"


def blank_pdf(password: str | None = None) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.binary(max_size=3000)
    | st.binary(max_size=800).map(lambda b: b"%PDF-1.4\n" + b)
    | st.binary(max_size=800).map(lambda b: b"PK\x03\x04" + b)
)
def test_no_bytes_raise_anything_but_unreadable_file(content: bytes) -> None:
    try:
        read_letter(content, "any")
    except UnreadableFile as error:
        assert error.code


PIECES = [
    "T.C.",
    "Sayı : E-12345678-010-1",
    "Konu : A",
    "DAĞITIM YERLERİNE",
    "İlgi : a) x",
    "ederim.",
    "Ali VELİ",
    "Ek:",
    "Dağıtım:",
    "Gereği: Bilgi:",
    "Gereği:",
    "Bilgi:",
    "(",
    ")",
    "\f",
    "- ",
    "1.",
    "",
    "Valiliğine",
    "DAĞITIM LİSTESİ",
    "Bilgi için: A",
    "Tel: (312) 555 11 11",
    "GENELGE",
    "2012/3",
    "12.12.2012",
    "|a|b|",
    "    x    y",
    "GÜNLÜDÜR",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=40), st.sampled_from(["\n", " "]))
def test_no_arrangement_of_blocks_raises(pieces: list[str], glue: str) -> None:
    try:
        read_letter(glue.join(pieces).encode(errors="replace"))
    except UnreadableFile as error:
        assert error.code in {"empty", "not_a_letter_file"}


@pytest.mark.parametrize(
    "atom",
    ["(", "....", "- ", "x\n", "ederim.\n", "T.C.\n", "(a\n", "Ad SOYAD ", "Ek: ", "* ", "12.12.2012 "],
)
def test_hostile_repetition_costs_linear_time(atom: str) -> None:
    """Ten times the usual length in bounded time; a quadratic step would take minutes."""
    text = own("due_date.txt").decode().replace("DAĞITIM:", f"{atom * (40_000 // len(atom))}\nDAĞITIM:")
    start = time.monotonic()
    read_letter(text.encode())
    assert time.monotonic() - start < 10
