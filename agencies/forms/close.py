"""The form that closes an agency."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.fields import day_field


class CloseForm(forms.Form):
    """The closing day and the successor."""

    on = day_field(_("Closed from"), _("The first day it no longer is. It may lie ahead."))
    move_children = forms.BooleanField(
        label=_("Put the units directly below it under the successor"), required=False
    )
