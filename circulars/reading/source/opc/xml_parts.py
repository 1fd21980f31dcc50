"""XML parts of packages, parsed without their namespaces: Word's usual and its strict ones differ in nothing else."""

from __future__ import annotations

import io
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from circulars.reading.source.errors import UnreadableFile

MAX_ELEMENTS = 400_000
"""A letter of two hundred pages holds fewer."""


def parsed(content: bytes | None) -> Element | None:
    """The root element; tags and attributes have local names. Raises UnreadableFile if it is too large.

    None without content, or if that is no well-formed XML or declares a document type.
    """
    if content is None:
        return None
    root: Element | None = None
    count = 0
    try:
        for _, element in iterparse(io.BytesIO(content), events=("end",), forbid_dtd=True):
            count += 1
            if count > MAX_ELEMENTS:
                raise UnreadableFile("too_large", "The file is too large once unpacked.")
            element.tag = element.tag.rpartition("}")[2]
            if any(key[0] == "{" for key in element.attrib):
                named = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
                element.attrib.clear()
                element.attrib.update(named)
            root = element
    except (ParseError, DefusedXmlException, ValueError):
        return None
    return root
