"""Convert the cells of one row to values; report each problem and each doubt with its column and reason."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from agencies.directory.columns import BY_FIELD, IDENTITY, REPORT_HEADINGS, kinds_by_word
from agencies.directory.reasons import MISSING_CELL, Problem
from agencies.directory.tabular.days import NoDay, TwoReadings, read_day
from agencies.directory.tabular.refused import UnreadableTable
from agencies.directory.tabular.table import Row, field_names
from agencies.directory.tabular.trust import doubtful_signs, why_untrusted
from agencies.models import Province
from agencies.notation.addresses import AddressRefused, address_doubt, normal_address
from agencies.notation.telephone import telephone_number
from agencies.turkish import search_key

CODE = re.compile(r"[-a-zA-Z0-9_]{1,80}")
IDENTITY_CODE = re.compile(IDENTITY + r"[0-9]{1,18}")
MOST_PROTOCOL = 2_000_000_000
YES_WORDS = {"evet", "e", "yes", "y", "1", "true", "dogru"}
NO_WORDS = {"hayir", "h", "no", "n", "0", "false", "yanlis"}
ADDRESSES = ("email", "kep_address")
TEXTS = ("name", "phone", "template")
QUOTED = ("name", "template")
WHOLE_WORDS = ("kind", "province_id", "addressable")
"""Columns whose values are from a list, so that one that is known isn't cut off."""

CUT_OFF = ("cut_off", "cut_off_perhaps")
DAYS_FOR_NOTHING = (date(1900, 1, 1), date(1970, 1, 1))
"""Days that databases store for none; as a closing day they would close what is open."""

_WRITTEN_OUT = {word for word in YES_WORDS | NO_WORDS if len(word) > 2}
SHOWN = 255
"""So many characters of a cell are kept with a problem: more than any stored text has."""

LONGEST = {"name": 250, "phone": 40, "template": 120, "email": 254, "kep_address": 254}
OTHER_PROVINCE_NAMES = {
    "afyon": "03", "antep": "27", "g antep": "27", "gantep": "27", "icel": "33", "mersin icel": "33",
    "icel mersin": "33", "maras": "46", "k maras": "46", "kmaras": "46", "urfa": "63", "s urfa": "63", "surfa": "63",
}  # fmt: skip
"""Former and short names of provinces, folded, with their plate codes."""

_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+?\d{1,3}", re.IGNORECASE)
_WHOLE = re.compile(r"(\d+)[.,]0{1,2}")
_QUOTATION_MARKS = (('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»"), ("„", "“"))
_PLATE_AND_NAME = re.compile(r"(\d{1,2})\s*[-–./ ]\s*(\D+)")
_PHONE_SIGNS = re.compile(r"[\s()./-]")


class Cells:
    """Reads the rows of one file by its heading; looks provinces up by name or plate code.

    `epoch` is the first day of a workbook's day numbers; without it a number is no day. With `blanks_erase` a cell
    that the row lacks is named, since it erases nothing.
    """

    def __init__(
        self, heading: list[str], *, epoch: datetime | None = None, blanks_erase: bool = False
    ) -> None:
        self.fields = field_names(heading)
        self.columns = [field for field in self.fields if field]
        self._titles = heading
        repeated = {field for field in self.columns if self.columns.count(field) > 1}
        if repeated:
            titles = [title for title, field in zip(heading, self.fields, strict=True) if field in repeated]
            raise UnreadableTable(
                _("Two columns of the file mean the same: %(titles)s. Remove one of them.")
                % {"titles": ", ".join(titles)}
            )
        self.ignored = [
            title
            for title, field in zip(heading, self.fields, strict=True)
            if title and not field and title not in REPORT_HEADINGS
        ]
        self._epoch = epoch
        self._blanks_erase = blanks_erase
        self._provinces = _provinces()
        self._readers: Mapping[str, Callable[[str], Any]] = {
            "code": _code,
            "name": _name,
            "parent_ref": _reference,
            "successor_ref": _reference,
            "kind": _kind,
            "province_id": self._province,
            "protocol_order": _number,
            "detsis_no": _detsis,
            "kep_address": _email,
            "email": _email,
            "phone": _phone,
            "active_from": self._day,
            "active_to": self._closing_day,
            "addressable": _yes_no,
            "template": _unquoted_name,
        }

    def read(self, row: Row) -> tuple[dict[str, Any], list[Problem], list[Problem]]:
        """The row's values by field (None for an empty cell), its problems and its warnings."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        warnings: list[Problem] = []
        flaw = row.flaws.get(-1)
        if flaw and flaw not in CUT_OFF:
            problems.append({"column": "", "reason": flaw, "value": ""})
        for index in range(max(len(row.cells), len(self.fields))):
            cell = row.cells[index] if index < len(row.cells) else ""
            field = self.fields[index] if index < len(self.fields) else ""
            if not field:
                if cell and not (index < len(self._titles) and self._titles[index]):
                    problems.append({"column": "", "reason": "surplus", "value": cell[:SHOWN]})
                continue
            if not cell and index not in row.flaws:
                continue
            try:
                values[field] = self._value(field, cell, row.flaws.get(index))
            except CellRefused as refused:
                problems.append(
                    {"column": field, "reason": refused.reason, "value": cell[:SHOWN], **refused.named}
                )
            else:
                warnings += self._doubts(field, cell, values[field])
        if self._blanks_erase and row.may_lack_cells:
            lacking = [field for field in self.fields[len(row.cells) :] if field]
            warnings += [
                {"column": field, "reason": MISSING_CELL, "value": ""}
                for field in lacking
                if not BY_FIELD[field].keeps_when_empty
            ]
        if flaw in CUT_OFF:
            last = self.fields[min(len(row.cells), len(self.fields)) - 1]
            cut: Problem = {"column": "", "reason": "cut_off", "value": row.cells[-1][:SHOWN], "last": last}
            is_whole = not row.cells[-1] or (last in WHOLE_WORDS and last in values)
            if flaw == "cut_off" and not is_whole:
                problems.insert(0, cut)
            elif flaw == "cut_off" or not is_whole:
                warnings.insert(0, cut)
        return values, problems, warnings

    def _value(self, field: str, cell: str, flaw: str | None) -> Any:
        if flaw:
            raise CellRefused(flaw)
        untrusted = why_untrusted(cell, is_address=field in ADDRESSES)
        if untrusted:
            raise CellRefused(untrusted)
        if len(cell) > LONGEST.get(field, len(cell)):
            raise CellRefused("too_long")
        reader = self._readers.get(field)
        return reader(cell) if reader else cell

    def _doubts(self, field: str, cell: str, value: Any) -> list[Problem]:
        """What a person should look at in a value that was read."""
        doubt: Problem | None = None
        signs = doubtful_signs(cell) if field in TEXTS else None
        if field in ADDRESSES:
            found = address_doubt(value)
            doubt = {"reason": found.reason, **found.named} if found else None
        elif signs:
            doubt = {"reason": "rare_signs", "signs": signs}
        elif field in QUOTED and _has_lone_mark(cell):
            doubt = {"reason": "lone_mark"}
        elif field == "phone":
            digits = _PHONE_SIGNS.sub("", value)
            doubt = (
                {"reason": "lost_zero"}
                if len(digits) == 10 and digits.isdecimal() and digits[0] != "0"
                else None
            )
        elif isinstance(value, date) and read_day(cell, epoch=self._epoch).inferred:
            doubt = {"reason": "day_read", "day": value.strftime("%d.%m.%Y")}
        return [{"column": field, "value": cell[:SHOWN], **doubt}] if doubt else []

    def _province(self, cell: str) -> str:
        both = _PLATE_AND_NAME.fullmatch(cell)
        plates = {self._plate(part) for part in both.groups()} if both else {self._plate(cell)}
        plate = plates.pop()
        if plate is None or plates:
            raise CellRefused("province")
        return plate

    def _plate(self, cell: str) -> str | None:
        name = search_key(cell).removesuffix(" ili")
        plate = self._provinces.get(name) or self._provinces.get(cell.removesuffix(".0").zfill(2))
        other = OTHER_PROVINCE_NAMES.get(name, "")
        return plate or self._provinces.get(other)

    def _day(self, cell: str) -> date:
        try:
            return read_day(cell, epoch=self._epoch).day
        except NoDay as error:
            raise CellRefused("day") from error
        except TwoReadings as error:
            raise CellRefused("day_two_readings") from error

    def _closing_day(self, cell: str) -> date:
        day = self._day(cell)
        if day in DAYS_FOR_NOTHING:
            raise CellRefused("empty_word")
        return day


class CellRefused(Exception):
    """The cell's value is invalid; the reason is a key of REASONS, `named` are values of its message."""

    def __init__(self, reason: str, **named: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.named = named


def _provinces() -> dict[str, str]:
    known = {}
    for plate, name in Province.objects.values_list("plate", "name"):
        known[plate] = plate
        known[search_key(name)] = plate
    return known


def _code(cell: str) -> str:
    if _SCIENTIFIC.fullmatch(cell) and cell[0].isdigit() and "+" in cell:
        raise CellRefused("scientific")
    if not CODE.fullmatch(cell) and not IDENTITY_CODE.fullmatch(cell):
        raise CellRefused("code")
    return cell


def _name(cell: str) -> str:
    name = _unquoted_name(cell)
    if "@" in name or not any(sign.isalpha() for sign in name) or search_key(name) in _WRITTEN_OUT:
        raise CellRefused("name")
    return name


def _unquoted_name(cell: str) -> str:
    """The name without quotation marks around the whole; one that opens and nowhere ends is refused."""
    for opening, closing in _QUOTATION_MARKS:
        inside = cell[1:-1]
        if cell.startswith(opening) and cell.endswith(closing) and not {opening, closing} & set(inside):
            return inside.strip()
    if any(cell[0] == mark and cell.count(mark) == 1 and cell[1:2].isalpha() for mark in "\"'"):
        raise CellRefused("name")
    return cell


def _has_lone_mark(cell: str) -> bool:
    """Whether a quotation mark has no counterpart. It may mean inches, or be an apostrophe at the end."""
    return bool(cell.count('"') % 2) or (cell[0] == "'") != (cell[-1] == "'")


def _reference(cell: str) -> str:
    if len(cell) > 80:
        raise CellRefused("code")
    return cell


def _kind(cell: str) -> str:
    kind = kinds_by_word().get(search_key(cell))
    if kind is None:
        raise CellRefused("kind")
    return kind


def _digits(cell: str, reason: str) -> str:
    if _SCIENTIFIC.fullmatch(cell):
        raise CellRefused("scientific")
    whole = _WHOLE.fullmatch(cell)
    digits = whole[1] if whole else cell
    if not (digits.isascii() and digits.isdecimal()):
        raise CellRefused(reason)
    return digits


def _number(cell: str) -> int:
    digits = _digits(cell, "number")
    if len(digits) > 10 or int(digits) > MOST_PROTOCOL:
        raise CellRefused("number")
    return int(digits)


def _detsis(cell: str) -> str:
    digits = _digits(cell, "detsis")
    if len(digits) > 14 or not digits.strip("0"):
        raise CellRefused("detsis")
    return digits


def _email(cell: str) -> str:
    try:
        return normal_address(cell)
    except AddressRefused as refused:
        raise CellRefused(refused.reason, **refused.named) from refused


def _phone(cell: str) -> str:
    if _SCIENTIFIC.fullmatch(cell):
        raise CellRefused("scientific")
    try:
        return telephone_number(cell)
    except ValueError:
        raise CellRefused("phone") from None


def _yes_no(cell: str) -> bool:
    word = search_key(cell)
    if word in YES_WORDS:
        return True
    if word in NO_WORDS:
        return False
    raise CellRefused("yes_no")
