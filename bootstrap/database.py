"""The database of `make run`: migrated, with the shipped directory and, where it is ours, the demo."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from bootstrap.commands import LOCAL, PYTHON, ROOT, SetupError, run, say
from bootstrap.stamps import done, fingerprint, is_done


def is_private() -> bool:
    """Whether the database is the one of `config/embedded.py`."""
    return not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE"))


def which_database(private: bool) -> str:
    """A name for the database that is filled: another address or a new cluster is another database."""
    if not private:
        return os.environ.get("DATABASE_URL") or os.environ["DATABASE_URL_FILE"]
    born = LOCAL / "postgres" / "PG_VERSION"
    return str(born.stat().st_mtime_ns) if born.exists() else "new"


def database_steps(private: bool) -> list[tuple[str, str, list[Path]]]:
    """Command, what it is called, and the files that make it necessary again."""
    migrations = sorted(ROOT.glob("*/migrations/*.py"))
    directory = [
        *sorted(ROOT.glob("agencies/data")),
        *(ROOT / "agencies" / "directory" / name for name in ("bodies.py", "shipped.py")),
    ]
    steps = [
        ("migrate", "Migrating the database", migrations),
        ("load_directory", "Loading the directory of agencies", directory),
    ]
    if wants_demo(private):
        steps.append(
            ("load_demo", "Loading the demo", sorted(ROOT.glob("*/management/commands/load_demo.py")))
        )
    return steps


def wants_demo(private: bool) -> bool:
    """Invented people with a known password belong into the private database; into another only if asked for."""
    return private or os.environ.get("DEMO", "").lower() in ("1", "true", "yes", "on")


def fill_database() -> None:
    """Have the steps done whose inputs changed, all under one start of the servers."""
    private = is_private()
    database = which_database(private)
    if all(is_done(name, fingerprint(database, *inputs)) for name, _, inputs in database_steps(private)):
        return
    command = [PYTHON, "-m", "config.embedded", "--", PYTHON, "-m", "bootstrap"]
    command += ["private-database" if private else "given-database"]
    if subprocess.run([str(part) for part in command], cwd=ROOT).returncode:
        raise SetupError("The database is not ready, see above.")


def fill_running_database(private: bool) -> None:
    """The same, called by `fill_database` once the servers are up."""
    for name, title, inputs in database_steps(private):
        mark = fingerprint(which_database(private), *inputs)
        if not is_done(name, mark):
            say(title)
            run(PYTHON, "manage.py", name)
            done(name, mark)
