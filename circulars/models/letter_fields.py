"""Registry of the letter's fields, used by the form, by corrections, by the fingerprint and by the comparison.

A test fails for every field of the model that is neither here nor in NOT_OF_THE_LETTER.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Protocol

from django.db.models import Model


class Letter(Protocol):
    """What this module reads of a letter beyond its named fields."""

    due_at: datetime | None
    due_working_days: int | None


Read = Callable[[Letter], object]


@dataclass(frozen=True)
class LetterField:
    """One field of the letter and its uses.

    `typed`: it is a field of the review form. `copied`: the initial value in a correction, None if it starts empty.
    `compared`: the value of `copied` is compared between revisions. `key`: the key in the fingerprint of the value
    that `digested` returns; fields with the same key form a list. `undigested`: when the fingerprint omits the key,
    so that fingerprints computed before the field existed remain valid.
    """

    name: str
    typed: bool
    compared: bool
    copied: Read | None
    key: str = ""
    digested: Read | None = None
    undigested: Read | None = None


def _is_empty(name: str) -> Read:
    return lambda circular: getattr(circular, name) is None


def _moment(name: str) -> Read:
    """The date or moment in ISO 8601, or None."""

    def written(circular: Letter) -> str | None:
        value = getattr(circular, name)
        return value.isoformat() if value else None

    return written


def _due_at_unless_by_days(circular: Letter) -> object:
    """`due_at`, unless the letter is due in working days: then the dispatch sets it, also for a correction."""
    return circular.due_at if circular.due_working_days is None else None


def _printed(name: str, *, key: str | None = None, digested: Read | None = None) -> LetterField:
    """A printed field: typed, compared, copied, and part of the fingerprint."""
    return LetterField(name, True, True, attrgetter(name), key or name, digested or attrgetter(name))


def _copied(name: str) -> LetterField:
    """A field of the letter's file or handling, which a correction copies."""
    return LetterField(name, False, False, attrgetter(name))


def _of_a_correction(name: str) -> LetterField:
    """A field that only a correction has."""
    return LetterField(name, False, False, None, "revision", attrgetter(name), _is_empty("corrects_id"))


LETTER_FIELDS = (
    _printed("issuer", digested=attrgetter("issuer.name")),
    _printed("issuer_lines", key="issuer"),
    _printed("number"),
    _printed("circular_number"),
    _printed("date", digested=_moment("date")),
    _printed("subject"),
    _printed("urgency"),
    _printed("secrecy"),
    LetterField(
        "due_working_days",
        True,
        True,
        attrgetter("due_working_days"),
        "due_working_days",
        attrgetter("due_working_days"),
        _is_empty("due_working_days"),
    ),
    LetterField("due_at", True, True, _due_at_unless_by_days, "due_at", _moment("due_at")),
    _printed("addressee"),
    _printed("body"),
    _printed("signatory_name", key="signatory"),
    _printed("signatory_titles", key="signatory"),
    _printed("verification_code"),
    LetterField("verification_address", True, True, attrgetter("verification_address")),
    LetterField(
        "source_sha256", False, False, attrgetter("source_sha256"), "file", attrgetter("source_sha256")
    ),
    _copied("source_name"),
    _copied("source_text"),
    _copied("reading"),
    _copied("reminds"),
    _copied("has_own_reminders"),
    _of_a_correction("revision_number"),
    _of_a_correction("change_note"),
)

NOT_OF_THE_LETTER = frozenset(
    {
        # identity of the row, and columns derived from the letter's fields
        *("id", "public_id", "search_key", "content_sha256"),
        *("number_origin", "number_detsis", "number_file_plan", "number_register"),
        # the file itself: a correction copies it, and the fingerprint covers its SHA-256
        *("source_file", "file_choice"),
        # the draft and its dispatch
        *(
            "draft_version",
            "saved_by",
            "saved_at",
            "status",
            "recorded_by",
            "recorded_at",
            "dispatched_by",
            "dispatched_at",
        ),
        # state after the dispatch
        *("recipient_count", "paused_at", "reminders_planned_at", "superseded_by"),
        *("withdrawn_at", "withdrawn_by", "withdrawal_reason", "number_in_use"),
        # the withdrawn letter in whose place it was recorded
        "replaces",
        # the corrected letter and the affected recipients
        *("corrects", "touched"),
    }
)
"""Fields of the model that are not part of the letter."""


def typed_fields() -> list[str]:
    """Names of the fields in the review form."""
    return [field.name for field in LETTER_FIELDS if field.typed]


def copied_values(circular: Letter) -> dict[str, object]:
    """Initial values of a correction, by field."""
    return {field.name: field.copied(circular) for field in LETTER_FIELDS if field.copied}


def digested_values(circular: Letter) -> dict[str, object]:
    """Values covered by the fingerprint, by key."""
    found: dict[str, list[object]] = {}
    for field in LETTER_FIELDS:
        if field.digested and not (field.undigested and field.undigested(circular)):
            found.setdefault(field.key, []).append(field.digested(circular))
    return {key: values if len(values) > 1 else values[0] for key, values in found.items()}


def changed_fields(before: Letter, after: Letter) -> list[str]:
    """Names of the fields in which two revisions of a letter differ."""
    compared = [(field.name, field.copied) for field in LETTER_FIELDS if field.compared and field.copied]
    return [name for name, value in compared if value(before) != value(after)]


def unlisted_fields(model: type[Model]) -> list[str]:
    """Names of the model's fields missing from this module."""
    known = {field.name for field in LETTER_FIELDS} | NOT_OF_THE_LETTER
    own = [*model._meta.fields, *model._meta.many_to_many]
    return [field.name for field in own if field.name not in known]
