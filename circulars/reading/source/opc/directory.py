"""The directory of a ZIP package, whose size is looked at before it is read: each entry costs memory and time."""

from __future__ import annotations

import io
import zipfile

MAX_PARTS = 5000
MAX_DIRECTORY = 1024 * 1024
"""Bytes, about two hundred for each part."""

_PARTS, _SIZE = 4, 5


def is_too_long(content: bytes) -> bool:
    """Whether the directory is larger than that of any letter, by the end record that `ZipFile` goes by."""
    # No other way shows the same record, with its 64-bit form, without reading the directory.
    end = zipfile._EndRecData(io.BytesIO(content))  # type: ignore[attr-defined]
    return end is not None and (end[_PARTS] > MAX_PARTS or end[_SIZE] > MAX_DIRECTORY)
