"""What the manager's list shows of a row, as the person chooses: on the page and in the files alike."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agencies.models import AgencyKind
from circulars.models import Purpose
from distribution.models import Stage
from distribution.tables.files.columns import ExportColumn, as_is, choice, days_waited


@dataclass(frozen=True)
class ShownColumn:
    """One thing shown of each row: a column of the page or a part of one, and its columns in files.

    One that `always` stands can't be hidden; one that is not `usual` is shown only if the person chooses it.
    """

    name: str
    label: Any
    export: tuple[ExportColumn, ...]
    always: bool = False
    usual: bool = True


COLUMNS = (
    ShownColumn("agency", _("Recipient"), ((_("Recipient"), "agency__name", as_is),), always=True),
    ShownColumn("kind", _("Kind"), ((_("Kind"), "agency__kind", choice(AgencyKind.choices)),)),
    ShownColumn("province", _("Province"), ((_("Province"), "agency__province__name", as_is),)),
    ShownColumn(
        "phone",
        _("Phone"),
        ((_("Phone"), "agency__phone", lambda _name: Coalesce("successor__phone", "agency__phone")),),
    ),
    ShownColumn(
        "letter",
        _("Letter"),
        (
            (_("Letter"), "circular__subject", as_is),
            (_("New letter"), "circular__superseded_by__number", as_is),
            (_("Revision of the new letter"), "circular__superseded_by__revision_number", as_is),
        ),
        always=True,
    ),
    ShownColumn("number", _("Number"), ((_("Number"), "circular__number", as_is),)),
    ShownColumn("urgency", _("Urgency"), ((_("Urgency"), "circular__urgency", as_is),)),
    ShownColumn("issuer", _("From"), ((_("From"), "circular__issuer__name", as_is),), usual=False),
    ShownColumn("due_at", _("Due"), ((_("Due"), "due_at", as_is),)),
    ShownColumn("purpose", _("Purpose"), ((_("Purpose"), "purpose", choice(Purpose.choices)),)),
    ShownColumn("stage", _("Stage"), ((_("Stage"), "stage", choice(Stage.choices)),)),
    ShownColumn("sent", _("Sent"), ((_("Sent"), "created_at", as_is),)),
    ShownColumn("waiting", _("Waiting"), ((_("Waiting (days)"), "created_at", days_waited),)),
)
NAMES = tuple(each.name for each in COLUMNS)
ALWAYS = frozenset(each.name for each in COLUMNS if each.always)
USUAL = tuple(each.name for each in COLUMNS if each.usual)
"""What is shown as long as the person chooses nothing else."""


def known(names: Iterable[str]) -> tuple[str, ...]:
    """The known ones of these names in the order of the list, with those that always stand. Without any, the usual."""
    wanted = set(names).intersection(NAMES)
    return tuple(each for each in NAMES if each in wanted | ALWAYS) if wanted else USUAL


def export_columns(shown: Collection[str]) -> list[ExportColumn]:
    """The columns of files for what is shown; about the letter in place of another one they come last."""
    chosen = [each for each in COLUMNS if each.name in shown]
    return [each.export[0] for each in chosen] + [more for each in chosen for more in each.export[1:]]


OUTSTANDING_EXPORT = export_columns(USUAL)
"""The columns of files as long as nobody chooses others."""
