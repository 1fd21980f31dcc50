"""Form to record a handover by hand or post."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.forms.fields import day_field
from agencies.forms.files import OneFileField
from circulars.files.uploads import FileRefused, check_attachment
from distribution.forms.words import WordsField
from distribution.models import Delivery, HandoverMethod
from distribution.services.follow_up.hand_over import Paper


class HandOverForm(forms.Form):
    """Method, day, person, and the file that proves it."""

    method = forms.ChoiceField(label=_("How"), choices=HandoverMethod.choices)
    handed_on = day_field(_("Handed over on"))
    received_by = WordsField(
        label=_("Received by"), max_length=120, help_text=_("Name and title of the person who signed.")
    )
    reference = WordsField(
        label=_("Post or book number"),
        max_length=60,
        required=False,
        help_text=_("The number of the posting or the page of the zimmet book, if there is one."),
    )
    proof = OneFileField(
        label=_("Proof"),
        max_length=255,
        allow_empty_file=True,
        help_text=_("A scan of the signed zimmet slip or of the posting receipt."),
    )

    def __init__(self, *args: Any, delivery: Delivery, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.delivery = delivery
        day = self.fields["handed_on"].widget
        day.attrs["min"] = timezone.localdate(delivery.created_at).isoformat()
        day.attrs["max"] = timezone.localdate().isoformat()
        self.helper = FormHelper(self)
        self.helper.form_tag = False

    def clean_handed_on(self) -> date:
        day: date = self.cleaned_data["handed_on"]
        sent = timezone.localdate(self.delivery.created_at)
        if day > timezone.localdate():
            raise ValidationError(gettext("This day is still to come. Give the day of the handover."))
        if day < sent:
            raise ValidationError(
                gettext("The letter was sent on %(day)s. It can't have been handed over before.")
                % {"day": date_format(sent, "SHORT_DATE_FORMAT")}
            )
        return day

    def clean_proof(self) -> "UploadedFile[bytes]":
        upload: UploadedFile[bytes] = self.cleaned_data["proof"]
        try:
            check_attachment(upload)
        except FileRefused as error:
            raise ValidationError(str(error)) from error
        return upload

    def paper(self) -> Paper:
        """The input of the service."""
        data = self.cleaned_data
        return Paper(
            method=HandoverMethod(data["method"]),
            handed_on=data["handed_on"],
            received_by=data["received_by"],
            proof=data["proof"],
            reference=data["reference"],
        )
