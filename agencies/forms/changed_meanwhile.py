"""Forms that refuse to save over what somebody else stored after they were loaded."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from agencies.notation.marked_differences import mark_differences
from agencies.services.changed_meanwhile import ChangedMeanwhile, version_of


class VersionField(forms.CharField):
    """The hidden version; it is no value of the form that a person could change."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class VersionedForm(forms.Form):
    """Base of a form with the version of what it was loaded from (`agencies.services.changed_meanwhile`)."""

    version_read = VersionField(required=False, label="")

    def report_conflict(self, conflict: ChangedMeanwhile, *, stored: forms.BaseForm) -> None:
        """Show at each field that differs what is stored and what was typed. The typed values stay in the form.

        `stored` is the form as loaded from the stored values. The next save replaces them.
        """
        data: Any = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        data[self.add_prefix("version_read")] = conflict.version
        self.data = data
        for name in self.fields:
            if name in stored.fields:
                self._compare(name, stored)
        for text in conflict_texts(conflict):
            self.add_error(None, text)

    def _compare(self, name: str, stored: forms.BaseForm) -> None:
        field = self.fields[name]
        if self.has_error(name):
            return
        before, typed = stored.get_initial_for_field(field, name), self[name].data
        if field.disabled or not field.has_changed(before, typed):
            return
        self.add_error(name, stored_and_typed(shown(field, before), shown(field, typed)))


class VersionedModelForm(VersionedForm, forms.ModelForm):  # type: ignore[type-arg]
    """A form of the Django administration with the version of the row, which is locked while it is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            return
        self.stored_version = version_of({name: self.initial.get(name) for name in self.fields})
        self.initial["version_read"] = self.stored_version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        read = cleaned.get("version_read")
        is_stale = self.instance.pk is not None and read and read != self.stored_version
        if is_stale and self.has_changed():
            self.report_conflict(ChangedMeanwhile(self.stored_version), stored=self)
        return cleaned


def conflict_texts(conflict: ChangedMeanwhile) -> list[str]:
    """What happened, and what to do next."""
    if conflict.by is not None and conflict.at is not None:
        happened = gettext(
            "%(person)s saved this page on %(when)s, after you opened it. What you typed is not saved."
        ) % {
            "person": conflict.by,
            "when": date_format(timezone.localtime(conflict.at), "SHORT_DATETIME_FORMAT"),
        }
    else:
        happened = gettext("Somebody saved this page after you opened it. What you typed is not saved.")
    return [happened, gettext("Compare the two versions. Saving again replaces the stored one by yours.")]


def stored_and_typed(stored: str, typed: str) -> SafeString:
    """Both values of one field in a sentence, with what differs marked."""
    before, after = mark_differences(stored, typed)
    words = escape(gettext("Stored now: %(stored)s. Yours: %(typed)s."))
    return mark_safe(words % {"stored": before, "typed": after})


def shown(field: forms.Field, value: Any) -> str:
    """The value as a person reads it on the page."""
    if isinstance(field, forms.DateField | forms.DateTimeField):
        value = _moment_in_words(field, value)
    if isinstance(field, forms.BooleanField):
        return pgettext("value", "yes") if field.to_python(value) else pgettext("value", "no")
    if isinstance(field, forms.ChoiceField):
        values = value if isinstance(value, list | tuple) else [value]
        keys = [str(field.prepare_value(each)) for each in values if each not in (None, "")]
        labels = _labels(field, keys)
        words = ", ".join(labels.get(key, key) for key in keys)
    elif isinstance(value, str):
        words = value
    else:
        words = field.widget.format_value(field.prepare_value(value)) or ""
    return words or pgettext("value", "empty")


def _moment_in_words(field: forms.DateField | forms.DateTimeField, value: Any) -> str:
    """A day or moment as letters print it; what is none as it was typed."""
    try:
        found = field.to_python(value)
    except ValidationError:
        return str(value)
    if isinstance(found, datetime):
        return date_format(timezone.localtime(found), "SHORT_DATETIME_FORMAT")
    return date_format(found, "SHORT_DATE_FORMAT") if found is not None else ""


def _labels(field: forms.ChoiceField, keys: list[str]) -> dict[str, str]:
    if isinstance(field, forms.ModelChoiceField):
        column = field.to_field_name or "pk"
        rows = field.queryset.filter(**{f"{column}__in": keys}) if field.queryset is not None else []
        return {str(field.prepare_value(row)): str(row) for row in rows}
    choices: Any = field.choices
    flat: list[tuple[Any, Any]] = list(flatten_choices(choices))
    return {str(key): str(label) for key, label in flat}
