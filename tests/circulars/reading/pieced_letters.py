"""A letter put together from its parts, each of which a test may replace."""

from circulars.reading import ReadLetter, read_letter

HEAD = """T.C.
ÖRNEK BAKANLIĞI
Deneme Genel Müdürlüğü

Sayı  : E-71037622-010.06.02-14829305                                              14.06.2024
Konu  : Deneme Yazısı

                                    DAĞITIM YERLERİNE
"""
BODY = """
        Esasların uygulanması hususunda bilgilerini ve gereğini arz ve rica ederim.

                                                                       Ersin DİLBAZ
"""
TITLE = "                                                                     Bakan Yardımcısı\n\n"
LISTED = "Dağıtım:\nAdalet Bakanlığına\nSağlık Bakanlığına\n"
FOOTER = """
                   Bu belge, güvenli elektronik imza ile imzalanmıştır.
Doğrulama Kodu: 4D1A97BC-5E02-4C6B-9F37-1BA8E2D06C55   Doğrulama Adresi: https://www.turkiye.gov.tr/x-ebys
"""


def read(
    tail: str = LISTED, *, head: str = HEAD, references: str = "", title: str = TITLE, footer: str = FOOTER
) -> ReadLetter:
    """A letter with these parts, read as text."""
    return read_letter((head + references + BODY + title + tail + footer).encode(), "a.txt")
