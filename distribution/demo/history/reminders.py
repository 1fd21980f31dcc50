"""Reminders and escalations of the history, and requests for more time."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import timezone

from circulars.models import Purpose, Urgency
from distribution.demo.history.exits import UNDECIDED_FOR
from distribution.demo.history.letters import Letter
from distribution.demo.history.rows import Copy
from distribution.demo.history.texts import REFUSED_BECAUSE, WANTED_BECAUSE
from distribution.demo.history.units import Person, Unit
from distribution.demo.history.world import World, person_data
from distribution.models import EventKind, NoticeKind, StepAction
from distribution.models.notices.notice_details import EndsWith, Told
from distribution.reminders.schedule import Due, Schedules, kind_of, moments
from distribution.services.due_time import moment_words

MORE_TIME, GRANTED, WAITS = 0.12, 0.6, 0.6
"""Shares of the late copies whose units ask for more time, that get it, and that still wait in the last days."""


class Reminders:
    """Sends the reminders of copies and plans the next one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.schedules = Schedules.of([])
        self.coming = lru_cache(maxsize=4096)(self._coming)

    def remind(self, copy: Copy, letter: Letter) -> None:
        """Send every reminder step that came while the copy was unanswered, and plan the next one."""
        at = self.world.at
        sent_at = copy.created_at if letter.urgent else timezone.localdate(copy.created_at)
        coming = self.coming(letter.circular.urgency, sent_at, copy.due_at)
        owed_until = copy.acknowledged_at
        if copy.due_at is not None and owed_until is not None and copy.purpose == Purpose.ACTION:
            owed_until = copy.completed_at
        until = min(copy.has_ended or at, owed_until or at, at)
        for due in coming:
            if copy.created_at < due.at < until and not copy.is_away(due.at):
                self._send_step(copy, letter, due)
        copy.reminders_done = sum(due.at <= at for due in coming)
        if copy.is_live and copy.revised_at is None and copy.reminders_done < len(coming):
            copy.next_reminder_at = coming[copy.reminders_done].at

    def _send_step(self, copy: Copy, letter: Letter, due: Due) -> None:
        rows, units = self.world.rows, self.world.units
        ends = EndsWith.ACKNOWLEDGEMENT if copy.due_at is None else EndsWith.ANSWER
        data: dict[str, Any] = {"ends_with": ends}
        if copy.due_at is not None:
            data["due_at"] = copy.due_at.isoformat()
        # Included in the morning digest unless the letter is ACELE.
        morning = None if letter.urgent else due.at
        if due.step.action == StepAction.REMIND:
            unit = copy.answering_unit
            # Mail to the address failed, so that no reminder arrives either.
            left = copy.notified_at and rows.sent_notice(
                copy, NoticeKind.REMINDER, unit, due.at, data, morning
            )
            if left:
                copy.add(left.at, EventKind.REMINDED, left.data)
            return
        above = units.of.get(copy.answering_unit.parent or 0)
        giver = self.world.giver(copy)
        told = above if above is not None and above != giver else giver
        if above is None:
            data["no_unit_above"] = True
        data["told_as"] = Told.ABOVE if told is above and told is not giver else Told.GIVER
        sent = rows.sent_notice(copy, NoticeKind.ESCALATION, told, due.at, data, morning)
        if sent is not None:
            copy.add(sent.at, EventKind.ESCALATED, sent.data | {"told": told.name})

    def _coming(self, urgency: Urgency, sent: datetime | date, due_at: datetime | None) -> list[Due]:
        steps = self.schedules.default(kind_of(urgency, has_due=due_at is not None))
        calendar = self.world.days.calendar
        sent_at = sent if isinstance(sent, datetime) else calendar.morning_of(sent)
        return moments(steps, calendar=calendar, sent_at=sent_at, due_at=due_at)


class Extensions:
    """Requests for more time."""

    def __init__(self, world: World) -> None:
        self.world = world

    def ask(self, copy: Copy, letter: Letter, end: datetime) -> None:
        """Request an extension shortly before the due time; it is decided a little later, or not yet."""
        due, unit = copy.due_at, copy.unit
        days, rng, at = self.world.days, self.world.rng, self.world.at
        if due is None or copy.purpose != Purpose.ACTION or copy.opened_at is None or unit.person is None:
            return
        asked = days.at(days.index(due) - rng.randint(0, 2), rng.random() * 20_000)
        last = copy.completed_at or copy.returned_at or end
        begun = max(copy.opened_at, copy.acknowledged_at or copy.opened_at)
        if not begun < asked < min(last, due, end) or copy.is_away(asked) or rng.random() >= MORE_TIME:
            return
        wanted = days.end(days.index(due) + rng.randint(3, 10))
        reason = rng.choice(WANTED_BECAUSE)
        details = person_data(copy, unit, unit.person) | {"due": moment_words(wanted), "reason": reason}
        copy.add(asked, EventKind.EXTENSION_ASKED, details, unit.person.pk, unit.pk)
        public_id = self.world.rows.uuid()
        giver = self.world.giver(copy)
        decider = letter.sender if copy.parent is None else giver.person
        request = details | {"request": str(public_id)}
        self.world.say(copy, NoticeKind.EXTENSION_ASKED, giver, asked, request)
        decided: datetime | None = days.later(asked, 0.8, rng)
        waits = at - asked < UNDECIDED_FOR and rng.random() < WAITS
        if decided is not None and (decided >= last or waits or decider is None):
            decided = None
        granted = decided is not None and rng.random() < GRANTED and copy.parent is None
        answer = "" if granted or decided is None else REFUSED_BECAUSE
        if decided is not None and decider is not None:
            self._decide(copy, giver, decider, decided, wanted if granted else None, answer)
        self.world.rows.extensions.rows.append(
            (
                public_id, copy.id, due, wanted, reason, unit.person.pk, asked, wanted if granted else None,
                answer, decider.pk if decided and decider else None, decided,
            )
        )  # fmt: skip

    def _decide(
        self, copy: Copy, giver: Unit, by: Person, at: datetime, until: datetime | None, reason: str
    ) -> None:
        details = {"name": by.name, "job_title": by.job_title, "agency": giver.name, "reason": reason}
        if until is not None:
            details["due"] = moment_words(until)
            copy.due_at = until
        kind = EventKind.EXTENSION_REFUSED if until is None else EventKind.EXTENSION_GRANTED
        copy.add(at, kind, details, by.pk, giver.pk)
        data = details | {"granted": until is not None}
        self.world.say(copy, NoticeKind.EXTENSION_DECIDED, copy.unit, at, data)
