"""The telephone number of a unit in a form."""

from django import forms
from django.core.exceptions import ValidationError

from agencies.notation.telephone import NO_TELEPHONE, telephone_number


class TelephoneMixin(forms.Form):
    """Checks the field `phone` if it was changed: a stored number stops nobody from changing another field."""

    def clean_phone(self) -> str:
        typed = str(self.cleaned_data["phone"])
        if not typed or "phone" not in self.changed_data:
            return typed
        try:
            return telephone_number(typed)
        except ValueError:
            raise ValidationError(NO_TELEPHONE) from None
