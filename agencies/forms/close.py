"""The day on which an agency ends."""

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.fields import day_field


class CloseForm(forms.Form):
    """The end of an agency."""

    on = day_field(_("Closed from"), _("The first day it no longer is. It may lie ahead."))
    move_children = forms.BooleanField(
        label=_("Put the units directly below it under the successor"), required=False
    )
