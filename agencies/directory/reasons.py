"""What is wrong or doubtful with a row, or worth knowing of a whole file, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.notation.addresses import REFUSALS
from agencies.notation.addresses import WARNINGS as ADDRESS_WARNINGS
from agencies.notation.telephone import NO_TELEPHONE

Problem = dict[str, Any]
"""A problem or a warning: its column (empty for the whole row), its reason, the cell, and values of the message."""

MISSING_CELL = "missing_cell"
"""The warning about a cell that a short row lacks, while blank cells erase. The judge keeps the stored value."""

REASONS: dict[str, str | Promise] = {
    **REFUSALS,
    "code": _(
        "The code may hold only a–z, 0–9, - and _, at most 80 characters. Take out other signs and blanks."
    ),
    "too_long": _("The text is too long for this column. Shorten it."),
    "kind": _("There is no such kind. Write one of the kinds listed on the import page."),
    "province": _("There is no such province. Write its name or its plate code from 01 to 81."),
    "number": _("This is no whole number from 0 upwards. Write digits only."),
    "detsis": _("A DETSİS number has digits only, at most 14. Take out other signs."),
    "day": _("This is no day. Write it as 31.12.2026."),
    "day_two_readings": _("This can be two different days. Write it as 31.12.2026, the day first."),
    "yes_no": _("Write “evet” or “hayır”."),
    "phone": NO_TELEPHONE,
    "scientific": _(
        "The table program has rounded this number; its digits are lost."
        " Format the column as text and write the number anew."
    ),
    "name": _("This is no name of a body. Perhaps a separator has shifted the cells of this row."),
    "damaged": _("Letters of this text are damaged. Write it anew, or save the source anew as CSV UTF-8."),
    "error_value": _("The cell holds an error of the table program. Mend the formula, or write the value."),
    "empty_word": _(
        "“%(value)s” is what programs and people write for an empty cell. Empty the cell instead."
    ),
    "formula": _("The cell holds a formula instead of its value. Write the value."),
    "formula_no_value": _(
        "The cell holds a formula without a stored value. Open the file in Excel, save it, or write the value."
    ),
    "unreadable_value": _(
        "The value that the file stores for this cell can't be read. Write the value anew."
    ),
    "merged": _(
        "The cell is merged with others, so its value can't be assigned. Unmerge it and fill each cell."
    ),
    "surplus": _(
        "The row has a cell without a heading. Perhaps a separator isn't in quotation marks and has shifted the"
        " cells. Put it right, or give the column a heading."
    ),
    "broken_line": _(
        "The row is broken: a line end stands inside one of its cells. Put its lines together, or save the table as"
        " XLSX."
    ),
    "cut_off": _("The file ends within this row. Save the table anew and upload it again."),
    "hidden": _("The row is hidden in the file, perhaps by a filter. Show it, or delete it from the file."),
    "no_identity": _(
        "The row has neither a code nor a DETSİS number; a name alone is never matched. Give it a code."
    ),
    "unknown_identity": _("No agency stands under this number here. Give the row a code of its own."),
    "name_missing": _("A new agency needs a name."),
    "kind_missing": _("A new agency needs a kind."),
    "code_twice": _("Another row of the file has the same code. Keep one of them."),
    "code_twin": _(
        "The code differs from the existing “%(other)s” only in capitals, leading zeros or - and _."
        " Write the existing code."
    ),
    "code_twin_in_file": _(
        "The code differs from “%(other)s” of another row only in capitals, leading zeros or - and _."
        " Keep one of them."
    ),
    "code_detsis": _(
        "This is the DETSİS number of “%(other)s” and not its code. Name the column “DETSİS no”, or write the code."
    ),
    "letters_lost": _(
        "The Turkish letters of the name are lost; the directory has “%(other)s”. Write it so, or empty the cell."
    ),
    "name_split": _(
        "The name is only the beginning of “%(other)s”, and its rest stands in another cell: a separator has shifted"
        " the cells. Put the name in quotation marks, or save the table as XLSX."
    ),
    "detsis_twice": _("Another row of the file has the same DETSİS number. Keep the right one."),
    "same_agency": _("Another row of the file means the same agency. Keep one of them."),
    "detsis_taken": _(
        "Another agency has this DETSİS number. Correct it, or give the row that agency's code."
    ),
    "parent": _("No agency has this code, in the directory or in the file. Correct it, or add a row for it."),
    "parent_near": _("No agency has this code. The directory has “%(other)s”; write it like that."),
    "parent_bad": _("The body above stands in a row that can't be imported. Mend that row first."),
    "own_parent": _("An agency can't stand below itself. Name the body above it."),
    "parent_cycle": _("The bodies above this agency run in a circle. Correct the code of a body above."),
    "successor": _(
        "No agency has this code, in the directory or in the file. Correct it, or leave it empty."
    ),
    "successor_near": _("No agency has this code. The directory has “%(other)s”; write it like that."),
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

WARNINGS: dict[str, str | Promise] = {
    **ADDRESS_WARNINGS,
    MISSING_CELL: _(
        "The row ends before this column, so the stored value stays. If it is to be erased, add the empty cell."
    ),
    "lost_zero": _("The leading 0 seems to be missing. The number is taken as it stands."),
    "day_read": _("Read as %(day)s."),
    "rare_signs": _(
        "“%(signs)s” is rare in names of bodies and often what is left of damaged letters. See whether it is meant."
    ),
    "lone_mark": _(
        "A quotation mark has no counterpart. Perhaps a separator has shifted the cells; see whether it is meant."
    ),
    "cut_off": _("The file ends within this row, perhaps inside a cell. See whether the row is complete."),
    "code_zeros": _(
        "The code differs from the existing “%(other)s” only in leading zeros. The row adds another body; if the"
        " same one is meant, write the existing code."
    ),
    "code_zeros_in_file": _(
        "The code differs from “%(other)s” of another row only in leading zeros. Two bodies are meant then."
    ),
    "name_cut": _(
        "The name is only the beginning of the present one, “%(other)s”. See whether it was cut off."
    ),
    "name_moved": _(
        "This is the name of another body, with the code “%(other)s”. Perhaps the rows have shifted; see whether it"
        " is meant."
    ),
    "email_moved": _(
        "This is the e-mail address of “%(other)s”, which gets another one by this file. Perhaps the rows have"
        " shifted; see whether it is meant."
    ),
    "kep_moved": _(
        "This is the KEP address of “%(other)s”, which gets another one by this file. Perhaps the rows have shifted;"
        " see whether it is meant."
    ),
    "twin_name": _("The directory already has a body of this name, with the code “%(other)s”."),
    "twin_name_in_file": _("Row %(row)s of this file adds a body of the same name."),
}
"""Message for each warning code: what a person should look at. The row is imported all the same."""

NOTES: dict[str, str | Promise] = {
    "encoding": _("The file isn't in UTF-8; it was read as Windows-1254 (Turkish)."),
    "sheet": _("The sheet “%(sheet)s” was read. Not read: %(others)s."),
    "sheet_chosen": _("The sheet “%(sheet)s” was chosen."),
    "titles": _("The column names stand in row %(row)s; what stands above them was passed over."),
    "hidden_rows": _("Hidden rows: %(count)s (%(rows)s). They can't be imported before you show them."),
    "filter": _("A filter is set on the sheet. The rows that it hides are in the file as well."),
    "hidden_columns": _("Hidden columns are read as well: %(columns)s."),
}
"""Message for each note about a whole file."""


def problem_words(problem: Mapping[str, Any]) -> str:
    """Message for a problem: what is wrong, how to fix it, and the conflicting row's number if there is one."""
    return str(REASONS[problem["reason"]]) % problem


def warning_words(warning: Mapping[str, Any]) -> str:
    """Message for a warning."""
    return str(WARNINGS[warning["reason"]]) % warning


def note_words(note: Mapping[str, Any]) -> str:
    """Message for a note about the file."""
    return str(NOTES[note["kind"]]) % note
