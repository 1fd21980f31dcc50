"""Notes such as (Ek-7 konulmadı) behind a printed line: read, kept with the line, edited as text (Y 18)."""

from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone

from circulars.lines.distribution_list import expand, replace_lines
from circulars.models import Circular, DistributionLine, Purpose
from circulars.reading import ReadLetter, read_letter
from circulars.services.record import record
from circulars.withheld import Withheld, split_note, withheld_by
from tests.conftest import ROOT
from tests.factories import AgencyFactory, CircularFactory, LineFactory, UserFactory

ON = date(2026, 3, 2)
ALL = "all"


@pytest.mark.parametrize(
    ("note", "numbers"),
    [
        ("Ek konulmadı", ALL),
        ("EKLER KONULMADI", ALL),
        ("Ekler konulmamıştır.", ALL),
        ("Eki konulmadı", ALL),
        ("Eksiz", ALL),
        ("Ek yok", ALL),
        ("Ek-7 konulmadı", {7}),
        ("Ek - 12 konmamıştır", {12}),
        ("Ek-1, Ek-2 konulmadı", {1, 2}),
        ("Ek-1 ve 3 konulmadı.", {1, 3}),
        ("Ek-1/Ek-2 gönderilmedi", {1, 2}),
        ("Ek 2-4 konulmadı", {2, 3, 4}),
        ("Ek-1 ila Ek-3 konulmadı", {1, 2, 3}),
        ("EK-1'İ KONULMADI", {1}),
        ("EK-2 HARİÇ", {2}),
        # Not understood: nobody is kept from anything by a guess.
        ("Ek-1 hariç konulmadı", set()),
        ("Ek-3 konuldu", set()),
        ("Ekli", set()),
        ("Ek-A konulmadı", set()),
        ("Ek 4-2 konulmadı", set()),
        ("Ek-1 listesinin 2. sayfası konulmadı", set()),
    ],
)
def test_a_note_says_which_attachments_are_not_enclosed(note: str, numbers: object) -> None:
    found = withheld_by(f"İplik Bakanlığına ({note})")

    assert found == Withheld(
        note,
        everything=numbers == ALL,
        numbers=frozenset(numbers) if isinstance(numbers, set) else frozenset(),
    )
    assert found.is_understood == bool(numbers)


@pytest.mark.parametrize(
    "line", ["Millî Eğitim Bakanlığına (Ek Ders Birimi)", "İplik Bakanlığına (Elden)", "İplik Bakanlığına"]
)
def test_other_words_in_parentheses_are_no_note(line: str) -> None:
    assert split_note(line) == (line, "")
    assert withheld_by(line) is None


def letter_with(*lines: str) -> ReadLetter:
    text = "\n".join(
        [
            "T.C.",
            "İPLİK BAKANLIĞI",
            "",
            "Sayı : E-12345678-010.06.02-77        02.03.2026",
            "Konu : Dokuma Tezgâhları",
            "",
            "DAĞITIM YERLERİNE",
            "",
            "Tezgâhların sayımı yapılacaktır.",
            "Gereğini rica ederim.",
            "",
            "Çağrı IŞIK",
            "Bakan a.",
            "Genel Müdür",
            "",
            "Ek:",
            "1- Sayım Formu (2 Sayfa)",
            "2- Fiyat Listesi (1 Sayfa)",
            "",
            "Dağıtım:",
            *lines,
        ]
    )
    return read_letter(text.encode(), "yazi.txt")


@pytest.mark.parametrize(
    ("lines", "withheld"),
    [
        (
            ("Gereği:", "Adana Valiliğine (Ek konulmadı)", "Bursa Valiliğine"),
            {"Adana Valiliğine": "Ek konulmadı"},
        ),
        (
            ("Gereği:", "Adana Valiliğine", "Bursa Valiliğine", "(Ek-2 konulmadı)"),
            {"Bursa Valiliğine": "Ek-2 konulmadı"},
        ),
        (
            ("Gereği:", "Adana Valiliğine", "(İl Sağlık Müdürlüğü)", "(Ek-2 konulmadı)", "Bursa Valiliğine"),
            {"Adana Valiliğine (İl Sağlık Müdürlüğü)": "Ek-2 konulmadı"},
        ),
        (
            ("Gereği:", "Adana Valiliğine (Ek-1, Ek-2", "konulmadı)", "Bursa Valiliğine"),
            {"Adana Valiliğine": "Ek-1, Ek-2 konulmadı"},
        ),
        (
            (
                "Gereği:                                   Bilgi:",
                "Adana Valiliğine (Ek-1 konulmadı)         Sağlık Bakanlığına (Ek konulmadı)",
                "Bursa Valiliğine                          İçişleri Bakanlığına",
                "(Ek-2 konulmadı)                          Ticaret Bakanlığına",
            ),
            {
                "Adana Valiliğine": "Ek-1 konulmadı",
                "Sağlık Bakanlığına": "Ek konulmadı",
                "Bursa Valiliğine": "Ek-2 konulmadı",
            },
        ),
    ],
    ids=["behind", "below", "below its unit", "wrapped", "two columns"],
)
def test_the_reader_finds_whose_note_it_is(lines: tuple[str, ...], withheld: dict[str, str]) -> None:
    letter = letter_with(*lines)

    assert letter.withheld == withheld
    assert letter.found["attachments"].sure
    assert not any("konulmad" in name for name in (*letter.action_recipients, *letter.info_recipients))


def test_a_note_in_its_own_cell_leaves_the_other_column_where_it_is() -> None:
    letter = letter_with(
        "Gereği:                                   Bilgi:",
        "Adana Valiliğine                          Sağlık Bakanlığına",
        "(Ek-2 konulmadı)                          Ticaret Bakanlığına",
    )

    assert letter.action_recipients == ["Adana Valiliğine"]
    assert letter.info_recipients == ["Sağlık Bakanlığına", "Ticaret Bakanlığına"]


def test_a_note_of_which_the_page_does_not_tell_whose_it_is_is_said() -> None:
    letter = letter_with("Gereği: (Ek-2 konulmadı)", "Adana Valiliğine", "Bursa Valiliğine")

    assert letter.withheld == {}
    assert not letter.found["attachments"].sure
    assert letter.found["attachments"].reason == "unplaced_note"


def test_the_notes_of_letters_as_they_come_are_read() -> None:
    path = Path(ROOT, "tests", "letters", "ek_konulmadi_maddeli.txt")

    assert read_letter(path.read_bytes(), path.name).withheld == {
        "Antakya Belediye Başkanlığına": "Ek-2 konulmadı",
        "Defne Belediye Başkanlığına": "Ekler konulmadı",
        "Hatay Barosu Başkanlığına": "Ek konulmadı",
    }


@pytest.mark.django_db
def test_the_recorded_line_has_its_note_and_still_names_its_unit() -> None:
    adana = AgencyFactory(name="Adana Valiliği")
    letter = letter_with("Gereği:", "Adana Valiliğine (Ek-2 konulmadı)", "Ankara Valiliğine")

    draft = record(letter=letter, issuer=AgencyFactory(), by=UserFactory(), at=timezone.now())

    line = draft.lines.get(position=0)
    assert line.text == "Adana Valiliğine (Ek-2 konulmadı)"
    assert (line.name, line.agency) == ("Adana Valiliğine", adana)
    assert line.withheld == Withheld("Ek-2 konulmadı", numbers=frozenset({2}))


@pytest.mark.django_db
def test_a_note_added_by_hand_keeps_what_the_line_was_settled_to() -> None:
    draft: Circular = CircularFactory()
    odd = AgencyFactory(name="Tamamen Başka Kurum")
    LineFactory(circular=draft, position=0, text="O Bildiğiniz Yere", agency=odd)

    replace_lines(draft, action=["O Bildiğiniz Yere (Ek konulmadı)"], information=[], on=ON)

    line = DistributionLine.objects.get(circular=draft)
    assert line.agency == odd
    assert line.withheld is not None and line.withheld.everything


@pytest.mark.django_db
def test_of_two_lines_that_name_a_unit_the_one_with_the_note_counts() -> None:
    draft: Circular = CircularFactory()
    unit = AgencyFactory()
    LineFactory(circular=draft, position=0, text="Tümüne", agency=unit)
    with_note = LineFactory(circular=draft, position=1, text="Ona (Ek-1 konulmadı)", agency=unit)

    (recipient,) = expand(draft, on=ON).recipients

    assert recipient.line == with_note
    assert recipient.purpose == Purpose.ACTION
