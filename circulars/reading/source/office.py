"""Old Word (.doc), OpenDocument (.odt) and RTF files, turned into DOCX by LibreOffice where it is installed.

It runs with a profile of its own in which macros, other active content and links to other places are off.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from circulars.reading.source.kind import FileKind
from circulars.reading.source.programs import run_program

SECONDS = 60
MEMORY_MB = 4096
CONVERTED = {FileKind.OLD_WORD: ".doc", FileKind.ODT: ".odt", FileKind.RTF: ".rtf"}
"""Kinds that are converted, with the ending by which LibreOffice knows them."""

_SWITCHED_ON = ("BlockUntrustedRefererLinks", "DisableActiveContent", "DisableMacrosExecution")
_SETTING = (
    '<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="{}" oor:op="fuse">'
    "<value>true</value></prop></item>"
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    f"{''.join(map(_SETTING.format, _SWITCHED_ON))}</oor:items>"
)


def can_convert() -> bool:
    """Whether LibreOffice is installed."""
    return _program() is not None


def as_docx(content: bytes, kind: FileKind) -> bytes | None:
    """The file as DOCX; None without LibreOffice, or if it can't open the file in time."""
    program = _program()
    if program is None:
        return None
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        source, profile = Path(folder, f"letter{CONVERTED[kind]}"), Path(folder, "profile")
        source.write_bytes(content)
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        made = Path(folder, "made")
        command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "docx", "--outdir", str(made), str(source)]
        with suppress(OSError, subprocess.SubprocessError):
            run_program(command, megabytes=MEMORY_MB, seconds=SECONDS)
            return (made / "letter.docx").read_bytes()
    return None


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")
