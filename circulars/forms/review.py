"""The form for reviewing a draft."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Layout, Row
from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.calendar import free_due_days
from agencies.forms.fields import DayInput
from agencies.models import Agency, User
from agencies.services.changed_meanwhile import ChangedMeanwhile
from circulars.forms.due import DueForm
from circulars.forms.fields import LinesField, _longest, _with_plain_line_ends, _without_empty_lines
from circulars.forms.warnings import due_hint, warning_for
from circulars.models import (
    FIELD_OF_CONSTRAINT,
    Attachment,
    Circular,
    DistributionLine,
    DraftEditing,
    Purpose,
    Reference,
)
from circulars.models.letter_fields import typed_fields
from circulars.services.draft import DraftLists


class WithdrawnLetterField(forms.ModelChoiceField[Circular]):
    """A choice among withdrawn letters, or none."""

    def label_from_instance(self, obj: Circular) -> str:
        day = date_format(timezone.localtime(obj.withdrawn_at), "SHORT_DATE_FORMAT")
        return gettext("%(number)s, withdrawn on %(day)s: %(subject)s") % {
            "number": obj.number,
            "day": day,
            "subject": obj.subject,
        }


LAST_VERSION = 2**31 - 1
"""What the database can store as a version."""


class CircularForm(DueForm):
    """All fields and lists of a draft. Violated database constraints become errors of their field."""

    action_lines = LinesField(
        label=_("For action (Gereği)"),
        longest=_longest(DistributionLine, "text"),
        rows=12,
        help_text=_("One line each, as printed. A confirmation and an answer are expected."),
    )
    information_lines = LinesField(
        label=_("For information (Bilgi)"),
        longest=_longest(DistributionLine, "text"),
        rows=12,
        help_text=_("One line each, as printed. Only a confirmation is expected."),
    )
    reference_lines = LinesField(
        label=_("References (İlgi)"),
        longest=_longest(Reference, "text"),
        rows=3,
        help_text=_("One line each."),
    )
    attachment_lines = LinesField(
        label=_("Attachments that the letter names (Ek)"),
        longest=_longest(Attachment, "title"),
        rows=3,
        help_text=_("One line each. Their files are uploaded under “Attachments”."),
    )

    replaces = WithdrawnLetterField(
        label=_("In place of"),
        queryset=Circular.objects.none(),
        required=False,
        empty_label=_("No other letter"),
        help_text=_(
            "The letter that was withdrawn, if this is the right one for it. Its recipients are told so."
        ),
    )
    version_read = forms.IntegerField(
        required=False, min_value=0, max_value=LAST_VERSION, widget=forms.HiddenInput
    )
    editing = forms.UUIDField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Circular
        fields = typed_fields()
        widgets = {
            "issuer_lines": forms.Textarea(attrs={"rows": 3}),
            "date": DayInput,
            **DueForm.Meta.widgets,
            "body": forms.Textarea(attrs={"rows": 14}),
            "signatory_titles": forms.Textarea(attrs={"rows": 3}),
            "verification_code": forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        }

    def __init__(
        self, *args: Any, issuers: Collection[Agency], unsaved: DraftEditing | None = None, **kwargs: Any
    ) -> None:
        """`unsaved` is text to show in place of what is saved."""
        super().__init__(*args, **kwargs)
        self.data = _with_plain_line_ends(self.data)
        self.issuers = issuers
        issuer = self.fields["issuer"]
        assert isinstance(issuer, forms.ModelChoiceField)
        issuer.queryset = Agency.objects.filter(pk__in=[unit.pk for unit in issuers])
        issuer.choices = [(unit.pk, unit.name) for unit in issuers]  # which are loaded already
        self._offer_withdrawn_letters()
        self.missing = self.instance.missing_fields()
        for name in self.missing:
            self.fields[name].help_text = format_html(
                '<strong class="text-danger">{}</strong> {}',
                self._missing_words(name),
                self.fields[name].help_text,
            )
        self._fill_lists()
        self.initial["editing"] = uuid4() if unsaved is None else unsaved.public_id
        if unsaved is not None:
            self.initial = {**self.initial, **unsaved.values}
        self._mark_what_was_read()
        self.helper = FormHelper(self)
        self.helper.form_tag = False
        self.helper.layout = self._layout()
        self.helper.render_unmentioned_fields = True

    def _offer_withdrawn_letters(self) -> None:
        """Withdrawn letters of the same number, in whose place this one may be recorded."""
        typed = self.data.get("number", "").strip() if self.is_bound else self.instance.number
        same = Q(number__in=[each for each in (typed, self.instance.number) if each])
        found = Circular.objects.withdrawn_without_successor().filter(issuer__in=self.issuers)
        found = found.filter(same | Q(pk=self.instance.replaces_id))
        if self.instance.is_correction or not found.exists():
            del self.fields["replaces"]
            return
        field = self.fields["replaces"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = found
        self.initial["replaces"] = self.instance.replaces_id

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "replaces" not in cleaned:
            return cleaned
        replaced, issuer = cleaned["replaces"], cleaned.get("issuer")
        self.instance.replaces = replaced
        if replaced is not None and issuer is not None and replaced.issuer_id != issuer.pk:
            self.add_error(
                "replaces",
                gettext("This letter was withdrawn by %(issuer)s. Choose another one, or that issuer.")
                % {"issuer": replaced.issuer},
            )
        return cleaned

    def report_conflict(self, conflict: ChangedMeanwhile) -> None:
        """Report a conflicting save; the typed values stay and the next save overwrites the other version."""
        if isinstance(self.data, QueryDict):
            self.data = {**self.data.dict(), "version_read": conflict.version}
        self.add_error(None, saved_meanwhile(conflict.by, conflict.at))

    def _mark_what_was_read(self) -> None:
        """Link each field to its position in the source, and show the reader's warning."""
        for name, field in self.fields.items():
            if name in self.instance.reading.get("fields", {}):
                field.widget.attrs["data-source"] = name
            bound, help_text = self[name], field.help_text
            if name == "due_at" and (hint := due_hint(self.instance)):
                help_text = format_html("{} {}", hint, help_text)
            for free in free_due_days(self.instance.due_at, []) if name == "due_at" else []:
                help_text = format_html('<strong class="read-warning">{}</strong> {}', free.words, help_text)
            if name not in self.missing and (warning := warning_for(self.instance, name, bound.value())):
                help_text = format_html('<strong class="read-warning">{}</strong> {}', warning, help_text)
            field.help_text = bound.help_text = help_text

    def _missing_words(self, name: str) -> str:
        if name == "date":
            return gettext("Missing: the letter prints no date. Enter the date of its signature.")
        if name == "due_at":
            return gettext("Missing: a GÜNLÜDÜR letter can't be dispatched without its due time.")
        return gettext("Missing: the letter can't be dispatched without it.")

    def _fill_lists(self) -> None:
        lines = list(self.instance.lines.all())
        self.initial = {
            **self.initial,
            "version_read": self.instance.draft_version,
            "action_lines": "\n".join(line.text for line in lines if line.purpose == Purpose.ACTION),
            "information_lines": "\n".join(
                line.text for line in lines if line.purpose == Purpose.INFORMATION
            ),
            "reference_lines": "\n".join(reference.text for reference in self.instance.references.all()),
            "attachment_lines": "\n".join(
                attachment.title for attachment in self.instance.attachments.all() if attachment.printed
            ),
        }

    def _layout(self) -> Layout:
        def head(text: str) -> HTML:
            return HTML(format_html('<h2 class="review-head">{}</h2>', text))

        return Layout(
            Field("version_read"),
            Field("editing"),
            head(gettext("Issuer and number")),
            Field("issuer"),
            Field("issuer_lines"),
            Row(Column("number", css_class="col-md-8"), Column("circular_number", css_class="col-md-4")),
            *([Field("replaces")] if "replaces" in self.fields else []),
            Row(Column("date", css_class="col-md-6"), Column("secrecy", css_class="col-md-6")),
            Row(Column("urgency", css_class="col-md-6"), Column("due_kind", css_class="col-md-6")),
            Row(Column("due_working_days", css_class="col-md-6"), Column("due_at", css_class="col-md-6")),
            Row(
                Column("verification_code", css_class="col-md-6"),
                Column("verification_address", css_class="col-md-6"),
            ),
            head(gettext("Letter")),
            Field("subject"),
            Field("addressee"),
            Field("reference_lines"),
            Field("body"),
            Row(
                Column("signatory_name", css_class="col-md-6"),
                Column("signatory_titles", css_class="col-md-6"),
            ),
            Field("attachment_lines"),
            head(gettext("Distribution as printed (Dağıtım)")),
            Row(
                Column("action_lines", css_class="col-md-6"),
                Column("information_lines", css_class="col-md-6"),
            ),
        )

    def clean_verification_code(self) -> str:
        return str(self.cleaned_data["verification_code"]).strip().upper()

    def clean_issuer_lines(self) -> str:
        return _without_empty_lines(self.cleaned_data["issuer_lines"])

    def clean_signatory_titles(self) -> str:
        return _without_empty_lines(self.cleaned_data["signatory_titles"])

    def full_clean(self) -> None:
        """Add a link to the recorded letter where a uniqueness constraint refuses this one."""
        super().full_clean()
        draft = self.instance
        same = {
            "one_circular_per_verification_code": Circular.objects.filter(
                issuer=draft.issuer_id,
                verification_code=draft.verification_code,
                corrects=None,
                number_in_use=True,
            ),
            "one_circular_per_issuer_number_and_year": Circular.objects.blocking(
                issuer=draft.issuer, number=draft.number, day=draft.date
            ),
        }
        for constraint, found in same.items():
            field = FIELD_OF_CONSTRAINT[constraint]
            if not self.is_bound or not self.has_error(field, code=constraint):
                continue
            if existing := found.exclude(pk=draft.pk).order_by("date").first():
                self.add_error(field, link_to(existing))

    def lists(self) -> DraftLists:
        """The lists as entered. Only for a valid form."""
        return DraftLists(
            self.cleaned_data["action_lines"],
            self.cleaned_data["information_lines"],
            self.cleaned_data["reference_lines"],
            self.cleaned_data["attachment_lines"],
        )


def saved_meanwhile(by: User | None, at: datetime | None) -> str:
    """That a draft was saved after its page was opened, and by whom if that is known."""
    if by is None or at is None:
        return gettext("Somebody saved this draft after you opened it, perhaps you in another tab.")
    return gettext("Somebody saved this draft after you opened it: %(person)s, on %(when)s.") % {
        "person": by,
        "when": date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT"),
    }


def link_to(circular: Circular) -> str:
    """A link to the letter's page, for an error message."""
    return format_html(
        '<a href="{}">{}</a>',
        reverse("letter", args=[circular.public_id]),
        gettext("Open the recorded letter (%(name)s).") % {"name": circular},
    )
