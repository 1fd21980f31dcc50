"""The forms for signing in and for a new password."""

from typing import Any

from allauth.account.fields import EmailField
from allauth.account.forms import LoginForm, ResetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from agencies.models.contact_details.address import AddressFormField
from agencies.models.person import sign_in_name
from agencies.services.mail_server import takes_mail


class SignInForm(LoginForm):
    """allauth's sign-in form with our own label for the first field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("User name or e-mail address")
        login.widget.attrs.update({"autocomplete": "username", "autofocus": True, "placeholder": ""})
        password.widget.attrs["placeholder"] = ""

    def clean_login(self) -> str:
        """The stored name that is meant, whichever i a Turkish keyboard with Caps Lock has typed."""
        return sign_in_name(self.cleaned_data["login"])


class AnyKeyboardEmailField(AddressFormField, EmailField):
    """allauth's field, which takes an address in any form that has one reading."""


class PasswordResetForm(ResetPasswordForm):
    """allauth's form, which also sends to addresses that a person entered and nobody verified. This one doesn't.

    The link goes only to the address that an administrator set. An unknown address is answered like a known one.
    """

    email = AnyKeyboardEmailField()

    def clean_email(self) -> str:
        """Find the active people with this address."""
        email: str = self.cleaned_data["email"]
        known = User.objects.filter(email__iexact=email, is_active=True)
        self.users = [user for user in known if user.email.lower() == email.lower()]
        return email

    def clean(self) -> dict[str, Any]:
        """Refuse while no mail can leave, whether or not the address is known."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not takes_mail():
            raise ValidationError(
                _("No e-mail can be sent at the moment. Try again later, or ask your system administrator.")
            )
        return cleaned
