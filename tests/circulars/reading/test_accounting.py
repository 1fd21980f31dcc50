"""The account of a letter: what no part claims, and numbers that don't agree, make the part concerned doubtful."""

import pytest

from circulars.reading.text.folding import fold
from tests.circulars.reading.pieced_letters import BODY, FOOTER, HEAD, LISTED, read

DISTRIBUTED = "DAĞITIM YERLERİNE"
RECIPIENTS = {"action_recipients", "info_recipients"}
BODIES = ["Adalet Bakanlığına", "Sağlık Bakanlığına"]


def to(*lines: str) -> str:
    return HEAD.replace(DISTRIBUTED, "\n                                    ".join(lines))


@pytest.mark.parametrize(
    "lines",
    [
        ("ADALET BAKANLIĞINA", "SAĞLIK BAKANLIĞINA"),
        ("ADALET BAKANLIĞINA", "", "SAĞLIK BAKANLIĞINA"),
        ("ADALET BAKANLIĞINA", "", "", "", "SAĞLIK BAKANLIĞINA"),
        ("ADALET BAKANLIĞINA", "(Personel Genel Müdürlüğü)", "SAĞLIK BAKANLIĞINA", "(Hukuk Müşavirliği)"),
        ("Adalet Bakanlığına", "Sağlık Bakanlığına"),
        ("Adalet Bakanlığına", "", "Sağlık Bakanlığına"),
    ],
)
def test_several_addressees_are_asked_about(lines: tuple[str, ...]) -> None:
    letter = read("", head=to(*lines))
    found = letter.found["addressee"], letter.found["action_recipients"]
    assert [each.reason for each in found] == ["several_addressees"] * 2
    assert [fold(name).partition(" ")[0] for name in found[1].second.splitlines()] == ["adalet", "saglik"]


@pytest.mark.parametrize(
    "lines",
    [
        ("ADALET BAKANLIĞINA",),
        ("ADALET BAKANLIĞINA", "(Personel Genel Müdürlüğü)"),
        ("TÜRKİYE ODALAR VE BORSALAR BİRLİĞİ", "BAŞKANLIĞINA"),
        ("Sayın Ersin DİLBAZ",),
    ],
)
def test_one_addressee_is_sure(lines: tuple[str, ...]) -> None:
    found = read("", head=to(*lines)).found
    assert found["addressee"].sure and found["action_recipients"].sure


def test_a_listed_addressee_may_be_several_bodies() -> None:
    letter = read(head=to("ADALET BAKANLIĞINA", "SAĞLIK BAKANLIĞINA"))
    assert letter.action_recipients == BODIES
    assert letter.found["action_recipients"].sure


@pytest.mark.parametrize(
    "heading",
    [
        "Ekler :",
        "EKLER;",
        "Ek :",
        "Ekleri:",
        "EKLER LİSTESİ",
        "EKLERİN LİSTESİ",
        "Ek(ler):",
        "EKLİ LİSTE",
        "Ek Dizini",
        "Ekler (2 adet)",
        "Ekler (2 adet) :",
        "Ek.",
        "EK LİSTE",
    ],
)
def test_attachments_have_many_headings(heading: str) -> None:
    letter = read(f"{heading}\n1- Rapor (2 sayfa)\n2- Form\n\n{LISTED}")
    assert letter.attachments == ["Rapor (2 sayfa)", "Form"]
    assert letter.action_recipients == BODIES
    assert letter.found["attachments"].sure and letter.found["action_recipients"].sure


@pytest.mark.parametrize("heading", ["EKLİ LİSTE", "LİSTE", "DAĞITIM LİSTESİ"])
@pytest.mark.parametrize("before", ["", "\f"])
def test_a_list_of_bodies_is_the_distribution(before: str, heading: str) -> None:
    letter = read(f"Ek: Rapor\n\n{before}{heading}\n\nAdalet Bakanlığına\nSağlık Bakanlığına\n")
    assert (letter.attachments, letter.action_recipients) == (["Rapor"], BODIES)


@pytest.mark.parametrize(
    ("tail", "attachments"),
    [
        ("EK-1 Rapor\nEK-2 Form\n", ["Rapor", "Form"]),
        ("EK-1 Rapor\n", ["Rapor"]),
        ("EK 1 Rapor\n", ["Rapor"]),
        ("Ek-1.Rapor\nEk-2.Form\n", ["Rapor", "Form"]),
        ("EK-A Rapor\nEK-B Form\n", ["Rapor", "Form"]),
        ("Ek:\nEK-1 Rapor\nEK-2 Form\n", ["Rapor", "Form"]),
        ("Ek: 2 adet\n1- Rapor\n2- Form\n", ["Rapor", "Form"]),
    ],
)
def test_numbered_attachments_need_neither_heading_nor_separator(tail: str, attachments: list[str]) -> None:
    letter = read(f"{tail}\n{LISTED}")
    assert (letter.attachments, letter.action_recipients) == (attachments, BODIES)
    assert letter.found["attachments"].sure


def test_the_title_of_an_annex_is_no_attachment() -> None:
    letter = read(f"Ek: Form (1 sayfa)\n\n{LISTED}{FOOTER}\f\nEK-1 BAŞVURU FORMU\n\nAdı soyadı:\nGörevi:\n")
    assert letter.attachments == ["Form (1 sayfa)"]
    assert letter.action_recipients == BODIES


@pytest.mark.parametrize(
    "tail",
    [
        "Ekler:\nEK-1: Rapor\nEK-3: Form\n",
        "Ekler:\n1- Rapor\n3- Form\n",
        "Ekler:\n2- Rapor\n3- Form\n",
        "Ek: 3 adet\n1- Rapor\n2- Form\n",
        "Ekler (3 adet):\n1- Rapor\n2- Form\n",
        "Ekler (3 adet):\nRapor\nForm\n",
    ],
)
def test_numbers_and_counts_of_attachments_agree(tail: str) -> None:
    letter = read(f"{tail}\n{LISTED}")
    assert letter.attachments == ["Rapor", "Form"]
    assert letter.found["attachments"].reason == "miscounted"


@pytest.mark.parametrize(
    ("sentence", "sure"),
    [
        ("Ek-3'te yer alan form doldurulacaktır.", False),
        ("Ek-2'de yer alan form doldurulacaktır.", True),
        ("Yönetmeliğin Ek-3'ünde yer alan form doldurulacaktır.", True),
        ("Kararın Ek-7 sayılı cetveli uygulanacaktır.", True),
    ],
)
def test_the_text_cites_no_attachment_that_is_not_listed(sentence: str, sure: bool) -> None:
    letter = read(f"Ekler:\n1- Rapor\n2- Form\n\n{LISTED}", references=f"\n        {sentence}\n")
    assert letter.found["attachments"].sure is sure


def test_a_note_names_no_attachment_that_is_not_listed() -> None:
    letter = read("Ek: Rapor\n\nDağıtım:\nAdalet Bakanlığına (Ek-4 konulmadı)\nSağlık Bakanlığına\n")
    assert letter.action_recipients == BODIES
    assert letter.found["attachments"].reason == "miscounted"


@pytest.mark.parametrize(
    ("numbers", "sure"), [((1, 2, 3, 4), True), ((1, 2, 4, 5), False), ((1, 2, None, 3), False)]
)
def test_numbers_of_recipients_run(numbers: tuple[int | None, ...], sure: bool) -> None:
    names = ["Adalet Bakanlığına", "Sağlık Bakanlığına", "İçişleri Bakanlığına", "Ticaret Bakanlığına"]
    rows = [f"{number}. {name}" if number else name for number, name in zip(numbers, names, strict=True)]
    letter = read("Dağıtım:\n" + "\n".join(rows) + "\n")
    assert letter.action_recipients == names
    assert letter.found["action_recipients"].sure is sure


@pytest.mark.parametrize("pair", [(1, 2), (2, 3), (1, 3)])
@pytest.mark.parametrize("name", ["Ordu Komutanlığına", "Kolordu Komutanlığına", "Bölge Müdürlüğüne"])
def test_ordinals_stay_with_their_names(pair: tuple[int, int], name: str) -> None:
    rows = [f"{number}. {name}" for number in pair]
    letter = read("Dağıtım:\n" + "\n".join(rows) + "\n")
    assert letter.action_recipients == rows


@pytest.mark.parametrize(
    "name",
    [
        "1./2. Ordu Komutanlığına",
        "1. ve 2. Ordu Komutanlığına",
        "1.-2. Ordu Komutanlığına",
        "1, 2. Ordu Komutanlığına",
    ],
)
def test_several_ordinals_stay_with_one_name(name: str) -> None:
    assert read(f"Dağıtım:\n{name}\nSağlık Bakanlığına\n").action_recipients == [name, "Sağlık Bakanlığına"]


def test_a_court_has_its_number_inside_its_name() -> None:
    names = ["Ankara 2. Asliye Hukuk Mahkemesine", "Atakum 1. İlçe Seçim Kurulu Başkanlığına"]
    letter = read("Dağıtım:\n" + "\n".join(f"{n}. {name}" for n, name in enumerate(names, start=1)) + "\n")
    assert letter.action_recipients == names


def test_a_list_without_the_dative_is_sure_if_all_its_names_are_bodies() -> None:
    names = ["Adalet Bakanlığı", "Sağlık Bakanlığı", "İçişleri Bakanlığı"]
    letter = read("Dağıtım:\n" + "\n".join(names) + "\n")
    assert letter.action_recipients == names
    assert letter.found["action_recipients"].sure
    assert (
        not read("Dağıtım:\n" + "\n".join([*names, "Ankara ve havalisi"]) + "\n")
        .found["action_recipients"]
        .sure
    )


def test_bodies_for_information_need_no_other_heading() -> None:
    letter = read("Bilgi:\nAdalet Bakanlığına\nSağlık Bakanlığına\n", head=to("İÇİŞLERİ BAKANLIĞINA"))
    assert (letter.action_recipients, letter.info_recipients) == ([], BODIES)
    assert letter.found["addressee"].sure


@pytest.mark.parametrize(
    ("tail", "name"),
    [
        ("Ek:\n\n" + LISTED, "attachments"),
        (LISTED + "Bilgi:\n", "info_recipients"),
        ("Ek: Rapor Dağıtım : Adalet Bakanlığına\n", "attachments"),
        ("Dağıtım:\nAdalet Bakanlığına Sağlık ve Güvenlik\nİçişleri Bakanlığına\n", "action_recipients"),
    ],
)
def test_a_label_without_its_list_and_a_list_within_an_entry_are_doubtful(tail: str, name: str) -> None:
    assert not read(tail).found[name].sure


def test_an_attachment_that_is_none_is_sure() -> None:
    assert read("Ek: Yok\n\n" + LISTED).found["attachments"].sure


def test_a_letterhead_may_have_its_unit_in_parentheses() -> None:
    lines = ["ÖRNEK BAŞKANLIĞI", "(Deneme Grup Müdürlüğü)"]
    letter = read(head=HEAD.replace("ÖRNEK BAKANLIĞI\nDeneme Genel Müdürlüğü", "\n".join(lines)))
    assert letter.issuer_lines == lines


def test_the_number_of_the_armed_forces_has_a_code_of_four_digits() -> None:
    head = HEAD.replace("E-71037622-010.06.02-14829305", "E-42886071-1320.02-3187745")
    assert read(head=head).found["number"].sure


@pytest.mark.parametrize(
    ("tail", "doubted"),
    [
        (f"{LISTED}\nTrabzon ve havalisi\n", RECIPIENTS),
        (f"Ek:\n1- Rapor (2 sayfa)\n\nToplantı tutanakları\n\n{LISTED}", {"attachments"}),
        ("Adalet Bakanlığına\nSağlık Bakanlığına\n", RECIPIENTS),
        (f"Toplantı tutanağı (3 sayfa)\n\n{LISTED}", {"attachments"}),
        (f"{LISTED}{FOOTER}\fHâkimler ve Savcılar Yüksek\nİçişleri Bakanlığına\n", RECIPIENTS),
    ],
    ids=["below the list", "below the attachments", "no heading", "attachment without heading", "next page"],
)
def test_a_line_that_no_part_claims_makes_the_part_doubtful(tail: str, doubted: set[str]) -> None:
    letter = read(tail)
    assert not any(letter.found[name].sure for name in doubted)


@pytest.mark.parametrize(
    "tail",
    [
        LISTED,
        f"Ek: Rapor (2 sayfa)\n\n{LISTED}",
        f"{LISTED}\nNot: Bu yazı ayrıca ilan panosuna asılacaktır.\n",
        f"{LISTED}\nParaf:\nUzman A. BALCI\n",
        f"Ek: Form\n\n{LISTED}{FOOTER}\f\nEK-1\n\nBAŞVURU FORMU\n\nAdı soyadı:\nKurumu:\n",
        f"Ek: Form\n\n{LISTED}{FOOTER}\f\nBAŞVURU FORMU\n\nAdı soyadı:\nKurumu:\n",
    ],
)
def test_what_is_no_part_of_the_letter_raises_no_doubt(tail: str) -> None:
    found = read(tail).found
    assert all(found[name].sure for name in ("attachments", "action_recipients", "info_recipients"))


def test_a_group_that_is_named_and_empty_is_doubtful() -> None:
    found = read("Dağıtım:\nGereği:\nAdalet Bakanlığına\nSağlık Bakanlığına\nBilgi:\n").found
    assert not found["info_recipients"].sure


def test_the_text_is_claimed_by_the_body() -> None:
    letter = read(LISTED)
    assert BODY.split("\n")[1].strip() == letter.body
