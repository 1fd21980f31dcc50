"""The archive of a workbook: its parts, how much of each is unpacked, and which archives are no workbook."""

import posixpath
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import IO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from agencies.directory.tabular.refused import UnreadableTable
from agencies.directory.workbook.part import elements

MB = 1024 * 1024
MOST_RATIO = 100
"""A part beyond its `free` size may unpack to so many times its packed size; tables reach a tenth of that."""

MOST_SHEETS = 1000
MOST_LINKS = 10_000
_WORKBOOK = "xl/workbook.xml"


@dataclass(frozen=True)
class Limit:
    """How many bytes of a part are unpacked at most, and how many however small it is packed."""

    most: int
    free: int


SHEET_LIMIT = Limit(1024 * MB, 256 * MB)
"""Read as a stream."""

STRINGS_LIMIT = Limit(128 * MB, 64 * MB)
"""Kept in memory, in about the size of the part."""

OTHER_LIMIT = Limit(64 * MB, 64 * MB)


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook and the name of its part."""

    title: str
    is_visible: bool
    part: str


class Package:
    """The parts of a workbook. Raises UnreadableTable for other archives and for parts that unpack to too much."""

    def __init__(self, file: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(file)
        self._names = {name.lower(): name for name in self._archive.namelist()}
        self._refuse_other_archives()
        self._links = self._read_links()
        self.epoch: datetime = WINDOWS_EPOCH
        self.sheets: list[Sheet] = []
        self._read_workbook()

    def close(self) -> None:
        self._archive.close()

    @contextmanager
    def open(self, part: str, limit: Limit = OTHER_LIMIT, called: str = "") -> Iterator[IO[bytes]]:
        """The unpacked part as a stream; a refusal calls it `called`."""
        info = self._archive.getinfo(self._names[part.lower()])
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise zipfile.BadZipFile(f"{part} is packed by method {info.compress_type}")
        _refuse_too_large(info, limit, called or posixpath.basename(part))
        with self._archive.open(info) as stream:
            yield stream

    def strings_part(self) -> str | None:
        return self._linked("sharedStrings")

    def styles_part(self) -> str | None:
        return self._linked("styles")

    def _linked(self, kind: str) -> str | None:
        """The part of this kind, if there is one. Not every program writes the link to it."""
        part = next((part for linked, part in self._links.values() if linked == kind), f"xl/{kind}.xml")
        return part if part.lower() in self._names else None

    def _read_links(self) -> dict[str, tuple[str, str]]:
        """The kind and the part of each link of the workbook, by its identifier."""
        links = {}
        with self.open("xl/_rels/workbook.xml.rels") as stream:
            for name, link in islice(elements(stream), MOST_LINKS):
                if name == "Relationship" and link.get("TargetMode") != "External":
                    target = link.get("Target", "")
                    part = (
                        target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
                    )
                    links[link.get("Id", "")] = (link.get("Type", "").rpartition("/")[2], part)
        return links

    def _read_workbook(self) -> None:
        with self.open(_WORKBOOK) as stream:
            for name, element in elements(stream):
                if name == "workbookPr" and element.get("date1904") in ("1", "true"):
                    self.epoch = MAC_EPOCH
                elif name == "sheet":
                    link = next((value for key, value in element.items() if key.endswith("}id")), "")
                    kind, part = self._links.get(link, ("", ""))
                    if kind == "worksheet" and part.lower() in self._names:
                        self._add_sheet(element, part)

    def _add_sheet(self, element: dict[str, str], part: str) -> None:
        if len(self.sheets) == MOST_SHEETS:
            raise ValueError("too many sheets")
        visible = element.get("state", "visible") == "visible"
        self.sheets.append(Sheet(element.get("name", ""), visible, part))

    def _refuse_other_archives(self) -> None:
        names = self._names
        if "mimetype" in names and self._beginning("mimetype").startswith(b"application/vnd.oasis"):
            raise wrong_form(_("an OpenDocument file (.ods)"))
        if "xl/workbook.bin" in names:
            raise wrong_form(_("a binary Excel workbook (.xlsb)"))
        if _WORKBOOK not in names:
            raise wrong_form(_("an archive or document without a workbook"))
        sheets = [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        if any(b"purl.oclc.org/ooxml" in self._beginning(part) for part in [_WORKBOOK, *sheets[:1]]):
            raise wrong_form(_("a workbook in the form “Strict Open XML”"))

    def _beginning(self, part: str) -> bytes:
        with self.open(part, SHEET_LIMIT) as stream:
            return stream.read(4000)


def wrong_form(form: str) -> UnreadableTable:
    """The file has another form than CSV or XLSX."""
    return UnreadableTable(
        _(
            "The file is %(form)s. Open it, save it as “Excel workbook (.xlsx)” or “CSV UTF-8”, and upload that."
        )
        % {"form": form}
    )


def too_large(called: str, limit: int) -> UnreadableTable:
    return UnreadableTable(
        _(
            "Unpacked, “%(part)s” of the workbook is larger than %(limit)s, so it isn't read. Delete empty rows and"
            " sheets without a table, or split the table into several files, or save it as CSV."
        )
        % {"part": called, "limit": filesizeformat(limit)}
    )


def _refuse_too_large(info: zipfile.ZipInfo, limit: Limit, called: str) -> None:
    """The archive gives no more of a part than the size that it states, so that size can be judged."""
    if info.file_size > limit.free and info.file_size > MOST_RATIO * info.compress_size:
        raise UnreadableTable(
            _(
                "“%(part)s” of the workbook is packed from %(size)s into %(packed)s, tighter than any table, as files"
                " are that are made to block a server. So it isn't read. Copy the cells of the table into a new"
                " workbook, or save the sheet as CSV, and upload that."
            )
            % {
                "part": called,
                "size": filesizeformat(info.file_size),
                "packed": filesizeformat(info.compress_size),
            }
        )
    if info.file_size > limit.most:
        raise too_large(called, limit.most)
