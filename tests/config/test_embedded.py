"""The private servers: their URLs and the command line."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from config import embedded, servers
from manage import needs_database


def test_the_addresses_are_the_same_every_time_and_start_nothing(tmp_path: Path) -> None:
    assert embedded.database_url(tmp_path) == embedded.database_url(tmp_path)
    assert embedded.redis_url(tmp_path) == embedded.redis_url(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_two_checkouts_do_not_share_a_server(tmp_path: Path) -> None:
    assert embedded.database_url(tmp_path / "a") != embedded.database_url(tmp_path / "b")
    assert embedded.redis_url(tmp_path / "a") != embedded.redis_url(tmp_path / "b")


def test_the_sockets_of_a_deep_folder_still_have_short_paths(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["Masaüstü klasörü"] * 20)

    folder = parse_qs(urlsplit(embedded.database_url(deep)).query)["host"][0]

    assert len(os.fsencode(f"{folder}/.s.PGSQL.5432")) < 107
    assert len(os.fsencode(urlsplit(embedded.redis_url(deep)).path)) < 107


@pytest.mark.parametrize(
    ("url", "as_celery_writes_it"),
    [
        ("unix:///tmp/x/redis.sock", "redis+socket:///tmp/x/redis.sock"),
        ("unix:///tmp/x/redis.sock?db=3", "redis+socket:///tmp/x/redis.sock?virtual_host=3"),
        ("redis://cache:6379/1", "redis://cache:6379/1"),
    ],
)
def test_celery_gets_the_same_redis_under_its_own_scheme(url: str, as_celery_writes_it: str) -> None:
    assert embedded.broker_url(url) == as_celery_writes_it


def test_a_server_that_the_environment_names_is_neither_started_nor_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/x")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")

    with embedded.services(data_dir=tmp_path) as locks:
        assert locks == []

    assert list(tmp_path.iterdir()) == []
    assert os.environ["DATABASE_URL"] == "postgresql://elsewhere/x"


def test_sockets_in_a_folder_of_another_user_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers.os, "geteuid", lambda: os.getuid() + 1)
    server = servers.Redis(tmp_path)
    server.sockets = tmp_path / "sockets"

    with pytest.raises(embedded.EmbeddedError, match="belongs to another user"), server.running():
        pass


def test_a_command_runs_with_both_servers_and_leaves_none_behind(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
    inner = "import os, sys; print(os.environ['DATABASE_URL'], os.environ['REDIS_URL']); sys.exit(7)"

    command = [sys.executable, "-m", "config.embedded", "--data", tmp_path, "--fast"]
    ended = subprocess.run(
        [*command, "--", sys.executable, "-c", inner],
        cwd=servers.LOCAL.parent,
        env=environment,
        capture_output=True,
        text=True,
    )

    assert ended.returncode == 7, ended.stderr
    assert ended.stdout.split() == [embedded.database_url(tmp_path), embedded.redis_url(tmp_path)]
    assert servers.Postgres(tmp_path).listener() is None
    assert servers.Redis(tmp_path).listener() is None


@pytest.mark.parametrize("arguments", [["help"], ["migrate", "--help"], ["collectstatic", "--noinput"], []])
def test_a_command_that_needs_no_database_starts_none(arguments: list[str]) -> None:
    assert not needs_database(arguments)


def test_other_commands_get_a_database() -> None:
    assert needs_database(["migrate"])
