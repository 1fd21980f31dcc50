"""Forms of the directory."""

from django import forms

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
