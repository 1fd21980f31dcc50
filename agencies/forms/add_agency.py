"""The form that adds an agency to the directory."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, AgencyGroup, AgencyKind, Province
from agencies.services.add_agency import same_name
from agencies.turkish import match_key, one_line


class AgencyForm(forms.Form):
    """An agency named in a letter and missing from the directory."""

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
        name = one_line(str(self.cleaned_data["name"]))
        if not match_key(name):
            raise ValidationError(gettext("A name needs letters."))
        return name

    def clean_parent(self) -> Agency | None:
        """The only active agency of that name."""
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
