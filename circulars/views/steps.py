"""What a press on a button of the review's steps does: it saves the form, and settles one thing that wasn't sure."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from circulars.forms.steps import Step, second_value, steps_of
from circulars.models import Circular, DistributionLine, Purpose
from circulars.services.reading.doubts import LISTS, Doubt, doubts_of, with_confirmed, with_settled_line
from circulars.services.reading.stored import without_settled

RIGHT, SECOND, KEEP, MOVE, SHOW = "right", "second", "keep", "move", "check"
"""Names of the buttons. The value is the doubt's key, of KEEP and MOVE the line's id, of SHOW the step to show next."""


@dataclass(frozen=True)
class Press:
    """A button that was pressed: with the doubt that it settles, or the line that it moves."""

    button: str
    doubt: Doubt | None = None
    line: DistributionLine | None = None


def pressed(posted: QueryDict, circular: Circular, lines: list[DistributionLine]) -> Press | None:
    """The press among what was posted; None if there is none, or what it is about isn't there any more."""
    if SHOW in posted:
        return Press(SHOW)
    for button in (KEEP, MOVE):
        if button in posted:
            found = next((line for line in lines if str(line.pk) == posted[button]), None)
            return Press(button, line=found) if found else None
    for button in (RIGHT, SECOND):
        if button in posted:
            doubts = {doubt.key: doubt for doubt in doubts_of(circular, lines)}
            found_doubt = doubts.get(str(posted[button]))
            return Press(button, found_doubt) if found_doubt and not found_doubt.is_missing else None
    return None


def as_typed(posted: QueryDict, press: Press) -> QueryDict:
    """What was posted, with the second-best reading as if typed, or the line moved from one list to the other."""
    data = posted.copy()
    if press.button == SECOND and press.doubt is not None:
        data[press.doubt.field] = second_value(press.doubt)
    if press.button == MOVE and press.line is not None:
        own, other = _lists_of(press.line.purpose)
        left = data.get(own, "").splitlines()
        plain = [" ".join(text.split()) for text in left]
        if press.line.text in plain:
            left.pop(plain.index(press.line.text))
            data[own] = "\n".join(left)
            data[other] = "\n".join([*data.get(other, "").splitlines(), press.line.text])
    return data


def reading_after(reading: dict[str, Any], press: Press | None, changed: list[str]) -> dict[str, Any]:
    """The reading after a save that changed these fields, and this press."""
    if press is None or press.button == SHOW:
        return without_settled(reading, changed)
    if press.line is not None:
        moved = press.button == MOVE
        others = [name for name in changed if not (moved and name in LISTS)]
        return with_settled_line(without_settled(reading, others), press.line, moved=moved)
    assert press.doubt is not None
    reading = without_settled(reading, changed)
    return reading if press.button == SECOND else with_confirmed(reading, [press.doubt.field])


def steps_context(form: Any, shown: str, **about: Any) -> dict[str, Any]:
    """Template context of the steps: all of them, and the one that is shown, the first if `shown` names none."""
    circular, lines = form.instance, about["lines"]
    steps: list[Step] = steps_of(form, doubts_of(circular, lines), **about)
    current = next((step for step in steps if step.key == shown), steps[0] if steps else None)
    return {"steps": steps, "step": current}


def _lists_of(purpose: str) -> tuple[str, str]:
    """The form field of this purpose, and the other one."""
    own, other = "action_lines", "information_lines"
    return (own, other) if purpose == Purpose.ACTION else (other, own)
