"""A model field for SHA-256 values."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Length

LENGTH = 32
"""Bytes of a SHA-256."""


class Sha256Field(models.Field[str, str]):
    """SHA-256 stored as 32 bytes and read as 64 hexadecimal digits. The empty string is stored as empty bytes.

    Raises ValueError for a value that isn't hexadecimal.
    """

    description = "SHA-256"

    def get_internal_type(self) -> str:
        return "BinaryField"

    def from_db_value(self, value: Any, expression: object, connection: BaseDatabaseWrapper) -> str | None:
        return None if value is None else bytes(value).hex()

    def get_prep_value(self, value: Any) -> bytes | None:
        prepared = super().get_prep_value(value)
        return bytes.fromhex(prepared) if isinstance(prepared, str) else prepared


Sha256Field.register_lookup(Length)
