"""Reading KEP evidence files: XML, or a ZIP of XML, as providers hand them out. Nothing here touches a row.

Providers differ, so elements are found by their local names, in any case and any namespace. Two forms are known:
the answer of a web service, whose fields may be parallel arrays (delilId, delilTurId, tarih, ...), and the
evidence of ETSI TS 102 640-2 (EvidenceIdentifier, EventCode, EventTime, ...).
"""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeTree
from django.utils import timezone
from django.utils.translation import gettext as _

from distribution.models import EvidenceCode

LARGEST_XML = 5 * 1024 * 1024
LARGEST_TOTAL = 200 * 1024 * 1024
MOST_MEMBERS = 5000
LONGEST_ID = 120

MESSAGE_ID_NAMES = (
    "messageid",
    "mesajid",
    "orijinalmesajid",
    "originalmessageid",
    "uamessageidentifier",
    "messageidentifierbyremmd",
    "iletiid",
    "kepid",
)
RECIPIENT_NAMES = ("alicikepadresi", "alicikephesap", "alicikep", "alici", "kime", "recipient", "to")

REM_CODES = {
    "submissionacceptancerejection": {
        "acceptance": EvidenceCode.ACCEPTED,
        "rejection": EvidenceCode.REFUSED,
    },
    "relayremmdacceptancerejection": {
        "acceptance": EvidenceCode.RELAYED,
        "rejection": EvidenceCode.RELAY_REFUSED,
    },
    "relayremmdfailure": {"relayfailure": EvidenceCode.RELAY_FAILED, "failure": EvidenceCode.RELAY_FAILED},
    "deliverynondeliverytorecipient": {
        "delivery": EvidenceCode.DELIVERED,
        "acceptance": EvidenceCode.DELIVERED,
        "deliveryexpiration": EvidenceCode.UNDELIVERABLE,
        "rejection": EvidenceCode.UNDELIVERABLE,
    },
    "retrievalnonretrievalbyrecipient": {"retrieval": EvidenceCode.READ},
    "downloadnondownloadbyrecipient": {"download": EvidenceCode.READ},
}
"""Our code by the name of the evidence and the end of its EventCode."""


class EvidenceUnreadable(Exception):
    """A file, or one piece of evidence in it, that can't be used; the message says why."""


@dataclass(frozen=True)
class ReadEvidence:
    """One piece of evidence. `content` is the file as it came, or its own fields where the file holds several."""

    evidence_id: str
    code: EvidenceCode
    at: datetime
    content: bytes
    provider: str = ""
    recipient: str = ""
    message_id: str = ""
    description: str = ""
    error: str = ""


def unpack(name: str, content: bytes) -> Iterator[tuple[str, bytes | EvidenceUnreadable]]:
    """Each XML file of an upload by name: the upload itself, or the members of a ZIP, within bounds."""
    if not zipfile.is_zipfile(BytesIO(content)):
        too_large = len(content) > LARGEST_XML
        yield name, EvidenceUnreadable(_("The file is too large for evidence.")) if too_large else content
        return
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MOST_MEMBERS:
                yield (
                    name,
                    EvidenceUnreadable(
                        _("The archive holds more than %(most)d files. Split it.") % {"most": MOST_MEMBERS}
                    ),
                )
                return
            left = LARGEST_TOTAL
            for member in members:
                data = _member(archive, member, min(LARGEST_XML, left))
                left -= len(data) if isinstance(data, bytes) else 0
                yield f"{name} / {PurePosixPath(member.filename).name}", data
    except zipfile.BadZipFile as error:
        yield name, EvidenceUnreadable(_("The archive is damaged: %(error)s") % {"error": error})


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes | EvidenceUnreadable:
    try:
        with archive.open(member) as file:
            data = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        return EvidenceUnreadable(_("It can't be unpacked: %(error)s") % {"error": error})
    return EvidenceUnreadable(_("The file is too large for evidence.")) if len(data) > most else data


def read_evidence(content: bytes) -> list[ReadEvidence | EvidenceUnreadable]:
    """Every piece of evidence in one XML file, in its order; what can't be used stands there as the reason."""
    try:
        root: Element = SafeTree.fromstring(content, forbid_dtd=True)
    except (SafeTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        return [EvidenceUnreadable(_unreadable(content, error))]
    above = {child: parent for parent in root.iter() for child in parent}
    rows: list[dict[str, str]] = []
    for element in root.iter():
        names = {_name(child) for child in element}
        if "delilid" in names:
            rows += _answer_rows(element, above)
        elif "evidenceidentifier" in names:
            rows.append(_rem_row(element))
    if not rows:
        return [
            EvidenceUnreadable(_("It holds no evidence: neither delilId nor EvidenceIdentifier is there."))
        ]
    return [_evidence(row, content if len(rows) == 1 else _own_xml(row)) for row in rows]


def _unreadable(content: bytes, error: Exception) -> str:
    """Why a file isn't read, for a reader who knows no XML; the parser's own words are in no language of ours."""
    if isinstance(error, DefusedXmlException):
        return _(
            "Its XML has a document type or entities, which evidence never has. It isn't read, for safety."
        )
    if content.lstrip().startswith(b"<") and isinstance(error, SafeTree.ParseError):
        return _("Its XML is broken at line %(line)d. Get the file from your KEP provider again.") % {
            "line": error.position[0]
        }
    return _("It isn't an XML file. Choose the evidence file that your KEP provider gave.")


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _values(parent: Element, *names: str) -> list[str]:
    """The texts of the children of that name; of a child that is an array, the texts of its members."""
    found: list[str] = []
    for child in parent:
        if _name(child) in names:
            found += [" ".join("".join(each.itertext()).split()) for each in (list(child) or [child])]
    return found


def _answer_rows(element: Element, above: dict[Element, Element]) -> list[dict[str, str]]:
    """The parallel arrays of a web service's answer, turned into rows; a value given once holds for all."""
    ids = _values(element, "delilid")
    columns = {
        "id": ids,
        "code": _values(element, "delilturid"),
        "at": _values(element, "tarih"),
        "provider": _values(element, "kephs"),
        "description": _values(element, "delilaciklama"),
        "error": _values(element, "hataaciklama"),
        "message_id": _nearest(element, above, MESSAGE_ID_NAMES),
        "recipient": _nearest(element, above, RECIPIENT_NAMES),
    }
    rows = []
    for number in range(len(ids)):
        row = {}
        for key, values in columns.items():
            if len(values) == len(ids):
                row[key] = values[number]
            else:
                row[key] = (
                    values[0] if len(values) == 1 and key in ("message_id", "recipient", "provider") else ""
                )
        rows.append(row)
    return rows


def _nearest(element: Element, above: dict[Element, Element], names: tuple[str, ...]) -> list[str]:
    """The values beside the evidence, or beside an element around it."""
    while True:
        for name in names:
            if found := _values(element, name):
                return found
        if element not in above:
            return []
        element = above[element]


def _rem_row(element: Element) -> dict[str, str]:
    def first(*names: str) -> str:
        for name in names:
            for each in element.iter():
                if _name(each) == name and (text := " ".join("".join(each.itertext()).split())):
                    return text
        return ""

    recipients = [
        " ".join("".join(address.itertext()).split())
        for details in element.iter()
        if _name(details) in ("recipientsdetails", "recipientdetails")
        for address in details.iter()
        if _name(address) == "attributedelectronicaddress"
    ]
    suffix = first("eventcode").rpartition("#")[2].rpartition("/")[2].lower()
    known = REM_CODES.get(_name(element), {})
    return {
        "id": first("evidenceidentifier"),
        "code": str(known[suffix].value) if suffix in known else first("eventcode"),
        "at": first("eventtime"),
        "provider": first("evidenceissuerpolicyid", "electronicaddress"),
        "description": first("eventreason"),
        "error": first("errordescription"),
        "message_id": first(*MESSAGE_ID_NAMES),
        "recipient": recipients[0] if len(set(recipients)) == 1 else "",
    }


def _evidence(row: dict[str, str], content: bytes) -> ReadEvidence | EvidenceUnreadable:
    if not 0 < len(row["id"]) <= LONGEST_ID:
        return EvidenceUnreadable(_("The evidence has no number, or one that is too long."))
    try:
        code = EvidenceCode(int(row["code"]))
    except ValueError:
        return EvidenceUnreadable(_("Evidence %(id)s has an unknown code: “%(code)s”.") % row)
    at = _moment(row["at"])
    if at is None:
        return EvidenceUnreadable(_("Evidence %(id)s has no time that can be read: “%(at)s”.") % row)
    return ReadEvidence(
        evidence_id=row["id"],
        code=code,
        at=at,
        content=content,
        provider=row["provider"],
        recipient=row["recipient"].removeprefix("mailto:").strip("<>"),
        message_id=f"<{row['message_id'].strip('<>')}>" if row["message_id"] else "",
        description=row["description"],
        error=row["error"],
    )


def _moment(text: str) -> datetime | None:
    """The time as ISO or in the Turkish way; without an offset it is the time of Türkiye."""
    for read in (datetime.fromisoformat, _turkish_moment):
        try:
            moment = read(text)
        except ValueError:
            continue
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    return None


def _turkish_moment(text: str) -> datetime:
    separator = "." if "." in text.split(" ")[0] else "/"
    return datetime.strptime(text, f"%d{separator}%m{separator}%Y %H:%M:%S")


def _own_xml(row: dict[str, str]) -> bytes:
    root = Element("delil")
    for key, value in row.items():
        SubElement(root, key).text = value
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))
