"""Deliveries that are overdue, with the working days since their due day."""

from collections.abc import Mapping

import django_tables2 as tables
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from distribution.models import Delivery
from distribution.tables.base import labelled
from distribution.tables.outstanding import OutstandingTable


class LateTable(OutstandingTable):
    """The manager's list of what is overdue. Its age is that of being overdue, not of the letter."""

    days_late: Mapping[int, int] = {}
    """Working days by delivery, for the rows of the page."""

    late = tables.Column(
        accessor="due_at",
        order_by=("due_at",),
        verbose_name=gettext_lazy("Overdue for"),
        attrs=labelled(gettext_lazy("Overdue for"), "nowrap"),
    )

    class Meta(OutstandingTable.Meta):
        sequence = ("agency", "province", "letter", "purpose", "stage", "due_at", "late")
        exclude = ("waiting",)
        empty_text = gettext_lazy("Nothing is overdue here.")

    def render_late(self, record: Delivery) -> str:
        days = self.days_late.get(record.pk, 0)
        if not days:
            return _("since today")
        return ngettext("%(days)d working day", "%(days)d working days", days) % {"days": days}
