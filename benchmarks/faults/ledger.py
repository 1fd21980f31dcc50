"""Compare the bad server's log with the notices: losses, duplicates and their causes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.faults.bad_server import is_rejected
from distribution.models import EventKind, Notice, NoticeState

ARRIVED = {"taken", "dropped"}


@dataclass(frozen=True)
class Line:
    """One mail offered to the server, and its outcome."""

    at: float
    port: int
    word: str
    address: str
    message_id: str


@dataclass
class Fault:
    """One kind of fault: how often it was injected, and the notices at risk."""

    name: str
    injected: int = 0
    at_risk: set[str] = field(default_factory=set)
    lost: int = 0
    duplicated: int = 0
    may_duplicate: bool = False

    def line(self) -> str:
        counts = f"injected {self.injected} lost {self.lost} duplicated {self.duplicated}"
        return f"drill {self.name} {counts}"


def read_log(log: Path) -> list[Line]:
    """The log's lines in order."""
    lines = []
    for line in log.read_text(encoding="utf-8").splitlines():
        at, port, word, address, message_id = line.split(" ", 4)
        lines.append(Line(float(at), int(port), word, address, message_id))
    return lines


def settle(
    lines: list[Line],
    notices: Iterable[Notice],
    faults: dict[str, Fault],
    kills: list[tuple[float, int]],
) -> list[str]:
    """Add losses and duplicates to the faults; returns messages about unexplained ones.

    A notice is lost if no copy of its mail arrived and the sender isn't informed. A duplicate is explained by the
    fate of the previous copy: its connection was dropped, or its worker was killed before the next command.
    """
    wrong: list[str] = []
    of_mail: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        of_mail[line.message_id].append(line)
        if line.word != "taken":
            faults[f"smtp_{line.word}"].injected += 1
            faults[f"smtp_{line.word}"].at_risk.add(line.message_id)
    killed_mails = _in_hand_when_killed(lines, kills)
    ids: dict[str, set[str]] = defaultdict(set)
    for notice in notices:
        ids[notice.address].add(notice.message_id)
        story = of_mail.pop(notice.message_id, [])
        told = notice.state == NoticeState.FAILED and _is_visible(notice)
        arrived = any(line.word in ARRIVED for line in story)
        if is_rejected(notice.address) and not told:
            wrong.append(f"{notice.address} was rejected permanently, but the sender isn't informed.")
        if not (told or (arrived and notice.state == NoticeState.SENT and notice.recorded_at is not None)):
            _blame(faults, notice.message_id).lost += 1
            wrong.append(f"{notice.address} is {notice.state}, arrived: {arrived}.")
        copies = [line for line in story if line.word in ARRIVED]
        for before in copies[:-1]:
            if before.word == "dropped":
                faults["smtp_dropped"].duplicated += 1
            elif before in killed_mails:
                faults["worker_killed"].duplicated += 1
            else:
                _blame(faults, notice.message_id).duplicated += 1
                wrong.append(f"{notice.address} received an unexplained duplicate.")
    wrong += [f"{message_id} belongs to no notice." for message_id in of_mail]
    wrong += [f"{address} has several Message-IDs." for address, several in ids.items() if len(several) > 1]
    for name, most in (("worker_killed", len(kills)), ("smtp_dropped", faults["smtp_dropped"].injected)):
        if faults[name].duplicated > most:
            wrong.append(f"{name}: more duplicates than faults injected.")
    return wrong


def _in_hand_when_killed(lines: list[Line], kills: list[tuple[float, int]]) -> list[Line]:
    """The last mail that each killed worker delivered; every worker has its own port."""
    last = []
    for at, port in kills:
        before = [line for line in lines if line.port == port and line.at <= at]
        last += before[-1:]
    return last


def _is_visible(notice: Notice) -> bool:
    assert notice.delivery is not None
    return notice.delivery.events.filter(kind=EventKind.NOTICE_FAILED).exists()


def _blame(faults: dict[str, Fault], message_id: str) -> Fault:
    """The fault to which a loss is attributed: the rarest one that put the notice at risk."""
    touching = [fault for fault in faults.values() if message_id in fault.at_risk]
    return min(touching or [faults["worker_killed"]], key=lambda fault: len(fault.at_risk))


def most_common_words(lines: list[Line]) -> str:
    """Counts of the server's outcomes, for the log."""
    return ", ".join(f"{word} {count}" for word, count in Counter(line.word for line in lines).most_common())
