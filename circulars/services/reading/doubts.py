"""What of a draft's reading isn't sure: asked one by one on the review page, and settled before the dispatch.

`Circular.reading` keeps it: `fields` with `sure`, `reason` and the second-best reading `second` of each, and
`settled_lines` with the distribution lines about whose group a person has decided. `reading_of` writes it first.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agencies.turkish import match_key
from circulars.models import Circular, DistributionLine, Purpose

LISTS = {"action_lines": Purpose.ACTION, "information_lines": Purpose.INFORMATION}
"""Form fields of the distribution, by what their lines are for."""

COLUMNS = "columns"
"""The reason if the page doesn't tell for every line which group it belongs to."""


@dataclass(frozen=True)
class Doubt:
    """One field, or one line of the distribution, that isn't sure.

    `key` names it in addresses. With `line` the question is which group that line belongs to.
    """

    key: str
    field: str
    reason: str
    second: str = ""
    spans: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    line: DistributionLine | None = None
    is_missing: bool = False
    """Whether the letter can't leave without it and there is no value: it can only be entered."""


def doubts_of(circular: Circular, lines: Iterable[DistributionLine]) -> list[Doubt]:
    """What isn't sure and nobody has settled, in the order of the reader; `lines` are those of the draft."""
    reading = circular.reading
    unsure = _unsettled(reading)
    lines = list(lines)
    of_lines = _doubted_lines(reading, lines)
    missing = circular.missing_fields()
    found: list[Doubt] = []
    for name, each in unsure.items():
        reason = each.get("reason", "")
        if reason == "not_found" and _has_value(circular, name, lines):
            continue
        if name in LISTS and reason == COLUMNS and of_lines is not None:
            found += of_lines
            of_lines = []
            continue
        found.append(
            Doubt(
                name, name, reason, each.get("second", ""), each.get("spans", []), is_missing=name in missing
            )
        )
    return found


def with_doubts_left(reading: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The reading of a file that was chosen for a draft whose values are those of the reading `before`, or typed.

    Asked is what nobody has settled of those values, whatever the new file says; places are those in the new file.
    """
    left = _unsettled(before)
    earlier = before.get("fields", {})
    names = set(left)
    if any(left[name].get("reason") == COLUMNS for name in LISTS if name in left):
        names |= LISTS.keys() & earlier.keys()  # both tell which lines are in doubt
    fields = reading["fields"]
    kept = {name: _left(earlier[name], fields.get(name, {})) for name in names}
    return {
        **reading,
        "fields": {**fields, **kept},
        "asks": sorted(left),
        "settled_lines": before.get("settled_lines", []),
        "forbidden_urgency": reading["forbidden_urgency"] or before.get("forbidden_urgency", ""),
    }


def with_confirmed(reading: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The reading after a person has said that these fields are right as they are."""
    fields = reading.get("fields", {})
    said = {name: {**fields[name], "sure": True, "right": True} for name in names if name in fields}
    return {**reading, "fields": {**fields, **said}} if said else reading


def with_settled_line(reading: dict[str, Any], line: DistributionLine, *, moved: bool) -> dict[str, Any]:
    """The reading after a person has said to which group the line belongs: another than it was in if `moved`."""
    fields = reading.get("fields", {})
    changed = {name: {**fields[name], "changed": True} for name in LISTS if moved and name in fields}
    settled = [*reading.get("settled_lines", []), match_key(line.name)]
    return {**reading, "fields": {**fields, **changed}, "settled_lines": settled}


def _unsettled(reading: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields that aren't sure and are asked about (see `reading_of`)."""
    asks = reading.get("asks") or []
    if asks is True and not reading.get("readable"):
        return {}
    return {
        name: each
        for name, each in reading.get("fields", {}).items()
        if not each.get("sure", True) and (asks is True or name in asks)
    }


def _left(earlier: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """A field's earlier doubt, with its places in the new file; one that is found there isn't called missing."""
    is_found = bool(now) and now.get("reason") != "not_found"
    reason = "" if is_found and earlier.get("reason") == "not_found" else earlier.get("reason", "")
    return {**earlier, "reason": reason, "spans": now.get("spans", [])}


def _doubted_lines(reading: dict[str, Any], lines: list[DistributionLine]) -> list[Doubt] | None:
    """The lines that the second-best reading has in the other group; None if it doesn't tell them apart.

    A line that a person has moved or left where it is isn't asked about again.
    """
    fields: dict[str, dict[str, Any]] = reading.get("fields", {})
    second = {
        purpose: {match_key(text) for text in fields.get(name, {}).get("second", "").splitlines()}
        for name, purpose in LISTS.items()
    }
    if not any(second.values()):
        return None
    settled = set(reading.get("settled_lines", []))
    found, doubted = [], False
    for name, purpose in LISTS.items():
        other = Purpose.INFORMATION if purpose == Purpose.ACTION else Purpose.ACTION
        for line in lines:
            key = match_key(line.name)
            if line.purpose != purpose or key not in second[other] or key in second[purpose]:
                continue
            doubted = True
            if key not in settled:
                spans = fields.get(name, {}).get("spans", [])
                found.append(Doubt(f"line-{line.pk}", name, COLUMNS, "", spans, line))
    return found if doubted or settled else None


def _has_value(circular: Circular, name: str, lines: list[DistributionLine]) -> bool:
    if name in LISTS:
        return any(line.purpose == LISTS[name] for line in lines)
    if name == "reference_lines":
        return circular.references.exists()
    if name == "attachment_lines":
        return circular.attachments.filter(printed=True).exists()
    return bool(getattr(circular, name, None))
