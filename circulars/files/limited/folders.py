"""The temporary folder of each process for strangers' files. It goes when the process has ended, however that ended.

A process holds a lock on its folder as long as it lives; a folder that nobody holds is swept by the next process.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "dagitim-reading-"


def take_folder() -> None:
    """Have this process write temporary files in a folder of its own; sweep those of processes that have ended."""
    sweep_folders()
    while True:
        folder = tempfile.mkdtemp(prefix=_PREFIX)
        # The lock is held until the process ends; programs that it starts don't inherit it.
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(held, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):  # swept in between
            if os.stat(folder).st_ino == os.fstat(held).st_ino:
                tempfile.tempdir = folder
                return
        os.close(held)


def sweep_folders() -> None:
    """Delete the folders of processes that have ended."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another's, or swept by another
            held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(held).st_uid == os.getuid():
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(held)
