"""Brings a fresh machine to the point where the product runs. Standard library only.

    python3 -m bootstrap setup        what `make run` needs, and a filled database
    python3 -m bootstrap dev          what `make check` needs
    python3 -m bootstrap test         what `make test` needs
    python3 -m bootstrap port NUMBER  refuse when that port, or the mail catcher's, is taken
    python3 -m bootstrap lock [...]   renew the lock files; the options are uv's
    python3 -m bootstrap packages     list the system packages that are needed, and why

The system's python3 runs it. Every step prints one line when it works, and nothing when its inputs are those
of the last time; see `stamps`. What the system's package manager has to bring is in `system_packages`.
"""

from __future__ import annotations  # an old python3 must get as far as saying that it is old

import fcntl
import sys

from bootstrap.commands import LOCAL, SetupError, say
from bootstrap.database import fill_database, fill_running_database
from bootstrap.lock import lock
from bootstrap.ports import refuse_taken_ports
from bootstrap.steps import (
    collect_static_files,
    compile_translations,
    have_system_packages,
    install_npm_packages,
    install_requirements,
    make_venv,
)
from bootstrap.system_packages import list_all


def prepare(mode: str) -> None:
    """All steps of `make setup`, `make check` or `make test`, one bootstrap at a time."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "bootstrap.lock").open("w") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        make_venv()
        install_requirements(mode)
        install_npm_packages()
        have_system_packages(mode)
        compile_translations()
        if mode != "dev":
            collect_static_files()
        if mode == "setup":
            fill_database()


def main(arguments: list[str]) -> int:
    """The command line. Returns the exit code."""
    mode = arguments[0] if arguments else ""
    try:
        if mode in ("setup", "dev", "test"):
            prepare(mode)
        elif mode in ("private-database", "given-database"):
            fill_running_database(private=mode == "private-database")
        elif mode == "port" and len(arguments) == 2:
            refuse_taken_ports(arguments[1])
        elif mode == "lock":
            make_venv()
            install_requirements("dev")
            lock(arguments[1:])
        elif mode == "packages":
            list_all()
        else:
            say((__doc__ or "").strip())
            return 2
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
