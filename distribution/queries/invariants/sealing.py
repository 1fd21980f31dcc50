"""What checkpoints seal and how it is digested, signed and verified (docs/evidence.md describes the formats)."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pgtrigger
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.apps import apps
from django.conf import settings
from django.db.models import Model

from circulars.models import Circular
from distribution.models import Checkpoint, DeliveryEvent, Seal
from distribution.models.acts.event import CANONICAL

LETTER_COLUMNS = ("id", "public_id", "content_sha256", "dispatched_at", "dispatched_by_id")


@cache
def sealed_columns() -> dict[type[Model], tuple[str, ...]]:
    """The columns that are sealed, by model: of a letter its fingerprint, of append-only rows what never changes.

    An event is sealed by its hash, which holds the whole chain before it; it has no columns here.
    """
    found: dict[type[Model], tuple[str, ...]] = {DeliveryEvent: (), Circular: LETTER_COLUMNS}
    for model in apps.get_models():
        kept = [each for each in getattr(model._meta, "triggers", ()) if isinstance(each, pgtrigger.ReadOnly)]
        if kept and model not in (Checkpoint, Seal):
            changing = set(kept[0].exclude or ())
            fields = (field for field in model._meta.concrete_fields if field.name not in changing)
            found[model] = tuple(field.attname for field in fields)
    return found


def digest_of(row: Model, columns: Sequence[str]) -> str:
    """SHA-256 (hex) of the canonical JSON of these columns; of an event its own hash."""
    if isinstance(row, DeliveryEvent):
        return row.hash
    content = {name: _plain(getattr(row, name)) for name in columns}
    return hashlib.sha256(CANONICAL.encode(content).encode()).hexdigest()


def _plain(value: Any) -> object:
    match value:
        case None | bool() | int() | str() | dict() | list():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return bytes(value).hex()
    return str(value)


def merkle_root(leaves: Sequence[tuple[str, int, str]]) -> str:
    """Root (hex) of the tree over table, row and digest, in the order given, as in RFC 6962; of no leaf that of b""."""
    level = [
        hashlib.sha256(b"\0" + f"{table}:{row}:{digest}".encode()).digest() for table, row, digest in leaves
    ]
    if not level:
        return hashlib.sha256(b"").hexdigest()
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\1" + left + right).digest()
            for left, right in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()


def signing_key() -> Ed25519PrivateKey:
    """The key of CHECKPOINT_KEY, or without it one derived from SECRET_KEY."""
    secret = settings.CHECKPOINT_KEY or f"distribution.checkpoint:{settings.SECRET_KEY}"
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(secret.encode()).digest())


def public_key() -> str:
    """The public key (hex) that verifies what is signed now."""
    return signing_key().public_key().public_bytes_raw().hex()


def statement_hash(checkpoint: Checkpoint) -> str:
    """SHA-256 (hex) of the statement."""
    return hashlib.sha256(checkpoint.statement.encode()).hexdigest()


def is_signed(statement: str, signature: bytes) -> bool:
    """Whether the key in use or one of CHECKPOINT_FORMER_KEYS signed the statement."""
    for key in (public_key(), *settings.CHECKPOINT_FORMER_KEYS):
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, statement.encode())
        except InvalidSignature:
            continue
        return True
    return False
