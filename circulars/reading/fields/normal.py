"""Normalise the lines of a letter before anything is read from them."""

import itertools
from collections.abc import Iterator

from circulars.reading.fields.marks import is_circular_head
from circulars.reading.text.cleaning import PAGE_BREAK
from circulars.reading.text.dates import dates_in
from circulars.reading.text.folding import is_capitals
from circulars.reading.text.labels import Label, label_alone, label_of, without_second_language
from circulars.reading.text.recipients import ends_in_dative

_FEWEST_SPACED = 12
_MOST_TOGETHER = 0.08
_HEAD_LINES = 60
_REACH = 3
_MOST_NUMBER_WORDS = 6
_LONGEST_SUBJECT = 120
_HEAD_LABELS = {Label.NUMBER, Label.SUBJECT, Label.DATE}


def normalised(lines: list[str]) -> list[str]:
    """The lines without second languages, each label with its value."""
    lines = [without_second_language(line.replace("`", " ")) for line in lines]
    return _labels_joined(_without_double_spacing(lines))


def _without_double_spacing(lines: list[str]) -> list[str]:
    """With one blank line less at each place where a blank line follows nearly every line."""
    inked = [number for number, line in enumerate(lines) if line.strip() and line != PAGE_BREAK]
    together = sum(two == one + 1 for one, two in itertools.pairwise(inked))
    if len(inked) < _FEWEST_SPACED or together > len(inked) * _MOST_TOGETHER:
        return lines
    return [
        line
        for number, line in enumerate(lines)
        if line.strip() or line == PAGE_BREAK or not number or not lines[number - 1].strip()
    ]


def _labels_joined(lines: list[str]) -> list[str]:
    """`Sayı :` and its value on one line; also where several labels stand above their values."""
    result: list[str] = []
    index = seen = 0
    while index < len(lines):
        line = lines[index]
        if seen >= _HEAD_LINES:
            return result + lines[index:]
        seen += bool(line.strip())
        label = label_alone(line)
        if label not in _HEAD_LABELS:
            result.append(line)
            index += 1
            continue
        labels, after = _run_of_labels(lines, index)
        values = list(_values(lines, after, len(labels)))
        if len(values) < len(labels) or not _suit([lines[at] for at in labels], [lines[at] for at in values]):
            result.append(line)
            index += 1
            continue
        for place, at in zip(labels, values, strict=True):
            result.append(f"{lines[place].rstrip()} {lines[at].strip()}")
        index = values[-1] + 1
    return result


def _run_of_labels(lines: list[str], index: int) -> tuple[list[int], int]:
    """The lines of labels without a value that follow each other, and the line after them."""
    labels: list[int] = []
    while index < len(lines) and (label_alone(lines[index]) in _HEAD_LABELS or not lines[index].strip()):
        if lines[index].strip():
            labels.append(index)
        elif not labels or not any(
            label_alone(line) in _HEAD_LABELS for line in lines[index + 1 : index + 2]
        ):
            break
        index += 1
    return labels, index


def _values(lines: list[str], index: int, count: int) -> Iterator[int]:
    """The next lines with text that are no labels."""
    found = 0
    for at in range(index, min(len(lines), index + count * _REACH)):
        text = lines[at]
        if not text.strip():
            continue
        if text == PAGE_BREAK or label_of(text) or found >= count:
            return
        found += 1
        yield at


def _suit(labels: list[str], values: list[str]) -> bool:
    """Whether each value may belong to its label."""
    return bool(labels) and all(itertools.starmap(_suits, zip(labels, values, strict=True)))


def _suits(label: str, value: str) -> bool:
    match label_alone(label):
        case Label.NUMBER:
            return any(map(str.isdigit, value)) and len(value.split()) <= _MOST_NUMBER_WORDS
        case Label.DATE:
            return next(dates_in(value), None) is not None
        case _:
            text = value.strip()
            return len(text) <= _LONGEST_SUBJECT and not (
                is_circular_head(text) or (is_capitals(text) and ends_in_dative(text))
            )
