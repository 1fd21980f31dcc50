"""Where a unit is reached, and in which order its ways are tried."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.models.channel import CHOOSABLE, Channel, address_for

PLACES = ("first_way", "second_way", "third_way")


def way_field(label: Any, empty: Any, help_text: Any = "") -> forms.ChoiceField:
    """One place in the order; it may stay empty."""
    choices = [("", empty), *((way.value, way.label) for way in CHOOSABLE)]
    return forms.ChoiceField(label=label, choices=choices, required=False, help_text=help_text)


class ContactForm(forms.ModelForm[Agency]):
    """Addresses, the order of channels as three choices, and the morning digest."""

    first_way = way_field(
        _("Notices go first by"),
        _("the usual order: e-mail, then KEP"),
        _("In the product: the letter waits in the unit's inbox here, and somebody must receive for it."),
    )
    second_way = way_field(_("If that fails, by"), _("nothing"))
    third_way = way_field(_("If that fails too, by"), _("nothing"))

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
        for place, channel in zip(PLACES, self.instance.channels, strict=False):
            self.initial.setdefault(place, channel)
        self.order_fields(["email", "kep_address", "phone", *PLACES, "digests_letters"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        seen: list[str] = []
        for place in PLACES:
            channel = cleaned.get(place)
            if not channel:
                continue
            if channel in seen:
                self.add_error(place, gettext("This way stands above already. Choose another, or none."))
            elif self._lacks_address(channel, cleaned):
                self.add_error(place, self._address_wanted(channel))
            seen.append(channel)
        return cleaned

    def _lacks_address(self, channel: str, cleaned: dict[str, Any]) -> bool:
        if not {"email", "kep_address"} <= cleaned.keys():
            return False
        address = address_for(channel, email=cleaned["email"], kep_address=cleaned["kep_address"])
        return address is None

    def _address_wanted(self, channel: str) -> str:
        if channel == Channel.KEP:
            return gettext("The unit has no KEP address. Give one above, or choose another way.")
        return gettext("The unit has no e-mail address. Give one above, or choose another way.")

    def save(self, commit: bool = True) -> Agency:
        """Save the addresses and the order without its gaps; nothing chosen is the usual order."""
        self.instance.channels = [self.cleaned_data[place] for place in PLACES if self.cleaned_data[place]]
        return super().save(commit)
