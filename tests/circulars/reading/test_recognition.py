"""Scanned pages: read by Tesseract where it is installed, else named as pictures and kept."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from circulars.reading import UnreadableFile, read_letter
from circulars.reading.source.extract import extract_lines
from circulars.reading.source.pdf import recognition
from tests.circulars.own_letters import printed
from tests.circulars.reading.made_files import inked, scanned

WITH_TESSERACT = pytest.mark.skipif(
    not recognition.can_recognise(), reason="Tesseract with Turkish is not installed"
)
PAGE = printed(
    "<style>body { font: 13pt sans-serif }</style><p>SAĞLIK BAKANLIĞI</p><p>Konu : Aşı Takvimi Güncellemesi</p>"
    "<p>İlgi yazı ile bildirilen aşı takvimi güncellenmiş olup iş ve işlemlerin ekte yer alan kılavuza göre"
    " yürütülmesi gerekir.</p>"
    "<table style='width: 16cm'><tr><td>Gereği:</td><td>Bilgi:</td></tr>"
    "<tr><td>Adalet Bakanlığına</td><td>Dışişleri Bakanlığına</td></tr></table>"
)


def without_tesseract(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    recognition.can_recognise.cache_clear()


@pytest.fixture(autouse=True)
def asked_anew() -> None:
    recognition.can_recognise.cache_clear()


@WITH_TESSERACT
@pytest.mark.parametrize("turn", [0, 90, 180])
def test_a_scan_is_read_with_its_columns_however_it_lies(turn: int) -> None:
    extracted = extract_lines(scanned(PAGE, turn=turn))
    assert extracted.pages.recognised == {1} and extracted.pages.unread == []
    assert inked(extracted)[:2] == ["SAĞLIK BAKANLIĞI", "Konu : Aşı Takvimi Güncellemesi"]
    assert inked(extracted)[-2:] == ["Gereği: | Bilgi:", "Adalet Bakanlığına | Dışişleri Bakanlığına"]


@WITH_TESSERACT
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_recognised_words_have_their_places_on_the_page_as_it_is_shown(turn: int) -> None:
    upright = next(each for each in extract_lines(PAGE).placed if each.text == "Güncellemesi").box
    found = next(
        each for each in extract_lines(scanned(PAGE, turn=turn)).placed if each.text == "Güncellemesi"
    ).box
    assert upright is not None and found is not None
    width, height = 595, 842
    left, top, right, bottom = upright
    expected = {
        0: upright,
        90: (top, width - right, bottom, width - left),
        180: (width - right, height - bottom, width - left, height - top),
        270: (height - bottom, left, height - top, right),
    }[turn]
    assert all(abs(one - other) < 6 for one, other in zip(found, expected, strict=True))


@WITH_TESSERACT
def test_only_the_pages_without_text_are_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = recognition.recognised_rows
    monkeypatch.setattr(
        "circulars.reading.source.pdf_text.recognised_rows",
        lambda content, page: asked.append(page) or real(content, page),
    )
    extracted = extract_lines(joined(PAGE, scanned(PAGE), PAGE))
    assert asked == [2] and extracted.pages.recognised == {2}
    assert [line.page for line in extracted.pages.lines if line.text.strip() == "SAĞLIK BAKANLIĞI"] == [
        1,
        2,
        3,
    ]


def test_without_tesseract_a_scanned_page_of_a_letter_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mixed = joined(PAGE, scanned(PAGE))
    without_tesseract(monkeypatch, tmp_path)
    extracted = extract_lines(mixed)
    assert [(each.page, each.reason) for each in extracted.pages.unread] == [(2, "picture")]
    assert not extracted.pages.recognised


def test_without_tesseract_a_scan_is_refused_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    scan = scanned(PAGE)
    without_tesseract(monkeypatch, tmp_path)
    with pytest.raises(UnreadableFile) as caught:
        read_letter(scan)
    assert caught.value.code == "no_text_layer" and "Tesseract" in caught.value.message


def test_other_programs_are_called_only_where_that_is_allowed() -> None:
    with pytest.raises(UnreadableFile) as caught:
        extract_lines(scanned(PAGE), with_programs=False)
    assert caught.value.code == "no_text_layer"


@pytest.mark.parametrize(
    "failure",
    [
        subprocess.TimeoutExpired("tesseract", 1),
        subprocess.CalledProcessError(1, "tesseract"),
        OSError("gone"),
    ],
)
def test_a_page_that_tesseract_does_not_manage_is_a_picture(
    monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    mixed = joined(PAGE, scanned(PAGE))
    monkeypatch.setattr("circulars.reading.source.pdf_text.can_recognise", lambda: True)
    monkeypatch.setattr(recognition, "run_program", fail)
    assert [each.reason for each in extract_lines(mixed).pages.unread] == ["picture"]


@WITH_TESSERACT
def test_a_scan_on_which_a_line_was_printed_is_read_whole() -> None:
    scan, stamp = (
        PdfReader(stream(scanned(PAGE))),
        PdfReader(stream(printed("<p style='font-size: 7pt'>Kod: 4711</p>"))),
    )
    writer = PdfWriter()
    writer.add_page(scan.pages[0]).merge_page(stamp.pages[0])
    extracted = extract_lines(written(writer))
    assert extracted.pages.recognised == {1} and "Konu : Aşı Takvimi Güncellemesi" in inked(extracted)


def test_tesseract_is_there_where_ci_promises_it() -> None:
    """The set-up installs it; without it the tests above would silently be skipped."""
    assert recognition.can_recognise() == (shutil.which("tesseract") is not None)


def joined(*files: bytes) -> bytes:
    writer = PdfWriter()
    for content in files:
        for page in PdfReader(stream(content)).pages:
            writer.add_page(page)
    return written(writer)


def stream(content: bytes) -> io.BytesIO:
    return io.BytesIO(content)


def written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
