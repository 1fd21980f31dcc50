"""Learn now which open copies are likely to be late, as the nightly task does, and print how well it did."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from distribution.models.lateness import Duty, Lateness, Method
from distribution.services.learn_likely_late import learn_likely_late


class Command(BaseCommand):
    help = (
        "Learns from finished copies which open ones are likely to miss their due time, stores it for the page, and "
        "prints how it did on copies that it had not seen, beside two plain rules (docs/likely-late.md)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Learn and print a few lines for each duty."""
        for duty, learned in learn_likely_late(at=timezone.now()).items():
            for line in lines_of(duty, learned):
                self.stdout.write(line)


def lines_of(duty: Duty, learned: Lateness) -> list[str]:
    """The figures of one duty."""
    lines = [
        f"{duty.value}: {learned.finished} finished copies, {learned.late} late; in use: {learned.method.value}",
        f"  not seen, open after half of the time: {learned.unseen}, {learned.unseen_late} of them late",
    ]
    for rule in (Method.SLOW_LAST, Method.UNOPENED):
        found = learned.compared(rule)
        lines.append(
            f"  {found.warned} warnings of {rule.value}: "
            f"precision {share(found.hits, found.warned)}, recall {share(found.hits, learned.unseen_late)}; "
            f"as many of what was learned: precision {share(found.learned_hits, found.warned)}, "
            f"recall {share(found.learned_hits, learned.unseen_late)}"
        )
    warned, hits = learned.own or (0, 0)
    lines.append(
        f"  {warned} warnings of its own: precision {share(hits, warned)}, recall {share(hits, learned.unseen_late)}"
    )
    for name, numbers in (("very likely", learned.very_likely), ("likely", learned.likely)):
        warned, hits = numbers or (0, 0)
        lines.append(f"  said to be {name}: {warned}, true of {share(hits, warned)}")
    return lines


def share(part: int, whole: int) -> str:
    """Per cent, or a dash of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else "-"
