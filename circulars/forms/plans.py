"""The form for editing a plan: its name and its unsaved rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from agencies.forms.changed_meanwhile import conflict_texts, stored_and_typed
from agencies.models import Agency, AgencyGroup
from agencies.notation.marked_differences import mark_differences
from agencies.services.changed_meanwhile import ChangedMeanwhile
from agencies.turkish import match_key
from circulars.lines.choices import Choice, chosen
from circulars.models import Purpose
from circulars.models.plan import DistributionPlan, PlanVersion
from circulars.services.plans import PlannedLine, plan_version_of

MOST_ROWS = 500
LONGEST_TEXT = 300
LONGEST_NAME = 80


@dataclass
class Row:
    """One line of the plan in the form."""

    target: str
    purpose: str
    text: str
    meaning: Agency | AgencyGroup | None = None
    error: str = ""

    @property
    def line(self) -> tuple[str, str, str]:
        """What makes it the same line as another."""
        return self.purpose, self.text, self.target

    @property
    def place(self) -> tuple[str, str]:
        """For what and to whom the line is."""
        return self.purpose, self.target

    @property
    def purpose_label(self) -> str:
        return str(Purpose(self.purpose).label)

    @property
    def is_closed(self) -> bool:
        return isinstance(self.meaning, Agency) and not self.meaning.is_active()


@dataclass
class PlanConflict:
    """The form was loaded before somebody else saved the plan: both versions, for comparison."""

    texts: list[str]
    names: SafeString | str
    """Both names in a sentence; empty if they are the same."""
    only_stored: list[tuple[Row, SafeString | str]]
    only_typed: list[tuple[Row, SafeString | str]]
    """Rows with their texts; where both versions word a line for the same unit differently, what differs is marked."""


@dataclass
class PlanForm:
    """The name and the rows of a plan being edited, in order."""

    name: str = ""
    rows: list[Row] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    version_read: str = ""
    """The plan's version that the form was loaded from; empty for a new plan."""

    conflict: PlanConflict | None = None

    @classmethod
    def of_version(cls, version: PlanVersion) -> "PlanForm":
        """The form, initialised from a version."""
        lines = version.settled_lines()
        rows = [
            Row(Choice(line.agency, line.group).value, line.purpose, line.text, line.agency or line.group)
            for line in lines
        ]
        return cls(version.plan.name, rows, version_read=plan_version_of(version))

    @classmethod
    def of_post(cls, data: QueryDict) -> "PlanForm":
        """The form as posted. Two queries."""
        sent = zip(data.getlist("target"), data.getlist("purpose"), data.getlist("text"), strict=False)
        rows = [
            Row(target, purpose if purpose in Purpose.values else Purpose.ACTION, " ".join(text.split()))
            for target, purpose, text in list(sent)[:MOST_ROWS]
        ]
        meanings = _meanings(row.target for row in rows)
        for row in rows:
            row.meaning = meanings.get(row.target)
        name = " ".join(data.get("name", "").split())
        known = [row for row in rows if row.meaning is not None]
        return cls(name, known, version_read=data.get("version_read", ""))

    def act(self, data: QueryDict) -> bool:
        """Apply the pressed row button (add, move, remove); False if none was pressed."""
        if value := data.get("add"):
            self._add(value, data.get("add_purpose", ""))
        elif value := data.get("remove"):
            if (index := self._index(value)) is not None:
                del self.rows[index]
        elif value := data.get("up") or data.get("down"):
            step = -1 if data.get("up") else 1
            index = self._index(value)
            if index is not None and 0 <= index + step < len(self.rows):
                self.rows.insert(index + step, self.rows.pop(index))
        else:
            return "save" not in data
        return True

    def is_valid(self, *, owner: Agency, plan: DistributionPlan | None) -> bool:
        """Whether the plan can be saved; otherwise sets the errors."""
        self.errors = {}
        same = DistributionPlan.objects.in_use().filter(owner=owner, match_key=match_key(self.name))
        if plan is not None:
            same = same.exclude(pk=plan.pk)
        if not match_key(self.name):
            self.errors["name"] = _("Give the plan a name, such as “A Planı”.")
        elif len(self.name) > LONGEST_NAME:
            self.errors["name"] = _("At most %(longest)s characters fit.") % {"longest": LONGEST_NAME}
        elif same.exists():
            self.errors["name"] = _("The unit has a plan of this name already.")
        if not self.rows:
            self.errors["rows"] = _("The plan has no line yet. Search for a unit or group and add it.")
        seen: set[tuple[str, str]] = set()
        for row in self.rows:
            row.error = ""
            if not row.text:
                row.error = _("Enter how letters print the line.")
            elif len(row.text) > LONGEST_TEXT:
                row.error = _("At most %(longest)s characters fit.") % {"longest": LONGEST_TEXT}
            elif (row.purpose, row.text) in seen:
                row.error = _("The plan has this line already.")
            seen.add((row.purpose, row.text))
        return not self.errors and not any(row.error for row in self.rows)

    def report_conflict(self, conflict: ChangedMeanwhile, *, stored: "PlanForm") -> None:
        """Show what only the stored version has and what only this form; the next save replaces the stored one."""
        self.version_read = conflict.version
        only_stored = [row for row in stored.rows if row.line not in [own.line for own in self.rows]]
        only_typed = [row for row in self.rows if row.line not in [other.line for other in stored.rows]]
        before = {row.place: row.text for row in only_stored}
        after = {row.place: row.text for row in only_typed}
        self.conflict = PlanConflict(
            texts=conflict_texts(conflict),
            names=stored_and_typed(stored.name, self.name) if stored.name != self.name else "",
            only_stored=[
                (row, mark_differences(row.text, after.get(row.place, ""))[0]) for row in only_stored
            ],
            only_typed=[
                (row, mark_differences(before.get(row.place, ""), row.text)[1]) for row in only_typed
            ],
        )

    def lines(self) -> list[PlannedLine]:
        """The lines to save."""
        return [
            PlannedLine(
                row.purpose,
                row.text,
                row.meaning if isinstance(row.meaning, Agency) else None,
                row.meaning if isinstance(row.meaning, AgencyGroup) else None,
            )
            for row in self.rows
        ]

    def _add(self, value: str, purpose: str) -> None:
        meaning = chosen(value)
        if meaning is None or len(self.rows) >= MOST_ROWS:
            return
        choice = Choice(agency=meaning) if isinstance(meaning, Agency) else Choice(group=meaning)
        wanted = purpose if purpose in Purpose.values else Purpose.ACTION
        if not any((row.target, row.purpose) == (value, wanted) for row in self.rows):
            self.rows.append(Row(value, wanted, choice.wording, meaning))

    def _index(self, value: str) -> int | None:
        index = int(value) - 1 if value.isascii() and value.isdecimal() and len(value) < 5 else -1
        return index if 0 <= index < len(self.rows) else None


def _meanings(targets: Iterable[str]) -> dict[str, Agency | AgencyGroup]:
    wanted: dict[str, set[str]] = {"agency": set(), "group": set()}
    for target in targets:
        kind, _colon, number = target.partition(":")
        if kind in wanted and number.isascii() and number.isdecimal() and len(number) <= 18:
            wanted[kind].add(number)
    meanings: dict[str, Agency | AgencyGroup] = {}
    for agency in Agency.objects.filter(pk__in=wanted["agency"]):
        meanings[f"agency:{agency.pk}"] = agency
    for group in AgencyGroup.objects.filter(pk__in=wanted["group"]):
        meanings[f"group:{group.pk}"] = group
    return meanings
