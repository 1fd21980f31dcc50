"""Texts of signed letters for tests, by default of a GÜNLÜDÜR letter."""

from collections.abc import Sequence

NUMBER = "E-12345678-010.06.02-7"
SUBJECT = "Şehir İçi Ulaşımda Yeni Düzenleme"


def signed_letter(
    *,
    number: str = NUMBER,
    day: str = "02.11.2026",
    due: str = "18.12.2026",
    subject: str = SUBJECT,
    action: Sequence[str] = ("Şeker Bakanlığına", "İplik Bakanlığına"),
    mark: str = "GÜNLÜDÜR",
) -> bytes:
    """The letter's text file."""
    lines = "\n".join(action)
    text = f"""T.C.
SINAMA BAKANLIĞI
İletişim Genel Müdürlüğü

{mark}

Sayı : {number}                                   {day}
Konu : {subject}

DAĞITIM YERLERİNE

Bilindiği üzere şehir içi ulaşıma ilişkin düzenleme yürürlüğe girmiştir.

Görüşlerin en geç {due} tarihine kadar Genel Müdürlüğümüze gönderilmesi gerekmektedir.

Gereğini rica ederim.

Çağrı IŞIK
Bakan a.
Genel Müdür

Dağıtım:

Gereği:

{lines}
"""
    return text.encode()
