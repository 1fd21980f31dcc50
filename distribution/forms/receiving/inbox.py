"""Form to save an inbox filter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from distribution.models import SavedFilter
from distribution.models.saved_filter import LONGEST_QUERY


class SavedFilterForm(forms.ModelForm[SavedFilter]):
    """Name of a saved filter."""

    class Meta:
        model = SavedFilter
        fields = ["name"]
        labels = {"name": _("Keep this filter as")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}

    def clean(self) -> dict[str, Any]:
        """Refuse an empty filter."""
        cleaned = super().clean() or self.cleaned_data
        if not self.instance.query:
            self.add_error("name", _("Nothing is narrowed now. Choose what to show first, then keep it."))
        elif len(self.instance.query) > LONGEST_QUERY:
            self.add_error("name", _("The filter is too long to be kept. Shorten its text."))
        own = SavedFilter.objects.filter(person=self.instance.person, page=self.instance.page)
        if own.filter(name=cleaned.get("name")).exists():
            self.add_error("name", _("You have a filter of this name already. Choose another name."))
        return cleaned
