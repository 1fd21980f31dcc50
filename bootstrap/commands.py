"""Where things are, how a command is run, and what a step that fails raises."""

from __future__ import annotations  # an old python3 must get as far as saying that it is old

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCAL = ROOT / ".local"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


class SetupError(Exception):
    """A step cannot be done; the message says what to do by hand."""


def say(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run quietly. Raises SetupError with the output when the command fails."""
    words = [str(part) for part in command]
    ended = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True)
    if ended.returncode:
        shown = f"{ended.stdout}{ended.stderr}".rstrip()
        raise SetupError(f"{shown}\n{' '.join(words)} failed, see above.")


def works(*command: str | Path) -> bool:
    """Whether the command can be run and exits with 0."""
    try:
        return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True).returncode == 0
    except OSError:
        return False
