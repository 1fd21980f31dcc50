"""e-Yazışma packages: the cover letter is read, and what the package says of it is offered."""

import datetime

import pytest

from circulars.reading import FileKind, UnreadableFile, fitting_name, kind_of, read_letter
from circulars.reading.source.extract import extract_lines
from circulars.reading.source.opc.correspondence import PackageAttachment, PackageRecipient
from tests.circulars.own_letters import FOLDER, as_file
from tests.circulars.reading.made_files import digest, p, word, zipped

LETTER = as_file(FOLDER / "pdf_iki_sutun.html")[1]
TYPES = "urn:dpt:eyazisma:schema:xsd:Tipler-2"
METADATA = f"""<?xml version="1.0" encoding="utf-8"?>
<UstVeri xmlns="urn:dpt:eyazisma:schema:xsd:Ustveri-2" xmlns:t="{TYPES}">
<t:BelgeId>4F9E2E9B-F4E6-4428-8F99-2E0A0D1D42D9</t:BelgeId><t:Konu>Aşı Takvimi</t:Konu>
<t:GuvenlikKodu>HZO</t:GuvenlikKodu>
<t:MimeTuru>application/pdf</t:MimeTuru>
<t:DagitimListesi><t:Dagitim><t:KurumKurulus><t:KKK>24301050</t:KKK><t:Adi>Adalet Bakanlığı</t:Adi>
<t:BirimKKK>24301051</t:BirimKKK>
</t:KurumKurulus><t:Ivedilik>ACL</t:Ivedilik><t:DagitimTuru>GRG</t:DagitimTuru></t:Dagitim>
<t:Dagitim><t:TuzelSahis><t:Id schemeID="MERSIS">1</t:Id><t:Adi>Örnek Birliği</t:Adi></t:TuzelSahis>
<t:Ivedilik>NRM</t:Ivedilik>
<t:DagitimTuru>BLG</t:DagitimTuru></t:Dagitim></t:DagitimListesi>
<t:Ekler><t:Ek><t:Id Value="1"/><t:Tur>DED</t:Tur><t:DosyaAdi>ek.pdf</t:DosyaAdi><t:Ad>Kılavuz</t:Ad>
<t:SiraNo>1</t:SiraNo></t:Ek></t:Ekler>
<t:Ilgiler><t:Ilgi><t:Id Value="2"/><t:BelgeNo>E-1-2</t:BelgeNo><t:Tarih>2026-01-05T00:00:00</t:Tarih>
<t:Etiket>a</t:Etiket><t:Ad>yazı</t:Ad></t:Ilgi></t:Ilgiler>
<t:Olusturan><t:KurumKurulus><t:KKK>24322010</t:KKK><t:Adi>Sağlık Bakanlığı</t:Adi></t:KurumKurulus></t:Olusturan>
<t:DosyaAdi>yazi.pdf</t:DosyaAdi><t:DogrulamaBilgisi>
<t:DogrulamaAdresi>https://dogrula.example</t:DogrulamaAdresi></t:DogrulamaBilgisi>
</UstVeri>"""
FINAL = f"""<NihaiUstVeri xmlns="urn:dpt:eyazisma:schema:xsd:NihaiUstveri-2" xmlns:t="{TYPES}">
<t:Tarih>2026-11-24T14:23:13+03:00</t:Tarih>
<t:BelgeNo>E-12345678-020-7001</t:BelgeNo><t:BelgeImzalar><t:Imza><t:Imzalayan><t:Kisi>
<t:IlkAdi>Deniz</t:IlkAdi><t:Soyadi>ÖRNEKTEN</t:Soyadi>
<t:OnEk>Dr.</t:OnEk></t:Kisi><t:Gorev>Genel Müdür</t:Gorev></t:Imzalayan></t:Imza></t:BelgeImzalar>
</NihaiUstVeri>"""


def summary(*parts: tuple[str, bytes]) -> str:
    """PaketOzeti.xml of version 2."""
    named = "".join(
        f'<Reference URI="/{name}"><DigestItem><DigestMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#sha384"/>'
        f"<DigestValue>{digest(content)}</DigestValue></DigestItem></Reference>"
        for name, content in parts
    )
    return f'<PaketOzeti xmlns="urn:dpt:eyazisma:schema:xsd:PaketOzeti-2">{named}</PaketOzeti>'


def package(letter: bytes = LETTER, *, signed: bytes | None = None, **other: str | bytes) -> bytes:
    """A package of version 2; `signed` is the letter whose digest it holds, if another."""
    return zipped(
        {
            "[Content_Types].xml": '<Types><Default Extension="docx" ContentType="x/wordprocessingml"/></Types>',
            "UstYazi/yazi.pdf": letter,
            "Ustveri/Ustveri.xml": METADATA,
            "NihaiUstveri/NihaiUstveri.xml": FINAL,
            "PaketOzeti/PaketOzeti.xml": summary(
                ("UstYazi/yazi.pdf", signed or letter), ("Ustveri/Ustveri.xml", METADATA.encode())
            ),
            **other,
        }
    )


def test_the_cover_letter_is_read_like_the_file_itself() -> None:
    content = package()
    assert kind_of(content) == FileKind.PACKAGE
    grade = {"secrecy": "HİZMETE ÖZEL"}
    assert read_letter(content).as_truth() == {**read_letter(LETTER).as_truth(), **grade}


def test_a_package_that_is_classified_gives_its_grade_though_the_letter_prints_none() -> None:
    metadata = METADATA.replace("HZO", "GZL")
    assert read_letter(package(**{"Ustveri/Ustveri.xml": metadata})).secrecy == "GİZLİ"


def test_what_the_package_says_is_offered() -> None:
    data = extract_lines(package()).metadata
    assert data is not None
    assert (data.number, data.subject, data.date) == (
        "E-12345678-020-7001",
        "Aşı Takvimi",
        datetime.date(2026, 11, 24),
    )
    assert (data.issuer, data.issuer_detsis, data.secrecy) == ("Sağlık Bakanlığı", "24322010", "HİZMETE ÖZEL")
    assert data.recipients == [
        PackageRecipient("Adalet Bakanlığı", False, "24301050", "24301051", "ACELE"),
        PackageRecipient("Örnek Birliği", True),
    ]
    assert data.attachments == [PackageAttachment("Kılavuz", "ek.pdf")]
    assert data.references == ["a) 05.01.2026 tarihli E-1-2 sayılı yazı"]
    assert data.signers == [("Dr. Deniz ÖRNEKTEN", "Genel Müdür")]
    assert data.verification_address == "https://dogrula.example"
    assert (data.differing, data.unchecked) == ([], [])


def test_a_letter_that_was_changed_after_signing_is_named() -> None:
    data = extract_lines(package(signed=b"another letter")).metadata
    assert data is not None and data.differing == ["UstYazi/yazi.pdf"]


def test_a_missing_part_and_one_without_digest_are_named() -> None:
    content = package(
        **{
            "PaketOzeti/PaketOzeti.xml": summary(
                ("Ekler/ek.pdf", b"x"), ("Ustveri/Ustveri.xml", METADATA.encode())
            )
        }
    )
    data = extract_lines(content).metadata
    assert data is not None
    assert (data.differing, data.unchecked) == (["Ekler/ek.pdf"], ["UstYazi/yazi.pdf"])


def test_a_package_of_version_one_is_read() -> None:
    old = (
        METADATA.replace("UstVeri", "Ustveri")
        .replace("Ustveri-2", "Ustveri-1")
        .replace("Tipler-2", "Tipler-1")
    )
    old = old.replace(
        "<t:GuvenlikKodu>",
        "<t:Tarih>2024-01-07T00:00:00.000+03:00</t:Tarih><t:BelgeNo>06-061</t:BelgeNo><t:GuvenlikKodu>",
    )
    one = (
        '<PaketOzeti xmlns="urn:dpt:eyazisma:schema:xsd:PaketOzeti-1"><Reference URI="/UstYazi/yazi.pdf">'
        '<DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"/>'
        f"<DigestValue>{digest(LETTER, 'sha1')}</DigestValue></Reference></PaketOzeti>"
    )
    content = zipped(
        {"UstYazi/yazi.pdf": LETTER, "Ustveri/Ustveri.xml": old, "PaketOzeti/PaketOzeti.xml": one}
    )
    data = extract_lines(content).metadata
    assert data is not None
    assert (data.number, data.date) == ("06-061", datetime.date(2024, 1, 7))
    assert (data.differing, data.unchecked) == ([], ["Ustveri/Ustveri.xml"])


def test_a_cover_letter_in_word_is_read() -> None:
    content = package(word(p("Konu : Aşı")))
    assert extract_lines(content).lines == ["Konu : Aşı"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (
            {"SifreliIcerik/Icerik.bin": b"x", "SifreliIcerikBilgisi/SifreliIcerikBilgisi.xml": b"<x/>"},
            "encrypted",
        ),
        ({"Ustveri/Ustveri.xml": METADATA}, "damaged"),
        ({"Ustveri/Ustveri.xml": "<UstVeri", "UstYazi/yazi.pdf": LETTER}, "damaged"),
        (
            {"Ustveri/Ustveri.xml": METADATA, "UstYazi/yazi.pdf": zipped({"Ustveri/Ustveri.xml": "<x/>"})},
            "damaged",
        ),
    ],
    ids=["encrypted", "no letter", "no metadata", "package in place of the letter"],
)
def test_a_package_without_a_readable_letter_says_why(parts: dict[str, str | bytes], code: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        extract_lines(zipped(parts))
    assert caught.value.code == code


def test_a_package_keeps_an_ending_by_which_it_is_opened() -> None:
    assert fitting_name("yazi.pdf", FileKind.PACKAGE) == "yazi.eyp"
    assert fitting_name("yazi.eyp", FileKind.PACKAGE) == "yazi.eyp"
    assert fitting_name("yazi.eyp", FileKind.PDF) == "yazi.pdf"
