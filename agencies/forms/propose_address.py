"""Forms to set a missing address of a unit for a letter, and to decide on it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, ProposedAddress
from agencies.models.contact_details.address import clean_address
from agencies.models.contact_details.channel import LONGEST_ADDRESS, REGISTRY, channel_label, is_undeliverable
from agencies.notation.addresses import address_doubt


def cleaned_address(channel: str, typed: str) -> str:
    """The address as the directory stores it. Raises ValidationError."""
    return REGISTRY[channel].clean_address(clean_address(typed))


APPROVE, CORRECT, REFUSE = "approve", "correct", "refuse"


class ProposeAddressForm(forms.Form):
    """An address of a channel for which the unit has none."""

    channel = forms.ChoiceField(label=_("Channel"))
    address = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )

    def __init__(self, *args: Any, unit: Agency, channels: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)
        channel.choices = [(code, channel_label(code)) for code in channels]
        if len(channels) == 1:
            channel.initial = channels[0]
            channel.widget = forms.HiddenInput()
            self.fields["address"].label = channel_label(channels[0])

    def clean(self) -> dict[str, Any]:
        """The address as it is stored for this channel."""
        cleaned = super().clean() or self.cleaned_data
        channel, address = cleaned.get("channel"), cleaned.get("address")
        if not channel or not address:
            return cleaned
        try:
            cleaned["address"] = cleaned_address(channel, address)
        except ValidationError as error:
            self.add_error("address", error)
            return cleaned
        if is_undeliverable(self.unit, channel, cleaned["address"]):
            self.add_error(
                "address",
                gettext("Mail to this address came back: nobody is reached there. Enter another one."),
            )
        return cleaned

    @property
    def doubt(self) -> str:
        """What is doubtful about the valid address; empty if nothing is."""
        found = address_doubt(self.cleaned_data["address"])
        return f"{self.cleaned_data['address']}: {found.message}" if found else ""


class DecideAddressForm(forms.Form):
    """The decision, by the button; the corrected address, or the reason of a refusal."""

    decision = forms.ChoiceField(choices=[(each, each) for each in (APPROVE, CORRECT, REFUSE)])
    corrected_to = forms.CharField(
        label=_("The right address"),
        required=False,
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    reason = forms.CharField(
        label=_("Reason of the refusal"),
        required=False,
        max_length=300,
        help_text=_("Whoever set the address reads it."),
    )

    def __init__(self, *args: Any, proposal: ProposedAddress, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposal = proposal

    def clean(self) -> dict[str, Any]:
        """Keep only what the decision needs, and require it."""
        cleaned = super().clean() or self.cleaned_data
        decision = cleaned.get("decision")
        if decision == CORRECT:
            self._clean_corrected(cleaned)
        else:
            cleaned["corrected_to"] = ""
        if decision == REFUSE and not cleaned.get("reason"):
            self.add_error("reason", gettext("Say why, so that the sender can set another address."))
        if decision != REFUSE:
            cleaned["reason"] = ""
        return cleaned

    def _clean_corrected(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("corrected_to"):
            self.add_error("corrected_to", gettext("Enter the right address."))
            return
        try:
            cleaned["corrected_to"] = cleaned_address(self.proposal.channel, cleaned["corrected_to"])
        except ValidationError as error:
            self.add_error("corrected_to", error)
