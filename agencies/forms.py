"""Forms of the directory."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]
    """Where a unit is reached."""

    class Meta:
        model = Agency
        fields = ["email", "phone", "kep_address"]
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
            "kep_address": forms.EmailInput(attrs={"autocomplete": "off"}),
        }


class SignInForm(LoginForm):
    """Sign-in whose first field says what to write into it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("User name or e-mail address")
        login.widget.attrs.update({"autocomplete": "username", "autofocus": True, "placeholder": ""})
        password.widget.attrs["placeholder"] = ""
