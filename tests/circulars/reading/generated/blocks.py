"""Distribution blocks printed in many layouts with noise; the recipients are known."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

FAMILIES: dict[str, tuple[list[str], list[str]]] = {
    "ministry": (
        [
            "81 İl Valiliğine",
            "Adalet Bakanlığına",
            "Çevre, Şehircilik ve İklim Değişikliği Bakanlığına",
            "Millî Eğitim Bakanlığına (Temel Eğitim Genel Müdürlüğü)",
            "Türkiye İstatistik Kurumu Başkanlığına",
            "Sağlık Bakanlığına (Türkiye İlaç ve Tıbbi Cihaz Kurumu Başkanlığı)",
            "Ticaret Bakanlığına",
        ],
        [
            "Strateji Geliştirme Başkanlığına",
            "Hukuk Hizmetleri Genel Müdürlüğüne",
            "Rehberlik ve Teftiş Başkanlığına",
            "Özel Kalem Müdürlüğüne",
            "Personel Genel Müdürlüğüne",
        ],
    ),
    "university": (
        [
            "Adıyaman Üniversitesi Rektörlüğüne",
            "Ankara Hacı Bayram Veli Üniversitesi Rektörlüğüne",
            "Bilecik Şeyh Edebali Üniversitesi Rektörlüğüne",
            "Çukurova Üniversitesi Rektörlüğüne",
            "Isparta Uygulamalı Bilimler Üniversitesi Rektörlüğüne",
            "Tokat Gaziosmanpaşa Üniversitesi Rektörlüğüne",
        ],
        ["Yükseköğretim Kurulu Başkanlığına", "Ölçme, Seçme ve Yerleştirme Merkezi Başkanlığına"],
    ),
    "faculty": (
        [
            "Diş Hekimliği Fakültesi Dekanlığına",
            "Güzel Sanatlar, Tasarım ve Mimarlık Fakültesi Dekanlığına",
            "Fen Bilimleri Enstitüsü Müdürlüğüne",
            "Yabancı Diller Yüksekokulu Müdürlüğüne",
            "Devlet Konservatuvarı Müdürlüğüne",
        ],
        ["Genel Sekreterliğe", "Hukuk Müşavirliğine", "Bilgi İşlem Daire Başkanlığına"],
    ),
    "province": (
        [
            "Alaca Kaymakamlığına",
            "İskilip Kaymakamlığına (İlçe Tarım ve Orman Müdürlüğü)",
            "Osmancık Kaymakamlığına",
            "Çorum Belediye Başkanlığına (Ulaşım Hizmetleri Müdürlüğü)",
            "Çorum Ziraat Odası Başkanlığına",
        ],
        ["İl Emniyet Müdürlüğüne (Trafik Şube Müdürlüğü)", "İl Jandarma Komutanlığına", "Valilik Makamına"],
    ),
    "court": (
        [
            "Bodrum Cumhuriyet Başsavcılığına",
            "Datça Cumhuriyet Başsavcılığına",
            "Milas Cumhuriyet Başsavcılığına",
            "Ağır Ceza Mahkemesi Başkanlığına",
        ],
        ["Muğla Valiliğine", "Muğla Barosu Başkanlığına", "Denetimli Serbestlik Müdürlüğüne"],
    ),
    "region": (
        [
            "DSİ 1. Bölge Müdürlüğüne (Bursa)",
            "DSİ 13. Bölge Müdürlüğüne (Antalya)",
            "DSİ 21. Bölge Müdürlüğüne (Aydın)",
            "DSİ 25. Bölge Müdürlüğüne (Balıkesir)",
        ],
        ["1. Hukuk Müşavirliğine", "Teftiş Kurulu Başkanlığına", "İşletme ve Bakım Dairesi Başkanlığına"],
    ),
    "village": (
        [
            "Acısu Köyü Muhtarlığına",
            "Başsökü Köyü Muhtarlığına",
            "Çağlayan Köyü Muhtarlığına",
            "Tarım Kredi Kooperatifi Müdürlüğüne",
        ],
        ["Gerze Belediye Başkanlığına", "İlçe Jandarma Komutanlığına"],
    ),
    "chamber": (
        [
            "Tüm Odalara ve Borsalara",
            "Türkiye Esnaf ve Sanatkârları Konfederasyonu Genel Başkanlığına",
            "TCDD Taşımacılık A.Ş. Genel Müdürlüğüne",
            "Elektrik Dağıtım Şirketleri Genel Müdürlüklerine",
        ],
        ["TOBB Başkanlığına", "EPDK Başkanlığına"],
    ),
}
"""By family of issuers, recipients for action and for information."""

Groups = tuple[list[str], list[str]]


@dataclass(frozen=True)
class Block:
    """The printed lines of a Dağıtım and its recipients."""

    lines: list[str]
    action: list[str]
    info: list[str]
    layout: str
    family: str


def _wrapped(name: str, width: int) -> list[str]:
    """The name on as many lines as a column of this width needs; the unit begins its own line."""
    lines: list[str] = []
    for part in [name] if "(" not in name else [name[: name.index("(")].strip(), name[name.index("(") :]]:
        current = ""
        for word in part.split():
            if current and len(current) + 1 + len(word) > width:
                lines.append(current)
                current = ""
            current = f"{current} {word}".strip()
        lines.append(current)
    return lines


def _beside(left: Sequence[str], right: Sequence[str], width: int) -> list[str]:
    rows = max(len(left), len(right))
    cells = [(left[i] if i < len(left) else "", right[i] if i < len(right) else "") for i in range(rows)]
    return [(one.ljust(width) + two).rstrip() for one, two in cells]


def _column(names: Sequence[str], width: int) -> list[str]:
    return [line for name in names for line in _wrapped(name, width)]


def columns(action: list[str], info: list[str], _: random.Random) -> list[str]:
    left, right = _column(action, 44), _column(info, 44)
    return _beside(["Gereği:", *left], ["Bilgi:", *right], 50)


def narrow_columns(action: list[str], info: list[str], _: random.Random) -> list[str]:
    left, right = _column(action, 30), _column(info, 30)
    return _beside(["GEREĞİ", *left], ["BİLGİ", *right], 34)


def rows_squeezed(action: list[str], info: list[str], rng: random.Random) -> list[str]:
    return [" ".join(line.split()) for line in columns(action, info, rng)]


def stacked(action: list[str], info: list[str], _: random.Random) -> list[str]:
    return ["Gereği:", *_column(action, 90), "Bilgi:", *_column(info, 90)]


def stacked_for(action: list[str], info: list[str], _: random.Random) -> list[str]:
    return ["GEREĞİ İÇİN :", *_column(action, 60), "", "BİLGİ İÇİN :", *_column(info, 60)]


def numbered(action: list[str], info: list[str], _: random.Random) -> list[str]:
    def listed(names: list[str]) -> list[str]:
        return [f"{i}. {name}" for i, name in enumerate(names, start=1)]

    return ["Gereği:", *listed(action), "Bilgi:", *listed(info)]


def glued_numbers(action: list[str], info: list[str], _: random.Random) -> list[str]:
    def listed(names: list[str]) -> list[str]:
        return [line for i, name in enumerate(names, start=1) for line in _wrapped(f"{i}-{name}", 46)]

    return _beside(["GEREĞİ", *listed(action)], ["BİLGİ", *listed(info)], 52)


def bulleted(action: list[str], info: list[str], _: random.Random) -> list[str]:
    left, right = [f"- {name}" for name in action], [f"- {name}" for name in info]
    width = max(map(len, left)) + 6
    return _beside(["Gereği:", *left], ["Bilgi:", *right], width)


def heads_first(action: list[str], info: list[str], _: random.Random) -> list[str]:
    return ["Gereği:", "Bilgi:", "", *_column(action, 60), "", *_column(info, 60)]


def beside_heads(action: list[str], info: list[str], _: random.Random) -> list[str]:
    left, right = _column(action, 60), _column(info, 60)
    return [
        *_beside(["GEREĞİ   : ", *[""] * (len(left) - 1)], left, 11),
        *_beside(["BİLGİ    : ", *[""] * (len(right) - 1)], right, 11),
    ]


def commas(action: list[str], info: list[str], _: random.Random) -> list[str]:
    return ["Gereği: " + ", ".join(action), "Bilgi: " + ", ".join(info)]


def one_group_in_columns(action: list[str], info: list[str], _: random.Random) -> list[str]:
    half = (len(action) + 1) // 2
    left = _column(action[:half], 40)
    right = _column(action[half:], 40)
    return ["Gereği:", *_beside(left, right, 46), "Bilgi:", *_column(info, 90)]


def table(action: list[str], info: list[str], _: random.Random) -> list[str]:
    rows = max(len(action), len(info))
    cells = [(action[i] if i < len(action) else "", info[i] if i < len(info) else "") for i in range(rows)]
    return ["| Gereği: | Bilgi: |", "|---|---|", *(f"| {one} | {two} |" for one, two in cells)]


LAYOUTS: dict[str, Callable[[list[str], list[str], random.Random], list[str]]] = {
    layout.__name__: layout
    for layout in (
        columns,
        narrow_columns,
        rows_squeezed,
        stacked,
        stacked_for,
        numbered,
        glued_numbers,
        bulleted,
        heads_first,
        beside_heads,
        commas,
        one_group_in_columns,
        table,
    )
}
AMBIGUOUS = {"rows_squeezed", "heads_first"}
"""Layouts that have lost their columns: nothing but the names tells the group, so that doubt is a right answer."""


def _plain(lines: list[str]) -> list[str]:
    return lines


def _with_foot(lines: list[str]) -> list[str]:
    return [
        *lines,
        "",
        "Bu belge, güvenli elektronik imza ile imzalanmıştır.",
        "Doğrulama Kodu: 6B0F2D74-9E31-4C5A-83C7-E15A90D7B246",
        "Gül Mah. Lale Cad. No:3 06100 Çankaya/ANKARA   Bilgi için: Suna DERELİ",
    ]


def _with_initials(lines: list[str]) -> list[str]:
    return [*lines, "", "12.03.2025 Memur : A.ALTUN", "13.03.2025 Şube Md. : C.CANDAR"]


def _spread(lines: list[str]) -> list[str]:
    return [each for line in lines for each in (line, "")]


def _with_notes(lines: list[str]) -> list[str]:
    """A note on attachments behind the last recipient of the block."""
    if not lines[-1].strip().endswith(("ne", "na")):
        return lines
    return [*lines[:-1], lines[-1] + " (Ek-2 konulmadı)"]


NOISES: dict[str, Callable[[list[str]], list[str]]] = {
    "plain": _plain,
    "foot": _with_foot,
    "initials": _with_initials,
    "spread": _spread,
    "notes": _with_notes,
}


def blocks(count: int, seed: int) -> list[Block]:
    """Blocks of every layout, family and noise in turn, with a random choice of recipients."""
    rng = random.Random(seed)
    result = []
    names = list(FAMILIES)
    for number in range(count):
        layout = list(LAYOUTS)[number % len(LAYOUTS)]
        family = names[rng.randrange(len(names))]
        noise = list(NOISES)[rng.randrange(len(NOISES))]
        most_action, most_info = FAMILIES[family]
        action = rng.sample(most_action, rng.randint(2, len(most_action)))
        info = rng.sample(most_info, rng.randint(1, len(most_info)))
        if layout == "table" or layout == "heads_first":
            noise = "plain" if noise in ("spread", "notes") else noise
        lines = NOISES[noise](LAYOUTS[layout](action, info, rng))
        result.append(Block(lines, action, info, f"{layout}+{noise}", family))
    return result


HEAD = """T.C.
SAĞLIK BAKANLIĞI
Halk Sağlığı Genel Müdürlüğü

Sayı  : E-12345678-020-7001                      24.11.2026
Konu  : Deneme

DAĞITIM YERLERİNE

      Aşı takvimi güncellenmiş olup iş ve işlemlerin buna göre yürütülmesi gerekmektedir.
Bilgilerinizi ve gereğini rica ederim.

                                                     Deniz ÖRNEKTEN
                                                     Bakan a.
                                                     Genel Müdür

DAĞITIM:
"""


def letter_of(block: Block) -> bytes:
    """A letter with this Dağıtım."""
    return (HEAD + "\n".join(block.lines) + "\n").encode()
