"""Commands that call other programs with a limit of memory of their own, other than that of the reading process."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

MEGABYTE = 1024 * 1024


def with_memory(command: Sequence[str], megabytes: int) -> list[str]:
    """The command, limited to so much address space where util-linux is installed (as on every Debian)."""
    limiter = shutil.which("prlimit")
    limit = [limiter, f"--as={megabytes * MEGABYTE}:{megabytes * MEGABYTE}"] if limiter else []
    return [*limit, *command]
