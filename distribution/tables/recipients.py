"""Columns of exported lists of recipients: of a letter, and of the units to which one passed it on."""

from django.db.models import F, Func, IntegerField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agencies.models import AgencyKind
from circulars.models import Purpose
from distribution.models import Disposition, ReturnGround, Stage
from distribution.tables.files.columns import ExportColumn, as_is, choice
from distribution.tables.readership import HOW_CONFIRMED


def _length(name: str) -> Func:
    return Func(F(name), function="cardinality", output_field=IntegerField())


CONFIRMATION: list[ExportColumn] = [
    (_("Purpose"), "purpose", choice(Purpose.choices)),
    (_("Stage"), "stage", choice(Stage.choices)),
    (_("Due"), "due_at", as_is),
    (pgettext_lazy("moment", "Confirmed"), "acknowledged_at", as_is),
    (pgettext_lazy("confirmation", "By"), "confirmed_by", as_is),
    (_("How it was confirmed"), "confirmed_how", HOW_CONFIRMED),
]

ANSWER: list[ExportColumn] = [
    (_("Answered"), "completed_at", as_is),
    (_("Disposition"), "disposition", choice(Disposition.choices)),
    (_("Returned"), "returned_at", as_is),
    (_("Ground of the return"), "return_ground", choice(ReturnGround.choices)),
    (_("Reason"), "return_reason", as_is),
]

RECIPIENTS_EXPORT: list[ExportColumn] = [
    (_("Printed line"), "line__text", as_is),
    (_("Recipient"), "agency__name", as_is),
    (_("Kind"), "agency__kind", choice(AgencyKind.choices)),
    (_("Province"), "agency__province__name", as_is),
    *CONFIRMATION,
    (pgettext_lazy("moment", "Opened"), "opened_at", as_is),
    (_("Register number"), "register_number", as_is),
    *ANSWER,
]

BRANCH_EXPORT: list[ExportColumn] = [
    (_("Level"), "path", _length),
    (_("Passed on by"), "parent__agency__name", as_is),
    (_("Unit"), "agency__name", as_is),
    *CONFIRMATION,
    *ANSWER,
]
