"""Forms to correct the contact details of one's own unit, and to confirm a new e-mail address."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.forms.changed_meanwhile import VersionedForm
from agencies.forms.telephone import TelephoneMixin
from agencies.models import Agency
from agencies.models.contact_details.channel import REGISTRY, Channel
from agencies.notation.addresses import address_doubt
from distribution.services.receiving.correct_contact import contact_version


class CorrectContactForm(TelephoneMixin, VersionedForm, forms.ModelForm[Agency]):
    """E-mail, telephone and KEP address."""

    class Meta:
        model = Agency
        fields = ["email", "phone", "kep_address"]
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
            "kep_address": forms.EmailInput(attrs={"autocomplete": "off"}),
        }
        help_texts = {
            "email": _("A code is sent to a new address; it counts once you have entered the code here."),
            "phone": _("A new number counts at once."),
            "kep_address": _("The directory administrator checks a new KEP address before it counts."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["version_read"] = contact_version(self.instance)

    def clean_kep_address(self) -> str:
        typed = str(self.cleaned_data["kep_address"])
        return REGISTRY[Channel.KEP].clean_address(typed) if typed else typed

    @property
    def doubts(self) -> list[str]:
        """What is doubtful about the changed addresses, such as a domain that looks like a typing error."""
        typed = [self.cleaned_data[name] for name in ("email", "kep_address") if name in self.changed_data]
        return [f"{each}: {doubt.message}" for each in typed if each and (doubt := address_doubt(each))]

    def details(self) -> dict[str, str]:
        """The details by column. Only for a valid form."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class ConfirmContactForm(forms.Form):
    """The code that was sent to the new address."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("The six digits from the e-mail."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        code = "".join(str(self.cleaned_data["code"]).split())
        if len(code) != 6 or not (code.isascii() and code.isdigit()):
            raise ValidationError(gettext("The code has six digits. Copy it from the newest e-mail."))
        return code
