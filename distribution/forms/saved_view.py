"""Form to save what the list of what is outstanding shows."""

from typing import Any

from django import forms
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from distribution.models import SavedFilter
from distribution.models.saved_filter import LONGEST_QUERY

NAME_TAKEN = _("There is a view of this name already. Choose another name.")


class SavedViewForm(forms.ModelForm[SavedFilter]):
    """Name of a view, and whether the unit sees it. `renewed` keeps what the list shows now, if there is a choice."""

    renewed = forms.BooleanField(
        label=_("Also keep the filter, order and columns that the list has now"), required=False
    )

    class Meta:
        model = SavedFilter
        fields = ["name", "is_shared"]
        labels = {"name": _("Name of the view"), "is_shared": _("Share it with the unit")}
        help_texts = {
            "is_shared": _(
                "Everybody who manages the unit sees it, and may change or delete it. Each sees only the rows that"
                " they may see."
            )
        }
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "off"})}

    def __init__(self, *args: Any, query: str, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.person_id != by.pk:
            del self.fields["is_shared"]  # whoever else takes it back hides it from themselves
        self.query = query
        self.is_new = self.instance.pk is None
        if self.is_new or query == self.instance.query:
            del self.fields["renewed"]

    def clean(self) -> dict[str, Any]:
        """Refuse a name that the person gave to another view of the unit, and a filter that is too long."""
        cleaned = super().clean() or self.cleaned_data
        view = self.instance
        others = SavedFilter.objects.filter(person=view.person, page=view.page, unit=view.unit)
        if others.exclude(pk=view.pk).filter(name=cleaned.get("name")).exists():
            self.add_error("name", NAME_TAKEN)
        if self.is_new or cleaned.get("renewed"):
            if len(self.query) > LONGEST_QUERY:
                self.add_error(None, _("The filter is too long to be kept. Shorten its text."))
            view.query = self.query
        return cleaned

    def save_once(self) -> SavedFilter | None:
        """Save the view. None, with an error at the name, if another one took it since it was checked."""
        try:
            return self.save()
        except IntegrityError:
            self.add_error("name", NAME_TAKEN)
            return None
