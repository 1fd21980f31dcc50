"""Forms of the directory."""

from typing import Any

from allauth.account.forms import LoginForm
from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyGroup, AgencyKind, Province
from agencies.turkish import match_key
from agencies.wordings import same_name


class AgencyForm(forms.Form):
    """An agency that a letter names and the directory lacks."""

    name = forms.CharField(
        label=_("Official name"), max_length=250, help_text=_("Without the dative ending.")
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        help_text=_("Kinds that whole groups follow, such as governorships, are added by an administrator."),
    )
    parent = forms.CharField(
        label=_("Body above it"),
        max_length=250,
        required=False,
        help_text=_("Its official name as the directory has it. Leave it empty for a body of its own."),
    )
    province = forms.ModelChoiceField(
        Province.objects.all(), label=_("Province"), required=False, empty_label=_("None")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_rule = set(
            AgencyGroup.objects.filter(rule_template="")
            .exclude(rule_kind="")
            .values_list("rule_kind", flat=True)
        )
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(value, label) for value, label in AgencyKind.choices if value not in by_rule]
        kind.initial = AgencyKind.OTHER
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if not match_key(name):
            raise ValidationError(gettext("A name needs letters."))
        return name

    def clean_parent(self) -> Agency | None:
        """The one agency in being of that name."""
        name = str(self.cleaned_data["parent"])
        if not name.strip():
            return None
        found = Agency.objects.active(timezone.localdate()).filter(match_key=match_key(name))[:2]
        if not found:
            raise ValidationError(
                gettext("The directory has no body of this name. Look its official name up there.")
            )
        if len(found) > 1:
            raise ValidationError(
                gettext("Several bodies have this name. Leave it empty; an administrator can place the unit.")
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "name" in cleaned and "parent" in cleaned:
            known = same_name(name=cleaned["name"], parent=cleaned["parent"], on=timezone.localdate())
            if known is not None:
                self.add_error(
                    "name", gettext("The directory has it already: go back and search for “%s”.") % known
                )
        return cleaned


class ImportForm(forms.Form):
    """A directory file."""

    file = forms.FileField(
        label=_("Directory file"),
        help_text=_("CSV or XLSX. The first row names the columns."),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        size = upload.size or 0
        if size > settings.UPLOAD_LIMIT:
            raise forms.ValidationError(
                _("The file has %(size)s; at most %(limit)s can be taken. Split it."),
                params={
                    "size": filesizeformat(size),
                    "limit": filesizeformat(settings.UPLOAD_LIMIT),
                },
            )
        return upload


def day_field(label: Any, help_text: Any) -> forms.DateField:
    """A day, chosen from a calendar where the browser has one."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        input_formats=["%Y-%m-%d", "%d.%m.%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class RenameForm(forms.Form):
    """A new name, and its first day."""

    name = forms.CharField(label=_("New official name"), max_length=250)
    on = day_field(_("First day"), _("The first day of the new name, not later than today."))

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(
                _(
                    "The new name is used at once; choose today or an earlier day. Come back on the day itself."
                )
            )
        return on


class CloseForm(forms.Form):
    """The end of an agency."""

    on = day_field(_("Closed from"), _("The first day it no longer is. It may lie ahead."))
    move_children = forms.BooleanField(
        label=_("Put the units directly below it under the successor"), required=False
    )


class SignInForm(LoginForm):
    """Sign-in whose first field says what to write into it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("User name or e-mail address")
        login.widget.attrs.update({"autocomplete": "username", "autofocus": True, "placeholder": ""})
        password.widget.attrs["placeholder"] = ""


class DeputyshipForm(forms.Form):
    """From when to when somebody stands in, and why."""

    first_day = day_field(_("First day"), _("The deputy acts from the beginning of this day."))
    last_day = day_field(_("Last day"), _("The deputy acts until the end of this day."))
    reason = forms.CharField(
        label=_("Reason (optional)"),
        max_length=200,
        required=False,
        help_text=_("For instance the leave, or the number of the approval."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
