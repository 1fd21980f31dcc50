"""The shared samples as a whole, and the small inputs of which each has one peculiarity."""

import datetime
import json
from pathlib import Path

import pytest

from circulars.reading import ReadLetter, UnreadableFile, read_letter
from tests.circulars.reading.generated.comparing import FIELDS, RECIPIENTS, norm, wrong_fields
from tests.circulars.reading.generated.known import SHARED

CASES = SHARED / "cases"
SAMPLES = sorted(
    path
    for folder in ("letters", "letters-2")
    for path in (SHARED / folder).glob("*")
    if path.suffix in {".txt", ".pdf", ".docx"} and path.with_suffix(".json").exists()
)
NUMBER = "E-12345678-020-7001"
LIKE_PLAIN = (
    "cp1254",
    "cp1252misread",
    "latin9",
    "utf16",
    "utf16le",
    "u8sig",
    "cr",
    "nbsp",
    "nfd",
    "tabs",
    "upper",
)


def case(kind: str, name: str) -> ReadLetter:
    path = CASES / kind / name
    if not path.exists():
        pytest.skip("the shared samples are not at hand")
    return read_letter(path.read_bytes(), path.name)


@pytest.mark.skipif(not SAMPLES, reason="the shared samples are not at hand")
def test_the_samples_are_read_as_the_issue_wants() -> None:
    """Fields and recipients at least 98.5 %, whole letters 90 %; what is wrong is doubted."""
    right = asked = whole = silent = found = wanted = same = 0
    for path in SAMPLES:
        truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        letter = read_letter(path.read_bytes(), path.name)
        assert letter.readable == truth["readable"], path.name
        if not letter.readable:
            continue
        read = letter.as_truth()
        wrong = wrong_fields(truth, read)
        scalar = [field for field in FIELDS if field not in RECIPIENTS]
        asked += len(scalar)
        right += len(scalar) - len(set(wrong) & set(scalar))
        whole += not wrong
        silent += sum(letter.found[field].sure for field in wrong)
        for field in set(RECIPIENTS) - set(wrong):
            found, wanted, same = (total + len(read[field]) for total in (found, wanted, same))  # type: ignore[arg-type]
        for field in set(RECIPIENTS) & set(wrong):
            want = {norm(name) for name in truth[field]}
            got = {norm(name) for name in read[field]}  # type: ignore[attr-defined]
            found, wanted, same = found + len(got), wanted + len(want), same + len(want & got)
    assert right >= 0.985 * asked
    assert same >= 0.985 * found and same >= 0.985 * wanted
    assert whole >= 0.9 * (len(SAMPLES) - 1)
    assert silent <= 2


@pytest.mark.parametrize("name", LIKE_PLAIN)
def test_the_encoding_of_a_text_does_not_matter(name: str) -> None:
    letter = case("text", f"{name}.txt")
    assert letter.number == "E-98167286-010.06.02-604318"
    assert (len(letter.action_recipients), len(letter.info_recipients)) == (21, 5)
    assert norm(letter.signatory_name) == "nehir aksuveren"


@pytest.mark.parametrize("name", ["idot2", "idot_recipients", "idot_upper", "mail_quoted"])
def test_separate_dots_and_quote_marks_do_not_matter(name: str) -> None:
    letter = case("text", f"{name}.txt")
    assert (len(letter.action_recipients), len(letter.info_recipients)) == (21, 5)
    assert norm(letter.addressee) == "dağıtım yerlerine"
    assert not any(
        ">" in line or "\u0307" in line for line in (*letter.issuer_lines, *letter.action_recipients)
    )


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("konu_a_nohk", "Çok Uzun Bir Konu Başlığının İlk Satırı ve İkinci Satırı"),
        ("konu_b_lower", "Çok Uzun Bir Konu Başlığının İlk Satırı ve ikinci satırı"),
        ("konu_c_noindent", "Çok Uzun Bir Konu Başlığının İlk Satırı ve İkinci Satırı Hk"),
        ("konu_d_blank_before", "Çok Uzun Bir Konu Başlığının İlk Satırı ve İkinci Satırı Hk"),
        ("konu_e_three", "Çok Uzun Bir Konu Başlığının İlk Satırı ve İkinci Satırı ile Üçüncü Satır"),
        ("konu_h_muhatap_two", "Çok Uzun Bir Konu Başlığının İlk Satırı ve İkinci Satırı Hk"),
        ("konu_i_comma", "Çok Uzun Bir Konu Başlığının İlk Satırı, Diğer Satırı Hk"),
        ("konu_two", "Çok Uzun Bir Konu Başlığının İlk Satırı ve İkinci Satırı Hk"),
    ],
)
def test_a_subject_of_several_lines_is_read_whole(name: str, subject: str) -> None:
    letter = case("heads", f"{name}.txt")
    assert letter.subject == subject
    assert (letter.addressee is not None and "YERLERİNE" in letter.addressee) or name == "konu_h_muhatap_two"
    assert letter.number == NUMBER


@pytest.mark.parametrize(
    ("name", "day", "hour"),
    [
        ("due_r1", datetime.date(2026, 12, 4), None),
        ("due_r2", datetime.date(2026, 12, 11), None),
        ("due_r6", datetime.date(2026, 12, 15), None),
        ("due_r8", datetime.date(2026, 12, 11), datetime.time(17, 30)),
    ],
)
def test_a_time_limit_is_found_in_the_text(name: str, day: datetime.date, hour: datetime.time | None) -> None:
    due = case("heads", f"{name}.txt").due
    assert due is not None and (due.day, due.hour) == (day, hour)


@pytest.mark.parametrize("name", ["minus", "u2011"])
def test_a_number_has_ordinary_hyphens(name: str) -> None:
    assert case("text", f"{name}.txt").number == NUMBER


def test_a_year_of_two_digits_is_no_part_of_the_number_and_doubted() -> None:
    letter = case("heads", "date_2digit.txt")
    assert (letter.number, letter.date) == (NUMBER, datetime.date(2026, 11, 24))
    assert letter.found["date"].reason == "short_year"


@pytest.mark.parametrize("path", sorted(CASES.glob("heads/*.txt")), ids=lambda path: path.stem)
def test_every_head_gives_its_number(path: Path) -> None:
    try:
        letter = read_letter(path.read_bytes(), path.name)
    except UnreadableFile as error:
        pytest.fail(error.message)
    assert letter.number in {NUMBER, "75249013-010.06-E.2026/4108"} or (letter.number or "").startswith(
        "E-12345678-020-95"
    )
