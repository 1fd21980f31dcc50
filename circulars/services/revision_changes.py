"""What changed between two revisions of a letter, field by field, for its readers."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from circulars.models import Circular
from circulars.models.letter_fields import changed_fields

LONG = {"body", "issuer_lines", "signatory_titles"}
"""Fields whose values are not shown, only that they changed."""


@dataclass(frozen=True)
class Change:
    """One field with its values; both are empty if only the change itself is named."""

    label: str
    before: str = ""
    after: str = ""


def field_label(name: str) -> str:
    """The name of a field of the letter, in lower case."""
    return str(Circular._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def revision_changes(before: Circular, after: Circular) -> list[Change]:
    """Changed fields, then distribution, references, attachments and the letter's file. Six queries."""
    found = [
        Change(field_label(name))
        if name in LONG
        else Change(field_label(name), _shown(before, name), _shown(after, name))
        for name in changed_fields(before, after)
    ]
    if _lines(before) != _lines(after):
        found.append(Change(_("distribution list")))
    if _references(before) != _references(after):
        found.append(Change(_("references (İlgi)")))
    if _attachments(before) != _attachments(after):
        found.append(Change(_("attachments")))
    if before.source_sha256 != after.source_sha256:
        found.append(Change(_("letter file"), before.source_name or "—", after.source_name or "—"))
    return found


def _shown(circular: Circular, name: str) -> str:
    value = getattr(circular, name)
    display = getattr(circular, f"get_{name}_display", None)
    if display is not None:
        value = display()
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "d.m.Y H:i")
    if isinstance(value, date):
        return date_format(value, "d.m.Y")
    return str(value) if value not in (None, "") else "—"


def _lines(circular: Circular) -> list[tuple[str, str]]:
    return list(circular.lines.order_by("position").values_list("purpose", "text"))


def _references(circular: Circular) -> list[str]:
    return list(circular.references.order_by("position").values_list("text", flat=True))


def _attachments(circular: Circular) -> list[tuple[str, str]]:
    return list(circular.attachments.order_by("position", "pk").values_list("title", "sha256"))
