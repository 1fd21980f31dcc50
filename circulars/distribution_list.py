"""The distribution list: printed lines, what they stand for, and who will receive the letter.

The lines stay as printed. The expansion stands beside them and is computed from the directory of the day
until dispatch freezes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from agencies.matching import match_lines, printed_count
from agencies.models import Agency, members_by_group
from circulars.models import Circular, DistributionLine, Purpose


@dataclass
class ExpandedLine:
    """A printed line with the agencies that it stands for, in protocol order."""

    line: DistributionLine
    agencies: list[Agency] = field(default_factory=list)
    closed: list[Agency] = field(default_factory=list)

    @property
    def is_empty_group(self) -> bool:
        return self.line.group_id is not None and not self.agencies

    @property
    def printed_count(self) -> int | None:
        """The number that the line itself states, if it names a group."""
        return printed_count(self.line.text) if self.line.group_id else None

    @property
    def count_differs(self) -> bool:
        return self.printed_count is not None and self.printed_count != len(self.agencies)


@dataclass(frozen=True)
class Recipient:
    """One agency that will receive the letter, once, with the line that counts for it."""

    agency: Agency
    line: DistributionLine

    @property
    def purpose(self) -> str:
        return self.line.purpose


@dataclass
class Expansion:
    """The whole list on one day."""

    lines: list[ExpandedLine]
    recipients: list[Recipient]
    repeated: list[Agency]

    @property
    def unresolved(self) -> list[DistributionLine]:
        return [expanded.line for expanded in self.lines if not expanded.line.is_resolved]

    @property
    def empty_groups(self) -> list[DistributionLine]:
        return [expanded.line for expanded in self.lines if expanded.is_empty_group]

    @property
    def closed(self) -> list[Agency]:
        return [agency for expanded in self.lines for agency in expanded.closed]

    def count(self, purpose: Purpose) -> int:
        """How many recipients are addressed for this purpose."""
        return sum(recipient.purpose == purpose for recipient in self.recipients)

    @property
    def action_count(self) -> int:
        return self.count(Purpose.ACTION)

    @property
    def information_count(self) -> int:
        return self.count(Purpose.INFORMATION)

    @property
    def heads(self) -> list[tuple[Purpose, list[ExpandedLine]]]:
        """The heads that have lines, each with its lines in printed order."""
        return [(purpose, lines) for purpose in Purpose if (lines := self.of_purpose(purpose))]

    def of_purpose(self, purpose: str) -> list[ExpandedLine]:
        """The lines under one head, in printed order."""
        return [expanded for expanded in self.lines if expanded.line.purpose == purpose]


def expand(circular: Circular, *, on: date) -> Expansion:
    """Expand every line to named agencies in being on that day.

    Three queries however many recipients: the lines, the hand-picked members, the agencies under rules.
    An agency named twice is one recipient; Gereği wins over Bilgi.
    """
    lines = list(circular.lines.select_related("agency__successor", "agency__province", "group"))
    members = members_by_group({line.group for line in lines if line.group is not None}, on=on)
    expanded_lines = [_expand_line(line, members, on) for line in lines]

    chosen: dict[int, Recipient] = {}
    repeated: dict[int, Agency] = {}
    by_weight = sorted(
        expanded_lines, key=lambda each: (each.line.purpose != Purpose.ACTION, each.line.position)
    )
    for expanded in by_weight:
        for agency in expanded.agencies:
            if agency.pk in chosen:
                repeated[agency.pk] = agency
            else:
                chosen[agency.pk] = Recipient(agency, expanded.line)
    recipients = sorted(chosen.values(), key=lambda recipient: recipient.line.position)
    return Expansion(expanded_lines, recipients, list(repeated.values()))


def replace_lines(circular: Circular, *, action: Sequence[str], information: Sequence[str], on: date) -> None:
    """Make these the circular's printed lines and resolve them.

    A line that stood there before with the same text and purpose keeps what a person settled for it.
    """
    printed = [(Purpose.ACTION, text) for text in action] + [
        (Purpose.INFORMATION, text) for text in information
    ]
    settled = {
        (line.purpose, line.text): (line.agency, line.group)
        for line in circular.lines.select_related("agency", "group")
        if line.is_resolved
    }
    unknown = list(dict.fromkeys(text for purpose, text in printed if (purpose, text) not in settled))
    matches = {match.line: match for match in match_lines(unknown, issuer=circular.issuer, on=on)}
    circular.lines.all().delete()
    rows = []
    for position, (purpose, text) in enumerate(printed):
        agency, group = settled.get((purpose, text)) or (matches[text].agency, matches[text].group)
        rows.append(
            DistributionLine(
                circular=circular, position=position, purpose=purpose, text=text, agency=agency, group=group
            )
        )
    DistributionLine.objects.bulk_create(rows)


def _expand_line(line: DistributionLine, members: dict[int, list[Agency]], on: date) -> ExpandedLine:
    if line.group_id is not None:
        return ExpandedLine(line, members[line.group_id])
    if line.agency is not None:
        if line.agency.is_active(on):
            return ExpandedLine(line, [line.agency])
        return ExpandedLine(line, closed=[line.agency])
    return ExpandedLine(line)
