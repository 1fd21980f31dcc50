"""The lock files: everything that the lists `requirements*.txt` bring along, in exact versions with hashes.

uv resolves for every platform and every Python from the oldest one on. It doesn't read pip's configuration, so an
index that pip is told to use is handed on. No address gets into the files: whoever installs has their own index.
"""

from __future__ import annotations

import os
import subprocess

from bootstrap.commands import PYTHON, run, say
from bootstrap.steps import LOCKS, OLDEST_PYTHON

OPTIONS = ["--universal", "--generate-hashes", "--quiet", "--no-emit-index-url", "--no-emit-find-links"]


def lock(options: list[str]) -> None:
    """Renew every lock file from its list. What a list doesn't name keeps its version unless `options` say otherwise.

    `options` are uv's: --upgrade, or --upgrade-package NAME. Raises SetupError with uv's words when there is no
    set of versions that fits.
    """
    environment = {**os.environ, "UV_CUSTOM_COMPILE_COMMAND": "make lock"}
    if index := _index_of_pip():
        environment["UV_DEFAULT_INDEX"] = index
    above: list[str] = []
    for name in (*LOCKS, "requirements-node.lock"):
        say(f"Locking {name}")
        oldest = ".".join(map(str, OLDEST_PYTHON))
        constraints = [] if name == "requirements-node.lock" else above
        command = ["uv", "pip", "compile", *OPTIONS, "--python-version", oldest, *constraints, *options]
        run(PYTHON, "-m", *command, name.replace(".lock", ".txt"), "-o", name, env=environment)
        above = ["-c", name]


def _index_of_pip() -> str | None:
    for key in (":env:.index-url", "global.index-url"):
        asked = subprocess.run([PYTHON, "-m", "pip", "config", "get", key], capture_output=True, text=True)
        if asked.returncode == 0:
            return asked.stdout.strip()
    return None
