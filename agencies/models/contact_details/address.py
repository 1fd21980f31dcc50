"""A column and a form field for an e-mail address in its normal form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from agencies.notation.addresses import AddressRefused, normal_address


def clean_address(typed: str) -> str:
    """The address in its normal form. Raises ValidationError with the reason."""
    try:
        return normal_address(typed)
    except AddressRefused as refused:
        raise ValidationError(refused.message, code=refused.reason) from refused


class AddressFormField(forms.EmailField):
    """One e-mail address; cleaned to its normal form, refused with the reason."""

    default_validators = []
    widget = forms.EmailInput

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return clean_address(text) if text else text


class AddressField(models.EmailField[str, str]):
    """An e-mail address, brought to its normal form by forms and by `full_clean`."""

    default_validators = []

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """The address in its normal form. Saving and looking up take a value as it is."""
        text = super().clean(value, model_instance)
        return clean_address(text) if text else text

    def formfield(self, **kwargs: Any) -> Any:
        """The form field that cleans the address in the same way."""
        return super().formfield(**{"form_class": AddressFormField, **kwargs})
