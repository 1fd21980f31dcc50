"""Refuse to save a form over values that somebody else stored after it was loaded.

A form carries the version of what it was loaded from in its hidden field `version_read`. The service compares it with
the stored values of the locked row.
"""

import hashlib
import json
from datetime import datetime

from django.db.models import Model

from agencies.models import User


class ChangedMeanwhile(Exception):
    """Something else was stored after the form was loaded.

    `version` is the current version; `by` and `at` say who stored it and when, where that is known.
    """

    def __init__(self, version: str, *, by: User | None = None, at: datetime | None = None) -> None:
        super().__init__("saved by somebody else meanwhile")
        self.version = version
        self.by = by
        self.at = at


def version_of(stored: object) -> str:
    """Version of stored values: a digest that differs as soon as one of them does."""
    text = json.dumps(stored, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: object) -> object:
    return value.pk if isinstance(value, Model) else str(value)
