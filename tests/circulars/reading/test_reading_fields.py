"""Details of a letter: parts of the number, cited letters, due times, signers, warnings and positions."""

import datetime
import json
from pathlib import Path

import pytest

from circulars.number import NumberParts, number_parts
from circulars.reading import ReadLetter, read_letter
from circulars.reading.fields.citation import Cited, Extent, read_cited, read_extent
from circulars.reading.fields.due import Due, read_due
from circulars.reading.source.places import Places
from circulars.reading.text.cleaning import source_lines
from tests.circulars.own_letters import FOLDER, as_file, own_letters, truth_of


def read(name: str) -> ReadLetter:
    file_name, content = as_file(FOLDER / name)
    return read_letter(content, file_name)


def comparable(value: object) -> object:
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return " ".join(value.split()).rstrip(".") if isinstance(value, str) else value


@pytest.mark.parametrize("path", own_letters(), ids=lambda path: path.name)
def test_each_of_our_letters_is_read_as_in_its_ground_truth(path: Path) -> None:
    truth = json.loads(truth_of(path).read_text(encoding="utf-8"))
    name, content = as_file(path)
    read = read_letter(content, name).as_truth()
    assert read["readable"] == truth["readable"]
    for field in truth if truth["readable"] else ():
        expected, got = comparable(truth[field]), comparable(read[field])
        if field.endswith("recipients"):
            assert isinstance(expected, list) and isinstance(got, list)
            expected, got = sorted(expected), sorted(got)
        assert got == expected, field


@pytest.mark.parametrize(
    ("number", "parts"),
    [
        ("E-98167286-556.99-586791", NumberParts("E", "98167286", "556.99", "586791")),
        ("Z-12345678-010.06.01-7", NumberParts("Z", "12345678", "010.06.01", "7")),
        ("O-12345678-100[A.12]-7", NumberParts("O", "12345678", "100", "7")),
        ("98167286-010.06-E.2174", None),
        ("B.08.4.MEM.0.55.00.06-125/31766", None),
        ("E-9816728-556-1", None),
        ("E-98167286-55-1", None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_number_of_todays_shape_has_parts(number: str | None, parts: NumberParts | None) -> None:
    assert number_parts(number) == parts


@pytest.mark.parametrize(
    ("line", "cited"),
    [
        (
            "03.02.2017 tarihli ve 94949537-160.03-E.23811 sayılı yazımız.",
            Cited("94949537-160.03-E.23811", datetime.date(2017, 2, 3)),
        ),
        (
            "12/6/2009 tarih ve B.16.0.KVM.0.11.00.02-160.03/118452 sayılı yazı.",
            Cited("B.16.0.KVM.0.11.00.02-160.03/118452", datetime.date(2009, 6, 12)),
        ),
        ("01.09.2021 tarihli dilekçeniz.", Cited(None, datetime.date(2021, 9, 1))),
        ("5393 sayılı Belediye Kanunu.", Cited()),
        (
            "28.08.2007 tarihli ve 26627 sayılı Resmî Gazete'de yayımlanan Yönetmelik.",
            Cited(None, datetime.date(2007, 8, 28)),
        ),
    ],
)
def test_a_reference_names_the_letter_that_it_cites(line: str, cited: Cited) -> None:
    assert read_cited(line) == cited


@pytest.mark.parametrize(
    ("title", "extent"),
    [
        ("Yeni Görseller (1 Sayfa)", Extent(1, "sheets")),
        ("Denetim Tutanağı (1 Adet CD)", Extent(1, "cd")),
        ("Koordinat Dosyası (1 Adet USB Bellek)", Extent(1, "cd")),
        ("Haritalar (6 Pafta)", Extent(6, "pieces")),
        ("Form (12 adet)", Extent(12, "pieces")),
        ("2023 Yılı Listesi", None),
    ],
)
def test_an_attachment_has_a_count_and_a_kind(title: str, extent: Extent | None) -> None:
    assert read_extent(title) == extent


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("5 (beş) iş günü içinde", Due("5 (beş) iş günü içinde", working_days=5)),
        ("on beş gün içinde", Due("on beş gün içinde", calendar_days=15)),
        ("2 hafta içinde", Due("2 hafta içinde", calendar_days=14)),
        (
            "20.12.2022 günü saat 17.00'ye kadar",
            Due("20.12.2022 günü saat 17.00'ye kadar", datetime.date(2022, 12, 20), datetime.time(17)),
        ),
        (
            "en geç 15 Mayıs 2024 tarihine kadar",
            Due("en geç 15 Mayıs 2024 tarihine kadar", datetime.date(2024, 5, 15)),
        ),
        ("1 ay içinde", Due("1 ay içinde", months=1)),
        ("bir ay içinde", Due("bir ay içinde", months=1)),
        ("yirmi beş gün içinde", Due("yirmi beş gün içinde", calendar_days=25)),
        (
            "30.11.2026-04.12.2026 tarihleri arasında",
            Due("30.11.2026-04.12.2026 tarihleri arasında", datetime.date(2026, 12, 4)),
        ),
        (
            "1 Aralık 2026 ile 11 Aralık 2026 tarihleri arasında",
            Due("1 Aralık 2026 ile 11 Aralık 2026 tarihleri arasında", datetime.date(2026, 12, 11)),
        ),
        (
            "11.12.2026 Cuma günü mesai bitimine kadar",
            Due(
                "11.12.2026 Cuma günü mesai bitimine kadar",
                datetime.date(2026, 12, 11),
                datetime.time(17, 30),
                closes=True,
            ),
        ),
        (
            "28.10.2026 mesai bitimine kadar",
            Due(
                "28.10.2026 mesai bitimine kadar", datetime.date(2026, 10, 28), datetime.time(13), closes=True
            ),
        ),
        ("15 Aralık'a kadar", Due("15 Aralık'a kadar")),
    ],
)
def test_a_time_limit_is_a_day_or_a_number_of_days(words: str, due: Due) -> None:
    assert read_due(words) == due


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        (datetime.date(2026, 11, 24), datetime.date(2026, 12, 15)),
        (datetime.date(2026, 12, 20), datetime.date(2027, 12, 15)),
    ],
)
def test_a_day_without_a_year_is_the_next_one(sent: datetime.date, day: datetime.date) -> None:
    assert read_due("15 Aralık’a kadar", sent) == Due("15 Aralık’a kadar", day)


def test_of_two_signers_the_second_is_kept_with_the_title() -> None:
    letter = read("universite_iki_imza.txt")
    assert letter.signatory_name == "Prof. Dr. Turgut ALACA"
    assert [(signer.name, signer.titles) for signer in letter.other_signers] == [
        ("Nihal BOZDEMİR", ["Genel Sekreter V."])
    ]


def test_an_approval_is_signed_and_dated_by_the_one_who_approves() -> None:
    letter = read("belediye_olur.txt")
    assert (letter.signatory_name, letter.date) == ("Murat Can ERDEMİR", datetime.date(2024, 4, 15))
    assert {signer.name for signer in letter.other_signers} == {"Figen ÖZALP", "Levent TOKGÖZ"}


def test_a_forbidden_word_of_urgency_is_named_and_is_no_urgency() -> None:
    letter = read("ivedi_eski_damga.txt")
    assert (letter.urgency, letter.forbidden_urgency) == (None, "ÇOK İVEDİ")
    assert letter.found["urgency"].reason == "forbidden_urgency"


def test_contact_block_and_verification_address_are_read() -> None:
    letter = read("kaymakamlik_saatli.txt")
    assert letter.contact_lines[-2:] == ["Bilgi için: Hatice SOYLU", "Veri Hazırlama ve Kontrol İşletmeni"]
    assert read("universite_iki_imza.txt").verification_address == "https://www.turkiye.gov.tr/kbu-ebys"


@pytest.mark.parametrize(
    ("name", "field", "reason"),
    [
        ("genelge_numarali.txt", "date", "not_found"),
        ("kayit_damgali_uc_imza.txt", "date", "stamp_date"),
        ("is_gunu_icinde.txt", "due_text", "due_in_days"),
        ("due_date.txt", "due_text", "due_close_of_business"),
        ("nbsp_yumusak.txt", "verification_code", "not_found"),
    ],
)
def test_an_uncertain_field_has_a_reason(name: str, field: str, reason: str) -> None:
    found = read(name).found[field]
    assert (found.sure, found.reason) == (False, reason)


def test_recipients_outside_the_columns_have_a_warning() -> None:
    text = (FOLDER / "two_columns.txt").read_text(encoding="utf-8")
    running = "\n".join(" ".join(line.split()) for line in text.splitlines())
    assert read_letter(running.encode()).found["action_recipients"].reason == "columns"


def test_an_attachment_named_only_in_the_body_gives_a_warning() -> None:
    text = (
        (FOLDER / "two_columns.txt").read_text(encoding="utf-8").replace("Ek: İzleme Tablosu (3 Sayfa)", "")
    )
    assert read_letter(text.encode()).found["attachments"].reason == "text_names_attachment"


def test_lost_letters_are_reported() -> None:
    text = (FOLDER / "two_columns.txt").read_text(encoding="utf-8").replace("Tasarruf\n", "Tasa\ufffdruf\n")
    assert read_letter(text.encode()).found["subject"].reason == "lost_letters"


@pytest.mark.parametrize("path", own_letters(), ids=lambda path: path.name)
def test_every_field_that_was_read_has_its_position(path: Path) -> None:
    letter = read(path.name)
    lines = source_lines(letter.source_text)
    for name, found in letter.found.items():
        assert bool(found.spans) == bool(
            getattr(letter, name) or (name == "urgency" and letter.forbidden_urgency)
        )
        assert all(1 <= span.line <= len(lines) for span in found.spans)


def test_a_position_is_the_line_of_the_value() -> None:
    letter = read("two_columns.txt")
    lines = source_lines(letter.source_text)
    assert [lines[span.line - 1].split()[0] for span in letter.found["number"].spans] == ["Sayı"]
    assert [span.line for span in letter.found["subject"].spans] == [7, 8]
    recipients = [lines[span.line - 1] for span in letter.found["info_recipients"].spans]
    assert "Strateji Geliştirme Başkanlığına" in recipients[0]
    assert "Enerji İşleri Genel Müdürlüğüne" in recipients[-1]


def test_on_a_page_the_position_is_a_box_around_the_words() -> None:
    letter = read("pdf_iki_sutun.html")
    left = letter.found["action_recipients"].spans
    right = letter.found["info_recipients"].spans
    assert {span.page for span in [*left, *right]} == {1}
    assert max(span.box[2] for span in left if span.box) < min(span.box[0] for span in right if span.box)


class CountingPlaces(Places):
    """Counts the characters that searches may scan."""

    looked_at = 0

    def find(self, value: str, start: int = 0, reach: int | None = None) -> tuple[int, int] | None:
        found = super().find(value, start, reach)
        rest = len(self._text) - start
        CountingPlaces.looked_at += found[1] - start if found else min(rest if reach is None else reach, rest)
        return found


def test_searching_places_grows_no_faster_than_the_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty times the recipients and the body: at most twenty-five times the characters scanned."""
    monkeypatch.setattr("circulars.reading.parser.Places", CountingPlaces)
    text = (FOLDER / "due_date.txt").read_text(encoding="utf-8")
    work = []
    for times in (200, 4000):
        CountingPlaces.looked_at = 0
        more = "\n".join(f"- {number}. Bölge Müdürlüğüne" for number in range(times))
        line = "Nisan ayında görülen zirai don nedeniyle inceleme yapılacaktır.\n"
        read_letter(
            text.replace("DAĞITIM:\n", f"DAĞITIM:\n{more}\n").replace("Nisan", line * times, 1).encode()
        )
        work.append(CountingPlaces.looked_at)
    assert work[1] <= 25 * work[0]
