"""Edges of the reader: wrapped recipients, closing words within the text, PDF files with letters that can't be read."""

import pytest

from circulars.reading import UnreadableFile, read_letter
from circulars.reading.source import pdf_text
from tests.conftest import ROOT

LETTER = (ROOT / "circulars" / "sample" / "ornek-genelge.txt").read_text(encoding="utf-8")


def recipients_of(*lines: str) -> list[str]:
    """What is read of a Dağıtım of these lines."""
    letter = LETTER[: LETTER.index("Dağıtım:")] + "Dağıtım:\n" + "\n".join(lines) + "\n"
    found = read_letter(letter.encode()).as_truth()["action_recipients"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("lines", "recipients"),
    [
        (
            ("Sosyal Güvenlik Kurumu", "Başkanlığına", "Adana Valiliğine"),
            ["Sosyal Güvenlik Kurumu Başkanlığına", "Adana Valiliğine"],
        ),
        (
            ("- Sosyal Güvenlik", "Kurumu Başkanlığı", "- Adana Valiliği"),
            ["Sosyal Güvenlik Kurumu Başkanlığı", "Adana Valiliği"],
        ),
        (
            ("Sosyal Güvenlik Kurumu", "ve Çalışma Genel Müdürlüğü", "Adana Valiliği"),
            ["Sosyal Güvenlik Kurumu ve Çalışma Genel Müdürlüğü", "Adana Valiliği"],
        ),
        (("Sosyal Güvenlik", "Kurumlar Birliği", "Adana Valiliği"), None),
        (("Adana Valiliği", "Bartın Valiliği"), ["Adana Valiliği", "Bartın Valiliği"]),
        (("- Adana Valiliğine", "Bartın Valiliğine"), ["Adana Valiliğine", "Bartın Valiliğine"]),
        (
            ("1. Ordu Komutanlığına", "3. Ordu Komutanlığına", "Millî Savunma Bakanlığına"),
            ["1. Ordu Komutanlığına", "3. Ordu Komutanlığına", "Millî Savunma Bakanlığına"],
        ),
        (
            ("4. Kolordu Komutanlığına", "Ankara Valiliğine"),
            ["4. Kolordu Komutanlığına", "Ankara Valiliğine"],
        ),
        (("4. Kolordu Komutanlığına",), ["4. Kolordu Komutanlığına"]),
        (("1. Ankara Valiliğine",), ["Ankara Valiliğine"]),
        (
            ("1. Ordu Komutanlığına", "İstanbul Valiliğine"),
            ["1. Ordu Komutanlığına", "İstanbul Valiliğine"],
        ),
        (
            ("1. Adana Valiliği", "2. Bartın Valiliği", "3. Muş Valiliği"),
            ["Adana Valiliği", "Bartın Valiliği", "Muş Valiliği"],
        ),
    ],
)
def test_a_wrapped_recipient_is_one_and_two_recipients_are_two(
    lines: tuple[str, ...], recipients: list[str] | None
) -> None:
    """Without datives, bullets and small letters nothing shows that a line goes on."""
    assert recipients_of(*lines) == (recipients if recipients is not None else list(lines))


def test_the_closing_words_are_those_above_the_name_and_not_those_within_the_text() -> None:
    """What stands below the first closing words is text, so the signer is looked for below the last ones."""
    long = "Bu itibarla başvuruların geciktirilmeden sonuçlandırılması ve sonucundan bilgi verilmesi gerekmektedir."
    letter = LETTER.replace(
        "\n\nEngelli bireyler", f"\n\nGereğini rica ederim.\n\n{long}\n\n{long}\n\nEngelli bireyler", 1
    )
    read = read_letter(letter.encode()).as_truth()
    plain = read_letter(LETTER.encode()).as_truth()
    for field in ("signatory_name", "signatory_title_lines", "action_recipients", "attachments"):
        assert read[field] == plain[field], field


def pdf_with(*lines: str) -> bytes:
    """A PDF of one page in a standard font with these lines of ASCII."""
    shown = "".join(
        f"1 0 0 1 40 {800 - 14 * number} Tm ({line.replace('(', chr(92) + '(').replace(')', chr(92) + ')')}) Tj\n"
        for number, line in enumerate(lines)
    )
    stream = f"BT /F1 10 Tf\n{shown}ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, offsets = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return content + (
        b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
        % (table, len(content))
    )


def is_refused(*lines: str) -> bool:
    try:
        read_letter(pdf_with(*lines), "letter.pdf")
    except UnreadableFile as error:
        assert error.code == "no_text_layer"
        return True
    return False


def test_a_pdf_with_a_few_letters_only_is_a_picture() -> None:
    assert is_refused("abcde fghij klmno pqrs")
    assert not is_refused("abcde fghij klmno pqrst")


def test_a_pdf_whose_letters_have_no_meaning_is_a_picture_and_one_with_a_few_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each "(cid:" has three letters and counts five: of 100 letters, 30 may be such signs.

    Where Tesseract is installed it reads such a page.
    """
    monkeypatch.setattr(pdf_text, "can_recognise", lambda: False)
    words = ["abcdefghij"] * 10
    assert not is_refused(*words, *["(cid:7)"] * 7)
    assert is_refused(*words, *["(cid:7)"] * 8)
