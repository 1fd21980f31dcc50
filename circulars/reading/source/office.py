"""Old Word (.doc), OpenDocument (.odt) and RTF files, turned into DOCX by LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from circulars.reading.source.kind import FileKind

SECONDS = 60
CONVERTED = {FileKind.OLD_WORD: ".doc", FileKind.ODT: ".odt", FileKind.RTF: ".rtf"}
"""Kinds that are converted, with the ending by which LibreOffice knows them."""


def as_docx(content: bytes, kind: FileKind) -> bytes | None:
    """The file as DOCX; None without LibreOffice, or if it can't open the file in time."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, f"letter{CONVERTED[kind]}")
        source.write_bytes(content)
        command = [
            program,
            f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
            "--headless",
            "--norestore",
            "--convert-to",
            "docx",
            "--outdir",
            str(Path(folder, "made")),
            str(source),
        ]
        try:
            subprocess.run(command, capture_output=True, check=True, timeout=SECONDS)
            return Path(folder, "made", "letter.docx").read_bytes()
        except (subprocess.SubprocessError, OSError):
            return None
