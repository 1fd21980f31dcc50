"""Parse KEP evidence files: XML, or a ZIP of XML, as issued by providers. Doesn't access the database.

Providers differ, so elements are matched by local name, ignoring case and namespace. Two formats are supported:
the web service answer, whose fields may be parallel arrays (delilId, delilTurId, tarih, ...), and the evidence
of ETSI TS 102 640-2 (EvidenceIdentifier, EventCode, EventTime, ...).
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
LARGEST_TOTAL = 100 * 1024 * 1024
"""Maximum bytes of evidence in one import, unpacked."""

MOST_MEMBERS = 5000
DEEPEST = 40
"""Maximum nesting of elements: ten times what evidence needs."""

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
"""Our code by the evidence's name and by the end of its EventCode."""


class EvidenceUnreadable(Exception):
    """A file, or a piece of evidence in it, can't be used; the message gives the reason."""


@dataclass(frozen=True)
class ReadEvidence:
    """One piece of evidence. `content` is the original file, or only this piece's fields if the file has several."""

    evidence_id: str
    code: EvidenceCode
    at: datetime
    content: bytes
    provider: str = ""
    recipient: str = ""
    message_id: str = ""
    description: str = ""
    error: str = ""


def unpack(
    name: str, content: bytes, *, room: int | None = None
) -> Iterator[tuple[str, bytes | EvidenceUnreadable]]:
    """The XML files of an upload by name: the upload itself, or the members of a ZIP, within limits.

    `room` is the number of bytes that the import may still take; LARGEST_TOTAL if omitted.
    """
    left = LARGEST_TOTAL if room is None else room
    if not zipfile.is_zipfile(BytesIO(content)):
        yield name, content if len(content) <= min(LARGEST_XML, left) else _too_large(left)
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
            for member in members:
                data = _member(archive, member, left)
                left -= len(data) if isinstance(data, bytes) else 0
                yield f"{name} / {PurePosixPath(member.filename).name}", data
    except zipfile.BadZipFile as error:
        yield name, EvidenceUnreadable(_("The archive is damaged: %(error)s") % {"error": error})


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes | EvidenceUnreadable:
    most = min(LARGEST_XML, left)
    try:
        with archive.open(member) as file:
            data = file.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        return EvidenceUnreadable(_("It can't be unpacked: %(error)s") % {"error": error})
    return _too_large(left) if len(data) > most else data


def _too_large(left: int) -> EvidenceUnreadable:
    if left < LARGEST_XML:
        return EvidenceUnreadable(
            _("All files together are too much for one import. Import this one by itself.")
        )
    return EvidenceUnreadable(_("The file is too large for evidence."))


def read_evidence(content: bytes) -> list[ReadEvidence | EvidenceUnreadable]:
    """Every piece of evidence in one XML file, in order; an unusable one is represented by its error."""
    try:
        root: Element = SafeTree.fromstring(content, forbid_dtd=True)
    except (SafeTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        return [EvidenceUnreadable(_unreadable(content, error))]
    tree = Tree(root)
    if tree.depth > DEEPEST:
        return [EvidenceUnreadable(_("Its elements are nested too deeply for evidence."))]
    rows: list[dict[str, str]] = []
    for element in root.iter():
        if tree.values(element, "delilid"):
            rows += _answer_rows(element, tree)
        elif tree.values(element, "evidenceidentifier"):
            rows.append(_rem_row(element))
    if not rows:
        return [
            EvidenceUnreadable(_("It holds no evidence: neither delilId nor EvidenceIdentifier is there."))
        ]
    return [_evidence(row, content if len(rows) == 1 else _own_xml(row)) for row in rows]


def _unreadable(content: bytes, error: Exception) -> str:
    """Why a file can't be read, in plain words: the parser's own message is technical and in English."""
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


class Tree:
    """Index of the elements by parent and of the texts of their children."""

    def __init__(self, root: Element) -> None:
        self._above: dict[Element, Element] = {}
        self._texts: dict[Element, dict[str, list[str]]] = {}
        depths = {root: 1}
        for parent in root.iter():
            for child in parent:
                self._above[child] = parent
                depths[child] = depths[parent] + 1
        self.depth = max(depths.values())

    def values(self, parent: Element, name: str) -> list[str]:
        """Texts of the children with that name; for an array, the texts of its members."""
        texts = self._texts.get(parent)
        if texts is None:
            texts = self._texts[parent] = {}
            for child in parent:
                texts.setdefault(_name(child), []).extend(_text(each) for each in (list(child) or [child]))
        return texts.get(name, [])

    def nearest(self, element: Element, names: tuple[str, ...]) -> list[str]:
        """Values next to the evidence, or next to an enclosing element."""
        around: Element | None = element
        while around is not None:
            for name in names:
                if found := self.values(around, name):
                    return found
            around = self._above.get(around)
        return []


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _answer_rows(element: Element, tree: Tree) -> list[dict[str, str]]:
    """The parallel arrays of a web service answer as rows; a single value applies to all rows."""
    ids = tree.values(element, "delilid")
    columns = {
        "id": ids,
        "code": tree.values(element, "delilturid"),
        "at": tree.values(element, "tarih"),
        "provider": tree.values(element, "kephs"),
        "description": tree.values(element, "delilaciklama"),
        "error": tree.values(element, "hataaciklama"),
        "message_id": tree.nearest(element, MESSAGE_ID_NAMES),
        "recipient": tree.nearest(element, RECIPIENT_NAMES),
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


def _rem_row(element: Element) -> dict[str, str]:
    def first(*names: str) -> str:
        for name in names:
            for each in element.iter():
                if _name(each) == name and (text := _text(each)):
                    return text
        return ""

    recipients = [
        _text(address)
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
    """A time in ISO 8601 or Turkish notation; without an offset it is Turkish local time."""
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
