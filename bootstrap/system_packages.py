"""What the product needs from the system's package manager, and why.

On Debian and Ubuntu root gets what is missing by apt. Anyone else, and any other system, gets one line for each
missing package: what it is for and how to install it.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bootstrap.commands import PYTHON, SetupError, run, say, works

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

EVERY = frozenset({"setup", "dev", "test"})
IN_CI = os.environ.get("CI") == "true"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Draws a letter of Turkish text: needs Pango, and a font to draw with. Warnings are errors in the tests.
WRITE_PDF = (
    "import sys; from weasyprint import HTML; HTML(string='<p>\\u011e\\u0130\\u015f').write_pdf(sys.argv[1])"
)
START_PLAYWRIGHT = (
    "import subprocess, sys; from playwright._impl._driver import compute_driver_executable as driver;"
    "sys.exit(subprocess.run([driver()[0], '--version']).returncode)"
)


@dataclass(frozen=True)
class SystemPackage:
    """Debian packages that serve one purpose, and how to find out whether they are needed.

    `needed_for` names the modes of the set-up that ask for it. Without it: `run` stops with its line where
    `required`; otherwise the line is printed and the set-up goes on.
    """

    names: tuple[str, ...]
    reason: str
    needed_for: frozenset[str]
    is_there: Callable[[], bool]
    required: bool = True

    def line(self) -> str:
        """What a person is told who must install it by hand."""
        return f"Missing: {' '.join(self.names)} ({self.reason}). To mend it: apt-get install {' '.join(self.names)}"


def browser() -> str | None:
    """The path of the browser for the browser tests."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def venv_module(python: str) -> SystemPackage:
    """What that Python needs to make a virtual environment; Debian ships it apart from Python itself."""
    name = "python3-venv" if Path(python).name == "python3" else f"{Path(python).name}-venv"
    reason = "Python's venv and ensurepip, with which .venv is made"
    return SystemPackage((name,), reason, EVERY, lambda: works(python, "-c", "import ensurepip, venv"))


def _writes_pdf(*options: str) -> bool:
    return works(PYTHON, *options, "-c", WRITE_PDF, os.devnull)


def _recognises_turkish() -> bool:
    return works("sh", "-c", "tesseract --list-langs 2>&1 | grep -qx tur")


BROWSER_TESTS = (
    SystemPackage(
        ("chromium",),
        "the browser of the browser tests, which are skipped without it",
        frozenset({"test"}),
        lambda: browser() is not None,
        required=IN_CI,
    ),
    SystemPackage(
        ("libatomic1",),
        "needed by the Node.js that drives the browser in the browser tests, which are skipped without it",
        frozenset({"test"}),
        lambda: works(PYTHON, "-c", START_PLAYWRIGHT),
        required=IN_CI,
    ),
)
PACKAGES = (
    SystemPackage(
        ("libpango-1.0-0", "libpangoft2-1.0-0", "fontconfig"),
        "Pango and a font, with which WeasyPrint writes PDF",
        EVERY,
        _writes_pdf,
    ),
    SystemPackage(
        ("libharfbuzz-subset0",),
        "HarfBuzz's subsetter: without it WeasyPrint warns, and in the tests a warning is an error",
        EVERY,
        lambda: _writes_pdf("-W", "error:HarfBuzz-Subset will be required:DeprecationWarning"),
    ),
    SystemPackage(
        ("gettext",),
        "xgettext, with which the check of the translations finds untranslated text",
        frozenset({"dev", "test"}),
        lambda: shutil.which("xgettext") is not None,
    ),
    SystemPackage(
        ("tesseract-ocr", "tesseract-ocr-tur"),
        "reads scanned letters; without it they are recorded by hand",
        EVERY,
        _recognises_turkish,
        required=IN_CI,
    ),
    *BROWSER_TESTS,
)


@lru_cache
def _update_lists() -> None:
    run("apt-get", "update", "-qq", env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def _install(missing: Iterable[SystemPackage]) -> None:
    """Install by apt where that may be done; says so when it fails."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    for each in missing:
        say(f"Installing {' '.join(each.names)}: {each.reason}")
    names = [name for each in missing for name in each.names]
    try:
        _update_lists()
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *names,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})  # fmt: skip
    except SetupError as error:
        say(str(error))


def have(packages: Iterable[SystemPackage]) -> bool:
    """Install what is missing, all in one go; then print a line for each one still missing. False if there is any.

    Raises SetupError, with these lines, when one of them is required.
    """
    missing = [each for each in packages if not each.is_there()]
    if missing:
        _install(missing)
        missing = [each for each in missing if not each.is_there()]
    if any(each.required for each in missing):
        raise SetupError("\n".join(each.line() for each in missing))
    for each in missing:
        say(each.line())
    return not missing


def list_all() -> None:
    """Print every package with its reason."""
    for each in (venv_module("python3"), *PACKAGES):
        say(f"{' '.join(each.names)}: {each.reason} ({', '.join(sorted(each.needed_for))})")
