"""Form to confirm a letter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.forms.words import WordsField
from distribution.models import Delivery


class RegisterNumberForm(forms.Form):
    """The unit's own register number of the letter, optional."""

    register_number = WordsField(
        label=_("Your unit's register number (optional)"),
        max_length=Delivery._meta.get_field("register_number").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
