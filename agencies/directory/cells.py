"""Convert the cells of one row to values; report each problem with its column and reason."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.directory.columns import IDENTITY, REPORT_HEADINGS, fields_by_heading, kinds_by_word
from agencies.directory.table import UnreadableTable
from agencies.models import Province
from agencies.turkish import search_key

CODE = re.compile(r"[-a-zA-Z0-9_]{1,80}")
IDENTITY_CODE = re.compile(IDENTITY + r"[0-9]{1,18}")
DAY_FORMS = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
MOST_PROTOCOL = 2_000_000_000
YES_WORDS = {"evet", "e", "yes", "y", "1", "true", "dogru"}
NO_WORDS = {"hayir", "h", "no", "n", "0", "false", "yanlis"}
LONGEST = {"name": 250, "phone": 40, "template": 120, "email": 254, "kep_address": 254}

REASONS: dict[str, str | Promise] = {
    "code": _(
        "The code may hold only a–z, 0–9, - and _, at most 80 characters. Take out other signs and blanks."
    ),
    "too_long": _("The text is too long for this column. Shorten it."),
    "kind": _("There is no such kind. Write one of the kinds listed on the import page."),
    "province": _("There is no such province. Write its name or its plate code from 01 to 81."),
    "number": _("This is no whole number from 0 upwards. Write digits only."),
    "detsis": _("A DETSİS number has digits only, at most 14. Take out other signs."),
    "email": _("This is no valid e-mail address. Write one address such as birim@kurum.gov.tr."),
    "day": _("This is no day. Write it as 31.12.2026."),
    "yes_no": _("Write “evet” or “hayır”."),
    "no_identity": _(
        "The row has neither a code nor a DETSİS number; a name alone is never matched. Give it a code."
    ),
    "unknown_identity": _("No agency stands under this number here. Give the row a code of its own."),
    "name_missing": _("A new agency needs a name."),
    "kind_missing": _("A new agency needs a kind."),
    "code_twice": _("Another row of the file has the same code. Keep one of them."),
    "detsis_twice": _("Another row of the file has the same DETSİS number. Keep the right one."),
    "same_agency": _("Another row of the file means the same agency. Keep one of them."),
    "detsis_taken": _(
        "Another agency has this DETSİS number. Correct it, or give the row that agency's code."
    ),
    "parent": _("No agency has this code, in the directory or in the file. Correct it, or add a row for it."),
    "parent_bad": _("The body above stands in a row that can't be imported. Mend that row first."),
    "own_parent": _("An agency can't stand below itself. Name the body above it."),
    "parent_cycle": _("The bodies above this agency run in a circle. Correct the code of a body above."),
    "successor": _(
        "No agency has this code, in the directory or in the file. Correct it, or leave it empty."
    ),
    "successor_bad": _("The successor stands in a row that can't be imported. Mend that row first."),
    "successor_open": _(
        "Only a closed agency has a successor. Write the day of its end too, or leave this empty."
    ),
    "successor_closed": _("The successor is closed on that day. Name one that is in being."),
    "successor_closed_by_row": _(
        "Row %(row)s of this file closes the successor by then."
        " Name one that is in being, or correct the day in one of the two rows."
    ),
    "passes_here_later": _(
        "Another agency passes to this one after that day. Name a new successor for it first."
    ),
    "passes_here_later_by_row": _(
        "The agency in row %(row)s passes to this one after that day."
        " Name another successor there, or correct the day in one of the two rows."
    ),
    "period": _("The end must be after the beginning. Correct one of the two days."),
}
"""Message for each problem code: what is wrong and how to fix it."""

Problem = dict[str, str]


def problem_words(problem: Mapping[str, Any]) -> str:
    """Message for a problem: what is wrong, how to fix it, and the conflicting row's number if there is one."""
    words = str(REASONS[problem["reason"]])
    return words % {"row": problem["row"]} if problem.get("row") else words


class Cells:
    """Reads the rows of one file by its heading; looks provinces up by name or plate code."""

    def __init__(self, heading: list[str]) -> None:
        known = fields_by_heading()
        self.fields = [known.get(search_key(title), "") for title in heading]
        self.columns = [field for field in self.fields if field]
        repeated = {field for field in self.columns if self.columns.count(field) > 1}
        if repeated:
            titles = [title for title, field in zip(heading, self.fields, strict=True) if field in repeated]
            raise UnreadableTable(
                _("Two columns of the file mean the same: %(titles)s. Remove one of them.")
                % {"titles": ", ".join(titles)}
            )
        if not {"code", "detsis_no"} & set(self.columns):
            raise UnreadableTable(
                _(
                    "The first row names neither a column “Kod” nor “DETSİS no”, by which rows are matched."
                    " It reads: %(heading)s. Begin with an export of the directory if you aren't sure."
                )
                % {"heading": " | ".join(heading)[:300]}
            )
        self.ignored = [
            title
            for title, field in zip(heading, self.fields, strict=True)
            if title and not field and title not in REPORT_HEADINGS
        ]
        self._provinces = _provinces()
        self._readers: Mapping[str, Callable[[str], Any]] = {
            "code": _code,
            "parent_ref": _reference,
            "successor_ref": _reference,
            "kind": _kind,
            "province_id": self._province,
            "protocol_order": _number,
            "detsis_no": _detsis,
            "kep_address": _email,
            "email": _email,
            "active_from": _day,
            "active_to": _day,
            "addressable": _yes_no,
        }

    def read(self, row: list[str]) -> tuple[dict[str, Any], list[Problem]]:
        """The row's values by field (None for an empty cell) and its problems."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for field, cell in zip(self.fields, row, strict=False):
            if not field or not cell:
                continue
            try:
                if len(cell) > LONGEST.get(field, len(cell)):
                    raise CellRefused("too_long")
                reader = self._readers.get(field)
                values[field] = reader(cell) if reader else cell
            except CellRefused as refused:
                problems.append({"column": field, "reason": refused.reason, "value": cell[:200]})
        return values, problems

    def _province(self, cell: str) -> str:
        plate = self._provinces.get(search_key(cell)) or self._provinces.get(cell.zfill(2))
        if plate is None:
            raise CellRefused("province")
        return plate


class CellRefused(Exception):
    """The cell's value is invalid; the reason is a key of REASONS."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _provinces() -> dict[str, str]:
    known = {}
    for plate, name in Province.objects.values_list("plate", "name"):
        known[plate] = plate
        known[search_key(name)] = plate
    return known


def _code(cell: str) -> str:
    if not CODE.fullmatch(cell) and not IDENTITY_CODE.fullmatch(cell):
        raise CellRefused("code")
    return cell


def _reference(cell: str) -> str:
    if len(cell) > 80:
        raise CellRefused("code")
    return cell


def _kind(cell: str) -> str:
    kind = kinds_by_word().get(search_key(cell))
    if kind is None:
        raise CellRefused("kind")
    return kind


def _number(cell: str) -> int:
    if not (cell.isascii() and cell.isdecimal()) or len(cell) > 10 or int(cell) > MOST_PROTOCOL:
        raise CellRefused("number")
    return int(cell)


def _detsis(cell: str) -> str:
    if not (cell.isascii() and cell.isdecimal()) or len(cell) > 14:
        raise CellRefused("detsis")
    return cell


def _email(cell: str) -> str:
    try:
        validate_email(cell)
    except ValidationError as error:
        raise CellRefused("email") from error
    return cell


def _day(cell: str) -> date:
    for form in DAY_FORMS:
        try:
            day = datetime.strptime(cell, form).date()
        except ValueError:
            continue
        if 1900 <= day.year <= 2200:
            return day
    raise CellRefused("day")


def _yes_no(cell: str) -> bool:
    word = search_key(cell)
    if word in YES_WORDS:
        return True
    if word in NO_WORDS:
        return False
    raise CellRefused("yes_no")
