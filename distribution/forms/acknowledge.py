"""What recipients type."""

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.models import Delivery


class RegisterNumberForm(forms.ModelForm[Delivery]):
    """The unit's own register number of the letter, if it wants to give it."""

    class Meta:
        model = Delivery
        fields = ["register_number"]
        labels = {"register_number": _("Your unit's register number (optional)")}
        widgets = {"register_number": forms.TextInput(attrs={"autocomplete": "off"})}
