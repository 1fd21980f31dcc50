"""Forms of a link without an account: each act needs the mailed code, a name and a title."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.turkish import match_key
from distribution.forms.receiving.answer import AnswerForm
from distribution.forms.receiving.extension import ExtensionForm
from distribution.forms.receiving.register_number import RegisterNumberField
from distribution.forms.receiving.return_letter import ReturnForm
from distribution.forms.receiving.take_back import AskTakeBackForm
from distribution.forms.words import WordsField


class LinkForm(forms.Form):
    """The mailed code, and the name and title of the person who acts."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("The six digits from the e-mail."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    name = WordsField(
        label=_("Your first and last name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    job_title = WordsField(
        label=_("Your title"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )

    def clean_code(self) -> str:
        code = "".join(str(self.cleaned_data["code"]).split())
        if len(code) != 6 or not (code.isascii() and code.isdigit()):
            raise forms.ValidationError(gettext("The code has six digits. Copy it from the newest e-mail."))
        return code

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if len(match_key(name).split()) < 2:
            raise forms.ValidationError(
                gettext("Write your first and last name: what you do is recorded with it.")
            )
        return name

    def clean_job_title(self) -> str:
        title = " ".join(str(self.cleaned_data["job_title"]).split())
        if not match_key(title):
            raise forms.ValidationError(gettext("A title needs letters."))
        return title


class LinkConfirmForm(LinkForm):
    """With the unit's register number."""

    register_number = RegisterNumberField(
        help_text=_("The number under which your unit registered the letter.")
    )


class LinkObjectionForm(LinkForm):
    """With what is wrong with the record of the sender."""

    reason = WordsField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The sender is told at once and reads it. The letter waits for your unit again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "id_objection_%s", **kwargs})


ACTING = ["code", "name", "job_title"]


class LinkReturnForm(ReturnForm, LinkForm):
    """Return by link."""

    field_order = ("ground", "reason", *ACTING)


class LinkAnswerForm(AnswerForm, LinkForm):
    """Answer by link, with documents."""

    field_order = ("disposition", "note", "documents", "register_number", *ACTING)


class LinkExtensionForm(ExtensionForm, LinkForm):
    """Request for more time by link."""

    field_order = ("wanted", "reason", *ACTING)


class LinkAskTakeBackForm(AskTakeBackForm, LinkForm):
    """Request to take back by link."""

    field_order = ("stamp", "reason", *ACTING)
