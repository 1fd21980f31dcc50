"""What a draft's form has that the saved draft has not."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.utils.safestring import SafeString

from agencies.forms.changed_meanwhile import shown
from agencies.notation.marked_differences import mark_differences
from circulars.forms.review import CircularForm

NOT_TYPED = {"version_read", "editing"}
"""Hidden fields of the page."""


@dataclass(frozen=True)
class Difference:
    """One field, with the saved text and the typed one."""

    label: str
    saved: str
    typed: str

    @cached_property
    def marked(self) -> tuple[SafeString, SafeString]:
        """Both texts as HTML, the saved one first, with what differs marked."""
        return mark_differences(self.saved, self.typed)


def typed_values(form: CircularForm) -> dict[str, str]:
    """The text of each field of a submitted form that differs from the saved draft, by name.

    Without the sign NUL, which the database can't store.
    """
    changed = [name for name in form.changed_data if name not in NOT_TYPED]
    return {name: str(form[name].data or "").replace("\0", "") for name in changed}


def differences(stored: CircularForm, typed: Mapping[str, Any]) -> list[Difference]:
    """The fields in which typed values differ from what is stored now, in the order of the form."""
    found = []
    for name, field in stored.fields.items():
        if name in NOT_TYPED or name not in typed:
            continue
        before = stored.get_initial_for_field(field, name)
        if field.has_changed(before, typed[name]):
            found.append(Difference(_label(field), shown(field, before), shown(field, typed[name])))
    return found


def _label(field: forms.Field) -> str:
    label = str(field.label)
    return label[:1].upper() + label[1:]
