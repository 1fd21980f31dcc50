"""Compare what the page of a draft says with what its letter file says: recipients take the file.

The file is read once, when it is uploaded. `Circular.reading["printed"]` keeps what it says.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.turkish import match_key
from circulars.models import Circular, DistributionLine, Purpose
from circulars.reading import ReadLetter
from circulars.reading.fields.due import find_due_text, read_due

END_OF_DAY = time(23, 59)
MOST_NAMED = 10
"""Distribution lines named in one difference."""

GUESSED = {
    "lost_letters",
    "stamp_date",
    "short_year",
    "columns",
    "no_dative",
    "second_reading",
    "cites_more",
    "several_addressees",
    "miscounted",
    "unclaimed",
    "running",
    "repaired",
}
"""Reasons of the reader's uncertainty for which a value may be wrong."""

Printed = dict[str, Any]


def printed_in(letter: ReadLetter) -> Printed | None:
    """What the file says, as JSON; None if nothing could be read.

    A due time that the body states counts also without the mark GÜNLÜDÜR; `marked` tells the two apart.
    """
    if not letter.readable:
        return None
    due = read_due(letter.due_text or find_due_text(letter.body), letter.date)
    return {
        "number": _plain(letter.number),
        "date": letter.date.isoformat() if letter.date else "",
        "subject": _plain(letter.subject),
        "verification_code": _plain(letter.verification_code),
        "addressee": _plain(letter.addressee),
        "urgency": letter.urgency or "",
        "forbidden_urgency": _plain(letter.forbidden_urgency),
        "due": {
            "text": _plain(due.text),
            "day": due.day.isoformat() if due.day else "",
            "hour": f"{due.hour:%H:%M}" if due.hour else "",
            "working_days": due.working_days,
            "marked": bool(letter.due_text),
        }
        if due
        else None,
        Purpose.ACTION.value: [_plain(text) for text in letter.action_recipients],
        Purpose.INFORMATION.value: [_plain(text) for text in letter.info_recipients],
        "guessed": [name for name, found in letter.found.items() if found.reason in GUESSED],
    }


def _plain(text: str | None) -> str:
    """The text as PostgreSQL can store it."""
    return (text or "").replace("\x00", "")


@dataclass
class FileCheck:
    """Differences between page and file as sentences, and the names of what was not found in the file."""

    unreadable: bool = False
    """Nothing is known of the file's content: a scan, or a file recorded before contents were kept."""
    differences: list[str] = field(default_factory=list)
    not_found: list[str] = field(default_factory=list)

    @property
    def tells(self) -> bool:
        return bool(self.unreadable or self.differences or self.not_found)

    def compare(self, label: str, page: str, file: str, *, same: bool, guessed: bool = False) -> None:
        """Note a difference, or that the file doesn't state what the page states."""
        if not file and page:
            self.not_found.append(label)
        elif file and not same:
            values = {"field": label, "page": page or "—", "file": file}
            said = _("%(field)s: the page says %(page)s, the file says %(file)s.") % values
            self.differences.append(f"{said} {_guessed_words()}" if guessed else said)

    def compare_lines(self, label: str, page: Sequence[str], file: Sequence[str], *, guessed: bool) -> None:
        """Note the distribution lines that only one of the two has."""
        for one, other, words in (
            (page, file, _("%(field)s: on the page, not in the file: %(lines)s.")),
            (file, page, _("%(field)s: in the file, not on the page: %(lines)s.")),
        ):
            if only := _without(one, other):
                said = words % {"field": label, "lines": _named(only)}
                self.differences.append(f"{said} {_guessed_words()}" if guessed else said)


def check_file(circular: Circular, lines: Iterable[DistributionLine]) -> FileCheck | None:
    """Compare the letter's fields and these distribution lines with its file. None without a file."""
    if not circular.source_file:
        return None
    printed: Printed | None = circular.reading.get("printed")
    if printed is None:
        return FileCheck(unreadable=True)
    check = FileCheck()
    guessed = set(printed["guessed"])
    number, code = printed["number"], printed["verification_code"]
    check.compare(
        _("Number"),
        circular.number,
        number,
        same=_compact(circular.number) == _compact(number[:120]),
        guessed="number" in guessed,
    )
    day = date.fromisoformat(printed["date"]) if printed["date"] else None
    check.compare(
        _("Date"), _day(circular.date), _day(day), same=circular.date == day, guessed="date" in guessed
    )
    _compare_urgency(check, circular, printed, guessed)
    _compare_due(check, circular, printed["due"])
    subject = printed["subject"][:500]
    check.compare(
        _("Subject"),
        f"“{circular.subject}”" if circular.subject else "",
        f"“{subject}”" if subject else "",
        same=match_key(circular.subject) == match_key(subject),
        guessed="subject" in guessed,
    )
    check.compare(
        _("Verification code"),
        circular.verification_code,
        code,
        same=_compact(circular.verification_code) == _compact(code[:60]),
        guessed="verification_code" in guessed,
    )
    _compare_recipients(check, printed, list(lines), guessed)
    return check


def _compare_urgency(check: FileCheck, circular: Circular, printed: Printed, guessed: set[str]) -> None:
    """A grade that Y 26/1 forbids, such as İVEDİ, may stand for any grade but none. Old readings have no urgency."""
    urgency, forbidden = printed.get("urgency", ""), printed.get("forbidden_urgency", "")
    check.compare(
        _("Urgency"),
        circular.urgency,
        urgency or forbidden,
        same=circular.urgency == urgency if urgency else bool(circular.urgency),
        guessed="urgency" in guessed,
    )


def _compare_due(check: FileCheck, circular: Circular, due: dict[str, Any] | None) -> None:
    """A day without an hour ends with the day. Calendar days and other wordings can't be compared with a moment."""
    page = _due_on_page(circular)
    if due is None or (not page and not due["marked"]):
        file, same = "", False
    elif due["day"]:
        day = date.fromisoformat(due["day"])
        file = f"{_day(day)} {due['hour']}".strip()
        hour = time.fromisoformat(due["hour"]) if due["hour"] else END_OF_DAY
        moment = timezone.make_aware(datetime.combine(day, hour))
        same = circular.due_at is not None and circular.due_at.replace(second=0, microsecond=0) == moment
    elif due["working_days"]:
        file = _working_days(due["working_days"])
        same = circular.due_working_days == due["working_days"]
    elif page:
        words = _("%(field)s (the file says “%(words)s”)") % {"field": _("Due"), "words": due["text"]}
        check.not_found.append(words)
        return
    else:
        file, same = f"“{due['text']}”", False
    check.compare(_("Due"), page, file, same=same, guessed=due is not None and not due["marked"])


def _compare_recipients(
    check: FileCheck, printed: Printed, lines: list[DistributionLine], guessed: set[str]
) -> None:
    """Compare line by line. A letter to one addressee has no Dağıtım; its addressee is its only recipient."""
    listed = [*printed[Purpose.ACTION], *printed[Purpose.INFORMATION]]
    if not listed:
        addressee = match_key(printed["addressee"])
        if lines and [match_key(line.text) for line in lines] != [addressee]:
            check.not_found.append(_("Recipients"))
        return
    for purpose, name in ((Purpose.ACTION, "action_recipients"), (Purpose.INFORMATION, "info_recipients")):
        check.compare_lines(
            str(purpose.label),
            [line.text for line in lines if line.purpose == purpose],
            printed[purpose],
            guessed=name in guessed,
        )


def _due_on_page(circular: Circular) -> str:
    if circular.due_working_days is not None:
        return _working_days(circular.due_working_days)
    if circular.due_at is None:
        return ""
    return date_format(timezone.localtime(circular.due_at), "d.m.Y H:i")


def _working_days(days: int) -> str:
    return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}


def _day(day: date | None) -> str:
    return date_format(day, "d.m.Y") if day else ""


def _compact(text: str) -> str:
    """A number or code without spaces, and with one kind of hyphen."""
    return "".join(text.split()).translate(dict.fromkeys(map(ord, "‐‑–—−"), "-")).casefold()


def _without(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """The lines that the others lack, counted as often as they are printed."""
    left = Counter(match_key(text) for text in others)
    found = []
    for text in lines:
        key = match_key(text)
        if left[key]:
            left[key] -= 1
        else:
            found.append(text)
    return found


def _named(lines: Sequence[str]) -> str:
    named = "; ".join(lines[:MOST_NAMED])
    more = len(lines) - MOST_NAMED
    return _("%(lines)s, and %(count)s more") % {"lines": named, "count": more} if more > 0 else named


def _guessed_words() -> str:
    return _("This was read with low certainty.")
