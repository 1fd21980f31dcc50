"""e-Yazışma packages (.eyp): the cover letter, and what the package itself says of it.

A package is a ZIP in the Open Packaging Conventions: `UstYazi/` holds the cover letter, `Ustveri/Ustveri.xml` its
metadata, `NihaiUstveri/NihaiUstveri.xml` (since version 2) date, number and signers, `PaketOzeti/PaketOzeti.xml` the
digests of the parts, `Ekler/` the attachments. Version 1 keeps date and number in Ustveri.xml and has one digest a
part. Technical guide: e-Yazışma Teknik Rehberi. Signatures (CAdES) are not verified here.
"""

from __future__ import annotations

import base64
import hashlib
import posixpath
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from circulars.reading.source.errors import UnreadableFile
from circulars.reading.source.kind import FileKind, kind_of
from circulars.reading.source.opc.archive import open_archive, part
from circulars.reading.source.opc.xml_parts import parsed

_DIGESTS = {
    "http://www.w3.org/2000/09/xmldsig#sha1": "sha1",
    "http://www.w3.org/2001/04/xmlenc#sha256": "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
_SECRECY = {"HZO": "HİZMETE ÖZEL", "OZL": "ÖZEL", "GZL": "GİZLİ", "CGZ": "ÇOK GİZLİ"}
_URGENCY = {"IVD": "İVEDİ", "ACL": "ACELE", "GNL": "GÜNLÜDÜR"}
_LONGEST = 2000


@dataclass(frozen=True)
class PackageRecipient:
    """A recipient of the package. `detsis` is the body's number (KKK), `unit` that of the unit within it, if given."""

    name: str
    is_for_information: bool
    detsis: str = ""
    unit: str = ""
    urgency: str = ""


@dataclass(frozen=True)
class PackageAttachment:
    """An attachment: its name, and its file in the package if it has one."""

    name: str
    file_name: str = ""


@dataclass(frozen=True)
class PackageData:
    """What an e-Yazışma package says of its letter. Empty where it says nothing.

    `secrecy` is in the words of the regulation, `differing` names the parts whose digest isn't that of PaketOzeti.xml:
    they were changed after the package was made, or the package is damaged. `unchecked` names parts without a digest.
    """

    number: str = ""
    subject: str = ""
    date: date | None = None
    issuer: str = ""
    issuer_detsis: str = ""
    secrecy: str = ""
    recipients: list[PackageRecipient] = field(default_factory=list)
    attachments: list[PackageAttachment] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    signers: list[tuple[str, str]] = field(default_factory=list)
    verification_address: str = ""
    letter_name: str = ""
    differing: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def open_package(content: bytes) -> tuple[bytes, PackageData]:
    """The cover letter's file and the metadata. Raises UnreadableFile: encrypted, damaged, too_large."""
    archive = open_archive(content)
    names = {name.lstrip("/"): name for name in archive.namelist()}
    if any(name.lower().startswith("sifreliicerik") for name in names):
        raise UnreadableFile("encrypted", "The e-Yazışma package is encrypted for its recipient.")
    metadata = _xml(archive, names, "ustveri/ustveri.xml")
    if metadata is None:
        raise UnreadableFile("damaged", "The e-Yazışma package has no readable metadata (Ustveri).")
    letter_name = _text(metadata, "DosyaAdi")
    letter = _letter(archive, names, letter_name)
    if letter is None:
        raise UnreadableFile("damaged", "The e-Yazışma package holds no cover letter (UstYazi).")
    name, file = letter
    final = _xml(archive, names, "nihaiustveri/nihaiustveri.xml")
    differing, unchecked = _digests(archive, names, name)
    return file, _data(metadata, final, letter_name or posixpath.basename(name), differing, unchecked)


def cover_letter(content: bytes) -> bytes:
    """The file of the letter itself: that in a package, or the content. Raises UnreadableFile for a broken package."""
    return open_package(content)[0] if kind_of(content) == FileKind.PACKAGE else content


def package_data(content: bytes) -> PackageData | None:
    """What a package says; None for any other file. Raises UnreadableFile for a broken package."""
    return open_package(content)[1] if kind_of(content) == FileKind.PACKAGE else None


def _letter(archive: zipfile.ZipFile, names: dict[str, str], wanted: str) -> tuple[str, bytes] | None:
    inside = [
        name for name in names if name.lower().startswith("ustyazi/") and not name.lower().endswith(".rels")
    ]
    inside.sort(key=lambda name: unquote(posixpath.basename(name)) != wanted)
    for name in inside:
        content = part(archive, names[name])
        if content:
            return name, content
    return None


def _xml(archive: zipfile.ZipFile, names: dict[str, str], wanted: str) -> Element | None:
    found = next((names[name] for name in names if name.lower() == wanted), None)
    return parsed(part(archive, found)) if found else None


def _data(
    metadata: Element, final: Element | None, letter_name: str, differing: list[str], unchecked: list[str]
) -> PackageData:
    sender, detsis, _ = _party(metadata.find("Olusturan"))
    dated = _text(final, "Tarih") or _text(metadata, "Tarih")
    return PackageData(
        number=_text(final, "BelgeNo") or _text(metadata, "BelgeNo"),
        subject=_text(metadata, "Konu"),
        date=_date(dated),
        issuer=sender,
        issuer_detsis=detsis,
        secrecy=_SECRECY.get(_text(metadata, "GuvenlikKodu"), ""),
        recipients=[_recipient(each) for each in metadata.findall("DagitimListesi/Dagitim")],
        attachments=[
            PackageAttachment(_text(each, "Ad") or _text(each, "DosyaAdi"), _text(each, "DosyaAdi"))
            for each in metadata.findall("Ekler/Ek")
        ],
        references=[_reference(each) for each in metadata.findall("Ilgiler/Ilgi")],
        signers=[
            (_person(each.find("Imzalayan")), _text(each.find("Imzalayan"), "Gorev") or _text(each, "Makam"))
            for each in (final.findall("BelgeImzalar/Imza") if final is not None else [])
        ],
        verification_address=_text(metadata.find("DogrulamaBilgisi"), "DogrulamaAdresi"),
        letter_name=letter_name,
        differing=differing,
        unchecked=unchecked,
    )


def _recipient(element: Element) -> PackageRecipient:
    name, detsis, unit = _party(element)
    return PackageRecipient(
        name,
        _text(element, "DagitimTuru") == "BLG",
        detsis,
        unit,
        _URGENCY.get(_text(element, "Ivedilik"), ""),
    )


def _party(element: Element | None) -> tuple[str, str, str]:
    """Name, number and unit's number of a body, a legal or a natural person."""
    if element is None:
        return "", "", ""
    body = element.find("KurumKurulus")
    if body is not None:
        return _text(body, "Adi"), _text(body, "KKK"), _text(body, "BirimKKK") or _text(body, "BYK")
    legal = element.find("TuzelSahis")
    if legal is not None:
        return _text(legal, "Adi"), "", ""
    return _person(element.find("GercekSahis")), "", ""


def _person(element: Element | None) -> str:
    person = element.find("Kisi") if element is not None else None
    return " ".join(filter(None, (_text(person, tag) for tag in ("OnEk", "IlkAdi", "IkinciAdi", "Soyadi"))))


def _reference(element: Element) -> str:
    day = _date(_text(element, "Tarih"))
    parts = [
        f"{_text(element, 'Etiket')})",
        f"{day:%d.%m.%Y} tarihli" if day else "",
        f"{_text(element, 'BelgeNo')} sayılı" if _text(element, "BelgeNo") else "",
        _text(element, "Ad"),
    ]
    return " ".join(filter(None, parts))


def _text(element: Element | None, tag: str) -> str:
    found = element.find(tag) if element is not None else None
    return " ".join((found.text or "").split())[:_LONGEST] if found is not None else ""


def _date(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text[:10]).date()
    except ValueError:
        return None


def _digests(archive: zipfile.ZipFile, names: dict[str, str], letter: str) -> tuple[list[str], list[str]]:
    """Parts whose digest differs from that in PaketOzeti.xml, and essential parts that it doesn't name."""
    summary = _xml(archive, names, "paketozeti/paketozeti.xml")
    differing: list[str] = []
    named: set[str] = set()
    for reference in summary.findall("Reference") if summary is not None else []:
        name = unquote(reference.get("URI", "")).lstrip("/")
        found = names.get(name) or names.get(reference.get("URI", "").lstrip("/"))
        items = reference.findall("DigestItem") or [reference]
        content = part(archive, found) if found else None
        if content is None:
            if "harici" not in reference.get("Type", ""):
                differing.append(name)
            continue
        checks = [_agrees(content, item) for item in items]
        if any(check is False for check in checks):
            differing.append(name)
        if any(check is not None for check in checks):
            named.add(name)
    essential = [name for name in names if name.lower() == "ustveri/ustveri.xml"] + [letter]
    return differing, [name for name in essential if unquote(name) not in named and name not in named]


def _agrees(content: bytes, item: Element) -> bool | None:
    """Whether the digest is the content's; None if its algorithm isn't known."""
    method = item.find("DigestMethod")
    algorithm = _DIGESTS.get(method.get("Algorithm", "") if method is not None else "")
    if algorithm is None:
        return None
    expected = "".join((item.findtext("DigestValue") or "").split())
    actual = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    return base64.b64encode(actual).decode() == expected
