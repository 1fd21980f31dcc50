"""Compile, extract and check translations.

python -m config.translations            compile locale/*.po to .mo (without gettext)
python -m config.translations extract    update locale/tr from the sources (needs xgettext)
python -m config.translations check      fail if a string in the sources has no Turkish translation
"""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path

import django
import polib
from django.core.management import call_command
from django.test.utils import override_settings

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
TURKISH = Path("tr") / "LC_MESSAGES" / "django.po"
SOURCES = ["agencies", "circulars", "config", "distribution", "locale", "templates"]
IGNORED = ["node_modules/*", ".venv/*", ".local/*", "tests/*", "staticfiles/*", "benchmarks/*"]


def compile_all(folder: Path = LOCALE) -> list[Path]:
    """Write the .mo of every .po that is newer. Returns the written files."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        polib.pofile(str(source)).save_as_mofile(str(target))
        written.append(target)
    return written


def extract(root: Path = ROOT) -> None:
    """Update the Turkish .po of the tree at `root` with every string in its sources."""
    with chdir(root), override_settings(LOCALE_PATHS=[str(root / "locale")]):
        call_command(
            "makemessages",
            locale=["tr"],
            ignore_patterns=IGNORED,
            no_location=True,
            no_obsolete=True,
            no_wrap=True,
            verbosity=0,
        )


def untranslated(root: Path = ROOT) -> list[str]:
    """Strings in the sources whose Turkish translation is missing or fuzzy."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "copy"
        for folder in SOURCES:
            shutil.copytree(
                root / folder, copy / folder, ignore=shutil.ignore_patterns("*.mo", "__pycache__")
            )
        extract(copy)
        entries = polib.pofile(str(copy / "locale" / TURKISH))
        return [entry.msgid for entry in entries if not entry.translated() or entry.fuzzy]


def main(arguments: Sequence[str]) -> int:
    """The command line; the first argument is the action."""
    match list(arguments):
        case []:
            for path in compile_all():
                print(path.relative_to(ROOT))
        case ["extract"]:
            django.setup()
            extract()
        case ["check"]:
            django.setup()
            if missing := untranslated():
                print("Without a Turkish translation in locale/tr:", *missing, sep="\n  ", file=sys.stderr)
                return 1
            print("Every string has its Turkish translation.")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
