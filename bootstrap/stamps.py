"""What was done with which inputs, in `.local/stamps/`: a step is repeated only when its inputs changed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bootstrap.commands import LOCAL, ROOT

STAMPS = LOCAL / "stamps"


def fingerprint(*inputs: Path | str) -> str:
    """A hash of texts and of files with their places; a folder counts with all its files."""
    digest = hashlib.sha256()
    for given in inputs:
        if isinstance(given, str):
            digest.update(given.encode())
            continue
        for path in sorted(given.rglob("*")) if given.is_dir() else [given]:
            if path.is_file() and path.suffix != ".pyc":
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_done(name: str, mark: str) -> bool:
    """Whether the step was done with these inputs."""
    stamp = STAMPS / name
    return stamp.exists() and stamp.read_text() == mark


def done(name: str, mark: str) -> None:
    """Remember that the step was done with these inputs."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(mark)


def forget_all() -> None:
    """Have every step done again, but for those of the database."""
    for stamp in STAMPS.glob("*"):
        if stamp.name not in ("migrate", "load_directory", "load_demo"):
            stamp.unlink()
