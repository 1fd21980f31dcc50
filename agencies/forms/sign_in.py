"""The sign-in form."""

from typing import Any

from allauth.account.forms import LoginForm
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):
    """allauth's sign-in form with our own label for the first field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("User name or e-mail address")
        login.widget.attrs.update({"autocomplete": "username", "autofocus": True, "placeholder": ""})
        password.widget.attrs["placeholder"] = ""
