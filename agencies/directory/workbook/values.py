"""The values of cells as texts: shared strings, number formats, dates."""

from array import array
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import IO, Any

from openpyxl.styles.numbers import builtin_format_code, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import from_excel, from_ISO8601

from agencies.directory.tabular.table import LONGEST_CELL
from agencies.directory.workbook.part import MAIN, Attributes, OnProgress, PartReader, elements, read_part

MOST_FORMATS = 65_536
_TRUTH = {"1": "evet", "0": "hayır"}
TEXT, PHONETIC, STRING = MAIN + "t", MAIN + "rPh", MAIN + "si"


class SharedStrings:
    """The texts that cells name by their number, in one buffer; each is cut to LONGEST_CELL characters."""

    def __init__(self) -> None:
        self._texts = bytearray()
        self._ends = array("I")

    def __len__(self) -> int:
        return len(self._ends)

    def append(self, text: str) -> None:
        self._texts += text.encode()
        self._ends.append(len(self._texts))

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        start = self._ends[number - 1] if number else 0
        return self._texts[start : self._ends[number]].decode()


class TextReader(PartReader):
    """Collects the text of one element at a time, of which LONGEST_CELL characters are kept."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._collects = False
        self._in_phonetic = False

    def text(self, piece: str) -> None:
        if self._collects and self._length < LONGEST_CELL:
            self._pieces.append(piece[: LONGEST_CELL - self._length])
            self._length += len(self._pieces[-1])

    def taken(self) -> str:
        """What was collected; the next text begins."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._length = 0
        return text


class _StringsReader(TextReader):
    def __init__(self, strings: SharedStrings) -> None:
        super().__init__()
        self._strings = strings

    def start(self, name: str, attributes: Attributes) -> None:
        self.enter()
        if name == TEXT:
            self._collects = not self._in_phonetic
        elif name == PHONETIC:
            self._in_phonetic = True

    def end(self, name: str) -> None:
        self.leave()
        if name == TEXT:
            self._collects = False
        elif name == STRING:
            self._strings.append(self.taken())
        elif name == PHONETIC:
            self._in_phonetic = False


def shared_strings(stream: IO[bytes], on_progress: OnProgress) -> SharedStrings:
    """The texts of the part with the shared strings."""
    strings = SharedStrings()
    for _piece in read_part(_StringsReader(strings), stream, on_progress):
        pass
    return strings


def number_formats(stream: IO[bytes]) -> list[str]:
    """The number format of each style of cells. Fonts, fills and borders aren't looked at."""
    codes: dict[int, str] = {}
    numbers: list[int] = []
    group = ""
    for name, element in elements(stream):
        if name in ("numFmts", "cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            if group == "cellXfs":
                break
            group = name
        elif name == "numFmt" and group == "numFmts" and len(codes) < MOST_FORMATS:
            codes[int(element.get("numFmtId", ""))] = element.get("formatCode", "")
        elif name == "xf" and group == "cellXfs" and len(numbers) < MOST_FORMATS:
            numbers.append(int(element.get("numFmtId") or 0))
    return [codes.get(number) or builtin_format_code(number) or "General" for number in numbers]


class Values:
    """Reads the values of cells as texts."""

    def __init__(self, strings: SharedStrings, formats: list[str], epoch: datetime) -> None:
        self._strings = strings
        self._formats = formats
        self._epoch = epoch
        self._dates = {style for style, code in enumerate(formats) if is_date_format(code)}
        self._spans = {style for style, code in enumerate(formats) if is_timedelta_format(code)}

    def text_of(self, cell: Attributes, stored: str) -> str:
        """The text of a cell with these attributes and this stored value.

        Raises ValueError, LookupError, ArithmeticError or TypeError if the value isn't one of the cell's type.
        """
        style = int(cell.get("s") or 0)
        match cell.get("t", "n"):
            case "s":
                return self._strings[int(stored)]
            case "b":
                return _TRUTH[stored]
            case "d":
                return _written(from_ISO8601(stored))  # type: ignore[no-untyped-call]
            case "n":
                return self._number(stored, style)
        return stored

    def _number(self, stored: str, style: int) -> str:
        """A number as it is shown: dates as gg.aa.yyyy, whole numbers without decimals but with the zeros shown."""
        value = float(stored) if set(stored) & set(".eE") else int(stored)
        if style in self._dates:
            try:
                return _written(from_excel(value, self._epoch, timedelta=style in self._spans))
            except (OverflowError, ValueError):
                return "#VALUE!"
        if not isfinite(value):
            raise ValueError(stored)
        if value % 1:
            return str(value)
        digits = str(int(value))
        code = self._formats[style] if style < len(self._formats) else "General"
        return digits.zfill(len(code)) if not code.strip("0") else digits


def _written(value: Any) -> str:
    match value:
        case datetime() | date():
            return value.strftime("%d.%m.%Y")
        case time() | timedelta():
            return str(value)
    raise ValueError(value)
