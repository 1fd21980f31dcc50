"""Changed forms of a letter in plain text; what must be read from each stays the same.

Each change takes the letter's lines and a seeded random generator and gives other lines, or None if the letter has
nothing that it could change.
"""

import random
import re
from collections.abc import Callable

Lines = list[str]
Change = Callable[[Lines, random.Random], Lines | None]

_LABELLED = re.compile(r"^(\s*)(Sayı|SAYI|Konu|KONU|İlgi|İLGİ)(\s*:\s*)(\S.*)$")
_CLOSING = re.compile(r"\b(?:ederim|olunur)\s*\.?\s*$", re.IGNORECASE)
_FOOT = [
    "Bu belge, güvenli elektronik imza ile imzalanmıştır.",
    "Adres: Gül Mah. Lale Sok. No:5 06100 Çankaya/ANKARA",
    "Telefon: (312) 555 40 40  Faks: (312) 555 40 41",
    "1/2",
]


def _where(lines: Lines, pattern: str, start: int = 0) -> int | None:
    return next((i for i in range(start, len(lines)) if re.match(pattern, lines[i].strip())), None)


def squeezed(lines: Lines, _: random.Random) -> Lines | None:
    """Runs of blanks become one."""
    return [" ".join(line.split()) for line in lines]


def no_indents(lines: Lines, _: random.Random) -> Lines | None:
    """The blanks before each line are lost."""
    return [line.lstrip() for line in lines]


def blank_lines(lines: Lines, _: random.Random) -> Lines | None:
    """A blank line after each line."""
    return [each for line in lines for each in (line, "")]


def no_blank_lines(lines: Lines, _: random.Random) -> Lines | None:
    """All blank lines lost."""
    return [line for line in lines if line.strip()]


def two_lines(lines: Lines, _: random.Random) -> Lines | None:
    """Label and value on two lines."""
    result: Lines = []
    for line in lines:
        match = _LABELLED.match(line)
        if match and match[2].lower()[0] in "sk":
            result += [f"{match[2]}{match[3].rstrip()}", match[4]]
        else:
            result.append(line)
    return result if len(result) > len(lines) else None


def other_labels(lines: Lines, rng: random.Random) -> Lines | None:
    """Other words for the labels."""
    words = {
        r"^(\s*)(?:Sayı|SAYI)(\s*:)": rng.choice(["Evrak No", "Sayısı", "SAYI"]),
        r"^(\s*)(?:Konu|KONU)(\s*:)": rng.choice(["Konusu", "KONU"]),
        r"^(\s*)(?:Dağıtım|DAĞITIM)(\s*:\s*)$": rng.choice(["Dağıtım Yerleri", "DAĞITIM"]),
        r"^(\s*)(?:Ek|EK|Ekler|EKLER)(\s*:)": rng.choice(["Eki", "EKLER", "Ek"]),
    }
    return [_replaced(line, words) for line in lines]


def bilingual(lines: Lines, _: random.Random) -> Lines | None:
    """The labels in two languages."""
    words = {
        r"^(\s*)(?:Sayı|SAYI)(\s*:)": "Sayı / Ref. No",
        r"^(\s*)(?:Konu|KONU)(\s*:)": "Konu / Subject",
        r"^(\s*)(?:İlgi|İLGİ)(\s*:)": "İlgi / Reference",
        r"^(\s*)(?:Ek|EK|Ekler|EKLER)(\s*:)": "Ek / Annex",
        r"^(\s*)(?:Dağıtım|DAĞITIM)(\s*:\s*)$": "Dağıtım / Distribution",
    }
    return [_replaced(line, words) for line in lines]


def _replaced(line: str, words: dict[str, str]) -> str:
    for pattern, word in words.items():
        line = re.sub(pattern, rf"\g<1>{word}\g<2>", line)
    return line


def no_state_line(lines: Lines, _: random.Random) -> Lines | None:
    """Without T.C."""
    at = _where(lines, r"^T\s?\.\s?C\s?\.?$")
    return None if at is None else lines[:at] + lines[at + 1 :]


def page_title(lines: Lines, _: random.Random) -> Lines | None:
    """The words of a web page above."""
    return ["Ana Sayfa » Mevzuat » Genelgeler", "Yazdır  Paylaş", "", *lines]


def web_words(lines: Lines, _: random.Random) -> Lines | None:
    """The words of a web page below."""
    return [*lines, "", "Bu sayfa 1.204 kez okundu.", "Etiketler: genelge, duyuru", "© Tüm hakları saklıdır."]


def initials(lines: Lines, _: random.Random) -> Lines | None:
    """The initials (paraf) below."""
    return [
        *lines,
        "",
        "12.03.2025 Memur : A.ALTUNBAŞ",
        "12.03.2025 Şef : B.BAHÇIVAN",
        "13.03.2025 Şube Md. : C.CANDAR",
    ]


def annex(lines: Lines, _: random.Random) -> Lines | None:
    """An annex on the next page."""
    return [*lines, "\f", "EK-1", "BAŞVURU FORMU", "Adı Soyadı :", "Görevi :", "Tarih :"]


def second_letter(lines: Lines, _: random.Random) -> Lines | None:
    """A second letter in the same file."""
    return [
        *lines,
        "",
        "T.C.",
        "ORNAZ VALİLİĞİ",
        "İl Basın Müdürlüğü",
        "Sayı : E-11112222-100-7",
        "Konu : Başka Bir Konu",
        "",
        "ORNAZ KAYMAKAMLIĞINA",
        "",
        "Bilgilerinizi rica ederim.",
        "",
        "Selda BAŞKA",
        "Vali a.",
    ]


def foot_in_middle(lines: Lines, rng: random.Random) -> Lines | None:
    """The foot of the first page in the middle of the text."""
    closing = next((i for i, line in enumerate(lines) if _CLOSING.search(line)), None)
    start = _where(lines, r"^(?:İlgi|İLGİ|Konu|KONU)")
    if closing is None or start is None:
        return None
    places = [i for i in range(start + 4, closing) if lines[i].strip() and lines[i - 1].strip().endswith(".")]
    if not places:
        return None
    at = rng.choice(places)
    return [*lines[:at], "", *_FOOT, "\f", *lines[at:]]


def attachments_last(lines: Lines, _: random.Random) -> Lines | None:
    """Ek after Dağıtım."""
    ek = _where(lines, r"^(?:Ek|EK|Ekler|EKLER|Eki|EKİ)\s*:")
    dist = _where(lines, r"^(?:Dağıtım|DAĞITIM)(?: Yerleri)?\s*:?\s*$")
    if ek is None or dist is None or ek > dist:
        return None
    end = next(
        (
            i
            for i in range(dist, len(lines))
            if re.match(r"^\s*(?:\f|Bu belge|Adres|(?:Belge )?Doğrulama|T\.C|EK|DAĞITIM LİSTESİ)", lines[i])
        ),
        len(lines),
    )
    return [*lines[:ek], *lines[dist:end], "", *lines[ek:dist], "", *lines[end:]]


def no_stops(lines: Lines, _: random.Random) -> Lines | None:
    """The closing words and the references without a full stop."""
    return [re.sub(r"(ederim|olunur|sayılı yazı[a-zş]*)\.\s*$", r"\1", line) for line in lines]


def markdown(lines: Lines, _: random.Random) -> Lines | None:
    """Headings and bold type of markdown."""
    result: Lines = []
    for line in lines:
        text = line.strip()
        if re.fullmatch(r"T\.\s?C\.?", text):
            result.append("# T.C.")
        elif re.match(r"^DA.ITIM YERLER.NE$|^(?:Dağıtım|DAĞITIM)\s*:?$", text):
            result.append(f"**{text}**")
        else:
            result.append(line)
    return result if result != lines else None


def quoted(lines: Lines, _: random.Random) -> Lines | None:
    """The quote marks of a mail."""
    return [f"> {line}" for line in lines]


def tabbed(lines: Lines, _: random.Random) -> Lines | None:
    """Tabs in place of blanks after the labels and before the date."""
    return [re.sub(r"(?<=\S) {4,}(?=\S)", "\t\t", line) for line in lines]


def date_below(lines: Lines, _: random.Random) -> Lines | None:
    """The date on a line of its own below the number."""
    result: Lines = []
    for line in lines:
        match = re.match(r"^(\s*(?:Sayı|SAYI)\s*:.*?\S)\s+(\d{1,2}[./]\d{1,2}[./]\d{4})\s*$", line)
        result += [match[1], "Tarih : " + match[2]] if match else [line]
    return result if len(result) > len(lines) else None


def place_after_number(lines: Lines, _: random.Random) -> Lines | None:
    """The place at the right of the number, the date at the right of the subject, as before 2020."""
    result = list(lines)
    for i, line in enumerate(lines[:-1]):
        match = re.match(r"^(\s*(?:Sayı|SAYI)\s*:.*?\S)\s+(\d{1,2}[./]\d{1,2}[./]\d{4})\s*$", line)
        if match and re.match(r"^\s*(?:Konu|KONU)\s*:", lines[i + 1]):
            result[i] = match[1].ljust(88) + "ANKARA"
            result[i + 1] = lines[i + 1].ljust(88) + match[2]
            return result
    return None


def spaced_title(lines: Lines, _: random.Random) -> Lines | None:
    """Each line centred anew, the letters of DAĞITIM YERLERİNE apart."""
    if not any(line.strip() == "DAĞITIM YERLERİNE" for line in lines):
        return None
    return [
        " " * 30 + "D A Ğ I T I M   Y E R L E R İ N E" if line.strip() == "DAĞITIM YERLERİNE" else line
        for line in lines
    ]


def table_marks(lines: Lines, _: random.Random) -> Lines | None:
    """The head as a table of markdown."""
    result: Lines = []
    for line in lines:
        match = _LABELLED.match(line)
        if match and match[2].lower()[0] in "sk":
            cells = re.split(r"\s{3,}|(?<=\S)\s+(?=\d{1,2}[./]\d{1,2}[./]\d{4}\s*$)", match[4].strip())
            result.append(f"| {match[2]} : | " + " | ".join(cells) + " |")
        else:
            result.append(line)
    return result if result != lines else None


def breaks_lost(lines: Lines, _: random.Random) -> Lines | None:
    """The whole letter as one long line; only for letters of one page."""
    if any("\f" in line for line in lines) or len(lines) > 70:
        return None
    return [" ".join(" ".join(line.split()) for line in lines if line.strip())]


def with_br(lines: Lines, _: random.Random) -> Lines | None:
    """Line ends of a web page, `<br>`."""
    return [line + "<br>" if line.strip() else "<br />" for line in lines]


CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        squeezed,
        no_indents,
        blank_lines,
        no_blank_lines,
        two_lines,
        other_labels,
        bilingual,
        no_state_line,
        page_title,
        web_words,
        initials,
        annex,
        second_letter,
        foot_in_middle,
        attachments_last,
        no_stops,
        markdown,
        quoted,
        tabbed,
        date_below,
        place_after_number,
        spaced_title,
        table_marks,
        breaks_lost,
        with_br,
    )
}
