"""A unit's addresses and the order in which its channels are tried."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.forms.changed_meanwhile import VersionedForm
from agencies.forms.telephone import TelephoneMixin
from agencies.models import Agency
from agencies.models.contact_details.channel import REGISTRY, UndeliverableAddress, UnitChannel, order_choices
from agencies.notation.addresses import doubts_of
from agencies.services.contact_details.contact import ContactDetails

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


def why_undeliverable(known: UndeliverableAddress) -> str:
    """Since when the address reaches nobody, and why: the server's answer, or the person who recorded it."""
    day = date_format(timezone.localtime(known.since), "SHORT_DATE_FORMAT")
    if known.decided_by:
        return gettext("%(person)s recorded on %(day)s that nobody is reached at this address.") % {
            "person": known.decided_by,
            "day": day,
        }
    return gettext("Nothing reaches this address: mail came back on %(day)s.") % {"day": day}


class ContactForm(TelephoneMixin, VersionedForm, forms.ModelForm[Agency]):
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
        self.initial["version_read"] = ContactDetails.of(self.instance).version
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
        for known in self.instance.undeliverable_addresses:
            self._mark(address_name(REGISTRY[known.channel]), known)
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
        return doubts_of(self.cleaned_data.get(name, "") for name in ("email", "kep_address"))

    def _clean_address(self, name: str, channel: type[UnitChannel], cleaned: dict[str, Any]) -> None:
        if not cleaned.get(name):
            return
        try:
            cleaned[name] = channel.clean_address(cleaned[name])
        except ValidationError as error:
            self.add_error(name, error)

    def _mark(self, name: str, known: UndeliverableAddress) -> None:
        """Say at the field that its present address reaches nobody, since when and why."""
        words = format_html('<strong class="text-danger">{}</strong>', why_undeliverable(known))
        if known.answer:
            answer = gettext("The server's answer")
            words = format_html(
                '{} {}: <span lang="en" class="text-break">{}</span>', words, answer, known.answer
            )
        field = self.fields[name]
        field.help_text = format_html("{} {}", words, field.help_text) if field.help_text else words

    def details(self) -> ContactDetails:
        """The details as entered, the order without gaps; an empty order means the default. Only for a valid form."""
        own = {
            channel.code: self.cleaned_data[address_name(channel)]
            for channel in self.addressed
            if not channel.column
        }
        kept = self.instance.addresses | own
        return ContactDetails(
            email=self.cleaned_data["email"],
            phone=self.cleaned_data["phone"],
            kep_address=self.cleaned_data["kep_address"],
            addresses={code: address for code, address in kept.items() if address},
            channels=[self.cleaned_data[name] for name in self.places if self.cleaned_data[name]],
            digests_letters=self.cleaned_data["digests_letters"],
        )
