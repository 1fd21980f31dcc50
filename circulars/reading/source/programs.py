"""Other programs (LibreOffice, Tesseract), run with limits of their own, other than those of the reading process.

Whatever a program starts belongs to its process group. The group is killed when the program has ended or its time is
over, and when the reading process ends, however that is killed: a shell that the kernel tells of it does that.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress

from circulars.reading.source.errors import UnreadableFile

MEGABYTE = 1024 * 1024
LARGEST_FILE_MB = 512
"""Size of a file that a program may write."""

_GUARD = 'trap "kill -KILL 0" TERM; [ "$PPID" = "$1" ] || exit 1; shift; exec 3<&0; "$@" <&3 3<&- & exec 3<&-; wait $!'
"""Runs a command and kills its group on SIGTERM. The first argument is the process that must still be its parent."""


class ProgramNeeded(UnreadableFile):
    """The file, or a part of it, can only be read with another program, which takes seconds."""


def run_program(
    command: Sequence[str],
    *,
    megabytes: int,
    seconds: float,
    content: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """What the program writes to its output, given the content as input; nothing without content.

    It is limited to so much address space and time where util-linux is installed (as on every Debian), and knows
    nothing of this process's environment but the path. Raises subprocess.SubprocessError and OSError.
    """
    with subprocess.Popen(
        _guarded([*_limits(megabytes, seconds), *command]),
        stdin=subprocess.PIPE if content else subprocess.DEVNULL,
        stdout=subprocess.PIPE if content else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**bare_environment(), **(environment or {})},
    ) as process:
        try:
            output, _ = process.communicate(content, timeout=seconds)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command[0])
    return output or b""


def _limits(megabytes: int, seconds: float) -> list[str]:
    limiter = shutil.which("prlimit")
    if limiter is None:
        return []
    memory, size, processor = megabytes * MEGABYTE, LARGEST_FILE_MB * MEGABYTE, int(4 * seconds) + 1
    return [limiter, f"--as={memory}:{memory}", f"--cpu={processor}", f"--fsize={size}:{size}"]


def _guarded(command: Sequence[str]) -> list[str]:
    told = shutil.which("setpriv")
    shell = ["/bin/sh", "-c", _GUARD, "sh", str(os.getpid()), *command]
    return [told, "--pdeathsig", "TERM", *shell] if told else shell


def bare_environment() -> dict[str, str]:
    """Nothing secret; files are written where this process writes its own."""
    folder = tempfile.gettempdir()
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return {**kept, "HOME": folder, "TMPDIR": folder}
