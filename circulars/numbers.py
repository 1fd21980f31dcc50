"""The parts of a letter's number (Sayı): origin letter, DETSİS number, file plan code, register number (Y 11)."""

import re

NUMBER = re.compile(r"^\s*(?:[EZO]-)?\d{6,14}-(?P<code>\d{3}(?:\.\d{2}){0,3}(?:\[[^\]]*\])?)-(?:E\.)?\d+\s*$")


def file_plan_code(number: str) -> str:
    """The file plan code, the third part of the number; empty where the number has other parts."""
    found = NUMBER.match(number)
    return found["code"] if found else ""
