"""Typed readers of environment variables; every invalid value raises ConfigurationError.

Every reader takes the variable's name and a default; without a default the variable is required.
`NAME_FILE` may name a file with the value, for secrets mounted as files.
"""

import importlib.util
import os
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import ParseResult, parse_qs, unquote, urlparse

from limits import RateLimitItem, parse

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class ConfigurationError(Exception):
    """An environment variable is missing or invalid; the message names it."""


def text(name: str, default: str | None = None) -> str:
    """The value of `name`, or of the file that `NAME_FILE` names.

    Raises ConfigurationError if neither is set and there is no default.
    """
    if name in os.environ:
        return os.environ[name]
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigurationError(f"{name}_FILE names {path}, which cannot be read: {error}") from error
    if default is None:
        raise ConfigurationError(f"{name} is not set and has no default. See .env.example.")
    return default


def local_secret(path: Path) -> str:
    """A random secret of this checkout, created once and stored in the file. For a single machine only."""
    with suppress(FileExistsError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text(encoding="utf-8")


def flag(name: str, default: bool) -> bool:
    """A boolean: 1/0, true/false, yes/no, on/off."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ConfigurationError(f"{name}={value!r} is not a boolean. Use 1 or 0.")


def integer(name: str, default: int) -> int:
    """An integer."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ConfigurationError(f"{name}={value!r} is not an integer.") from error


def items(name: str, default: str = "") -> list[str]:
    """A comma-separated list; empty items are dropped."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def keys(name: str) -> list[str]:
    """A comma-separated list of keys of 32 bytes, each as 64 hexadecimal digits."""
    found = items(name)
    if any(re.fullmatch("[0-9a-fA-F]{64}", key) is None for key in found):
        raise ConfigurationError(
            f"{name} must be a comma-separated list of keys of 64 hexadecimal digits each."
        )
    return found


def parsed_url(name: str, default: str, schemes: set[str]) -> ParseResult:
    """A URL whose scheme is one of `schemes`."""
    value = text(name, default)
    url = urlparse(value)
    if url.scheme not in schemes:
        begins = url.scheme or "no scheme"  # the rest may hold a password
        raise ConfigurationError(
            f"{name} must begin with one of {sorted(schemes)} and '://', not with {begins}."
        )
    return url


def database(name: str, default: str) -> dict[str, Any]:
    """Django's database settings from postgresql://user:password@host:port/name?option=value.

    The folder of a Unix socket is given as the option `host`.
    """
    url = parsed_url(name, default, {"postgres", "postgresql"})
    options: dict[str, str] = {key: values[-1] for key, values in parse_qs(url.query).items()}
    host = options.pop("host", None) or unquote(url.hostname or "")
    port = options.pop("port", None) or (str(url.port) if url.port else "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": host,
        "PORT": port,
        "OPTIONS": options,
    }


def storage(name: str) -> dict[str, object]:
    """Django's storage settings for uploaded files: MEDIA_ROOT if empty, else a bucket of an S3-compatible store.

    s3://key:secret@bucket/folder?endpoint=https://host:port&region=name; folder, endpoint, region and credentials
    are optional. Without credentials, the client uses its default credential chain.
    """
    if not text(name, ""):
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    url = parsed_url(name, "", {"s3"})
    options = {key: values[-1] for key, values in parse_qs(url.query).items()}
    if not url.hostname or options.keys() - {"endpoint", "region"}:
        raise ConfigurationError(
            f"{name} must name a bucket, and nothing but endpoint and region after a question mark: "
            "s3://key:secret@bucket/folder?endpoint=https://host:port&region=name"
        )
    if importlib.util.find_spec("storages") is None:
        raise ConfigurationError(f"{name} needs the packages of requirements-s3.lock. Run `make setup`.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": url.hostname,
            "location": url.path.strip("/"),
            "access_key": unquote(url.username) if url.username else None,
            "secret_key": unquote(url.password) if url.password else None,
            "endpoint_url": options.get("endpoint"),
            "region_name": options.get("region"),
            "addressing_style": "path" if "endpoint" in options else "auto",
            "file_overwrite": False,
            "max_memory_size": 2 * 1024 * 1024,
        },
    }


@dataclass(frozen=True)
class MailServer:
    """An SMTP relay: `smtp://` plain, `smtp+tls://` STARTTLS, `smtps://` implicit TLS."""

    host: str
    port: int
    user: str
    password: str
    starttls: bool
    tls: bool


def mail_server(name: str, default: str) -> MailServer:
    """The SMTP relay from smtp[+tls|s]://user:password@host:port."""
    url = parsed_url(name, default, {"smtp", "smtp+tls", "smtps"})
    return MailServer(
        host=url.hostname or "localhost",
        port=url.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[url.scheme],
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        starttls=url.scheme == "smtp+tls",
        tls=url.scheme == "smtps",
    )


def optional_mail_server(name: str) -> MailServer | None:
    """As `mail_server`, but None if the variable is empty."""
    return mail_server(name, "") if text(name, "") else None


def rate(name: str, default: str) -> RateLimitItem:
    """A rate limit: "600/minute"."""
    value = text(name, default)
    try:
        return parse(value)
    except ValueError as error:
        raise ConfigurationError(f"{name}={value!r} is not a rate such as 600/minute.") from error


@dataclass(frozen=True)
class Mailbox:
    """The source of returned mail: a folder on an IMAP server, or a local Maildir."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str


def mailbox(name: str) -> Mailbox | None:
    """The mailbox from imaps://user:password@host:port/FOLDER or maildir:///path; None if empty."""
    if not text(name, ""):
        return None
    url = parsed_url(name, "", {"imap", "imaps", "maildir"})
    folder = url.path if url.scheme == "maildir" else unquote(url.path.lstrip("/")) or "INBOX"
    return Mailbox(
        scheme=url.scheme,
        host=url.hostname or "",
        port=url.port or {"imap": 143, "imaps": 993, "maildir": 0}[url.scheme],
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        folder=folder,
    )


def hours(name: str, default: str) -> tuple[time, time]:
    """A span of hours within a day: "08:30-17:30"."""
    value = text(name, default)
    try:
        begin, end = (time.fromisoformat(part.strip()) for part in value.split("-"))
    except ValueError as error:
        raise ConfigurationError(f"{name}={value!r} is not a span of hours such as 08:30-17:30.") from error
    if begin >= end:
        raise ConfigurationError(f"{name}={value!r} ends before it begins.")
    return begin, end
