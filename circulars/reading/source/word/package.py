"""The parts of a Word file, found by their relationships, whatever their names are."""

from __future__ import annotations

import posixpath
import zipfile
from xml.etree.ElementTree import Element

from circulars.reading.source.errors import UnreadableFile
from circulars.reading.source.opc.archive import open_archive, part
from circulars.reading.source.opc.xml_parts import parsed


class WordPackage:
    """A Word file: DOCX, DOCM, DOTX, DOTM, in the usual or the strict form. Raises UnreadableFile."""

    def __init__(self, content: bytes) -> None:
        self._archive: zipfile.ZipFile = open_archive(content)
        main = self._main_name()
        if main is None:
            raise UnreadableFile("damaged", "The Word file has no text in it. Save it again as DOCX.")
        self._main = main
        self._targets = self._relationships(main)

    def document(self) -> Element:
        """The root of the main part."""
        root = self._root(self._main)
        if root is None:
            raise UnreadableFile("damaged", "The DOCX file is damaged and cannot be read.")
        return root

    def of_type(self, kind: str) -> Element | None:
        """The root of the part that the main part relates to by this type, such as `styles`."""
        for _, (found, target) in self._targets.items():
            if found == kind:
                return self._root(target)
        return None

    def by_id(self, identifier: str) -> Element | None:
        """The root of the part that the main part names by this relationship."""
        named = self._targets.get(identifier)
        return self._root(named[1]) if named else None

    def _root(self, name: str) -> Element | None:
        return parsed(part(self._archive, name))

    def _main_name(self) -> str | None:
        named = [target for kind, target in self._relationships("").values() if kind == "officeDocument"]
        usual = sorted(
            name
            for name in self._archive.namelist()
            if name.startswith("word/document") and name.endswith(".xml")
        )
        names = set(self._archive.namelist())
        return next((name for name in [*named, *usual] if name in names), None)

    def _relationships(self, name: str) -> dict[str, tuple[str, str]]:
        """By id: the last part of the relationship's type, and the name of the part that it leads to."""
        folder, file = posixpath.split(name)
        root = self._root(posixpath.join(folder, "_rels", f"{file}.rels"))
        found: dict[str, tuple[str, str]] = {}
        for each in root if root is not None else []:
            target = each.get("Target", "")
            if each.get("TargetMode") == "External":
                continue
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = each.get("Type", "").rpartition("/")[2]
            found[each.get("Id", "")] = kind, posixpath.normpath(path)
        return found
