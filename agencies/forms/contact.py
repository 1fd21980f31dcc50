"""A unit's addresses and the order in which its channels are tried."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.addresses import address_doubt
from agencies.models import Agency
from agencies.models.channel import REGISTRY, UnitChannel, order_choices

PLACES = (
    (
        _("Notices go first by"),
        _("the usual order: e-mail, then KEP"),
        _("In the product: the letter waits in the unit's inbox here, and somebody must receive for it."),
    ),
    (_("If that fails, by"), _("nothing"), ""),
    (_("If that fails too, by"), _("nothing"), ""),
)
"""Label, empty choice and help text of each position; further positions use the last."""


def place(number: int) -> str:
    """The form field of that position in the order, starting at 1."""
    return f"channel_{number}"


def address_name(channel: type[UnitChannel]) -> str:
    """The form field of the channel's address."""
    return channel.column or f"address_{channel.code}"


class ContactForm(forms.ModelForm[Agency]):
    """The address of each channel, the order of channels (one choice per position), and the morning digest."""

    class Meta:
        model = Agency
        fields = ["email", "phone", "kep_address", "digests_letters"]
        labels = {"digests_letters": _("New letters come in the morning digest")}
        widgets = {
            "email": forms.EmailInput(attrs={"autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
            "kep_address": forms.EmailInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.addressed = [channel for channel in REGISTRY.values() if channel.has_addresses]
        for channel in self.addressed:
            if not channel.column:
                self.fields[address_name(channel)] = channel.address_field()
                self.initial.setdefault(address_name(channel), channel.address_of(self.instance))
        choices = order_choices()
        self.places = [place(number) for number in range(1, len(choices) + 1)]
        for number, name in enumerate(self.places):
            label, empty, help_text = PLACES[min(number, len(PLACES) - 1)]
            self.fields[name] = forms.ChoiceField(
                label=label, choices=[("", empty), *choices], required=False, help_text=help_text
            )
        for name, code in zip(self.places, self.instance.channels, strict=False):
            self.initial.setdefault(name, code)
        if self.instance.undeliverable_addresses:
            named = ", ".join(each.address for each in self.instance.undeliverable_addresses)
            self.fields["works_again"] = forms.BooleanField(
                label=gettext("%(address)s works again: send there") % {"address": named}, required=False
            )
        addresses = [address_name(channel) for channel in self.addressed]
        self.order_fields(
            [addresses[0], "works_again", *addresses[1:], "phone", *self.places, "digests_letters"]
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for channel in self.addressed:
            self._clean_address(address_name(channel), channel, cleaned)
        seen: list[str] = []
        for name in self.places:
            code = cleaned.get(name)
            if not code:
                continue
            channel = REGISTRY[code]
            if code in seen:
                self.add_error(name, gettext("This channel stands above already. Choose another, or none."))
            elif channel.has_addresses and cleaned.get(address_name(channel)) == "":
                self.add_error(name, str(channel.address_wanted))
            seen.append(code)
        return cleaned

    @property
    def doubts(self) -> list[str]:
        """What is doubtful about the valid addresses, such as a domain that looks like a typing error."""
        typed = [self.cleaned_data.get(name) for name in ("email", "kep_address")]
        return [
            f"{address}: {doubt.message}"
            for address in typed
            if address and (doubt := address_doubt(address))
        ]

    def _clean_address(self, name: str, channel: type[UnitChannel], cleaned: dict[str, Any]) -> None:
        if not cleaned.get(name):
            return
        try:
            cleaned[name] = channel.clean_address(cleaned[name])
        except ValidationError as error:
            self.add_error(name, error)

    def save(self, commit: bool = True) -> Agency:
        """Save the addresses and the order without gaps; an empty order means the default."""
        self.instance.channels = [self.cleaned_data[name] for name in self.places if self.cleaned_data[name]]
        own = {
            channel.code: self.cleaned_data[address_name(channel)]
            for channel in self.addressed
            if not channel.column
        }
        kept = self.instance.addresses | own
        self.instance.addresses = {code: address for code, address in kept.items() if address}
        self._forget_undeliverable()
        return super().save(commit)

    def _forget_undeliverable(self) -> None:
        """An address that was entered anew, or of which the person says so, is used again."""
        for channel in self.addressed:
            if self.cleaned_data.get("works_again") or address_name(channel) in self.changed_data:
                self.instance.undeliverable.pop(channel.code, None)
