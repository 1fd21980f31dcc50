"""Simulate each copy of a letter: notified, opened, confirmed, answered, passed on, returned, reminded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from django.utils import timezone

from agencies.models import AgencyKind
from circulars.models import Purpose, Urgency
from distribution.demo.history.letters import PASSED_ON, Letter, Line
from distribution.demo.history.rows import Copy, Rows
from distribution.demo.history.texts import (
    ANSWERS,
    BOUNCE,
    NOT_OURS,
    NOTES,
    REFUSED_BECAUSE,
    RETURN_REASONS,
    WANTED_BECAUSE,
)
from distribution.demo.history.units import Person, Unit, Units
from distribution.demo.history.working_days import WorkingDays
from distribution.event_log import VIA_LINK
from distribution.models import Disposition, EventKind, NoticeKind, StepAction
from distribution.models.notices.notice_details import EndsWith, Told
from distribution.reminders.schedule import Due, Schedules, kind_of, moments
from distribution.services.due_time import moment_words

FAILS, FOUND_ALONE, RETURNED, BY_LINK, MORE_TIME, GRANTED = 0.004, 0.4, 0.005, 0.01, 0.08, 0.6
NOT_APPLICABLE, REGISTERED, FOR_INFORMATION, EARLIER_DUE = 0.12, 0.6, 0.2, 0.4
PASSED_ON_AGAIN = 0.2
"""Probabilities of the events."""

UNDECIDED_FOR = timedelta(days=8)
DEEPEST = 2
MUNICIPAL = (AgencyKind.METROPOLITAN_MUNICIPALITY, AgencyKind.MUNICIPALITY)


@dataclass
class Allowance:
    """How many more deliveries may be created by passing on."""

    left: int


class Simulation:
    """Simulates every copy of a letter and collects its rows."""

    def __init__(self, units: Units, days: WorkingDays, rows: Rows, rng: Random, *, at: datetime) -> None:
        self.units, self.days, self.rows, self.rng, self.at = units, days, rows, rng, at
        self.schedules = Schedules.of([])
        self.coming = lru_cache(maxsize=4096)(self._coming)

    def run(self, letter: Letter, allowance: Allowance) -> None:
        """Simulate all copies of the letter, and those passed on from them."""
        copies = list(self._sent(letter))
        closed = [copy for copy in copies if copy.unit.closed_on is not None]
        for copy in copies:
            if copy.unit.closed_on is None:
                self._simulate(copy, letter, allowance, depth=0)
        by_unit = {copy.unit.pk: copy for copy in copies}
        for copy in closed:
            self._simulate_until_closed(copy, letter, by_unit)
        for copy in copies:
            self.rows.delivery(copy)

    def _sent(self, letter: Letter) -> Iterator[Copy]:
        for line in letter.lines:
            for unit in line.units:
                copy = self._copy(letter, unit, line, letter.sent_at)
                copy.add(
                    letter.sent_at,
                    EventKind.DISPATCHED,
                    {"by": letter.sender.name, "purpose": str(copy.purpose), "email": unit.email},
                    letter.sender.pk,
                    letter.circular.issuer_id,
                )
                yield copy

    def _copy(self, letter: Letter, unit: Unit, line: Line, at: datetime) -> Copy:
        copy = Copy(
            id=self.rows.deliveries.next_id(),
            public_id=self.rows.uuid(),
            circular=letter.circular,
            unit=unit,
            line_id=line.pk or None,
            parent=None,
            path=[],
            purpose=line.purpose,
            created_at=at,
            due_at=letter.circular.due_at,
        )
        letter.have[unit.pk] = copy.id
        return copy

    def _simulate(self, copy: Copy, letter: Letter, allowance: Allowance, *, depth: int) -> None:
        end = letter.withdrawn_at or self.at
        self._notify(copy)
        self._answer(copy, copy.unit, since=copy.created_at, end=end, letter=letter)
        if copy.acknowledged_at is not None and copy.returned_at is None and depth < DEEPEST:
            self._pass_on(copy, letter, allowance, end, depth)
        self._ask_for_time(copy, letter, end)
        self._withdraw(copy, letter)
        self._remind(copy, letter)

    def _simulate_until_closed(self, copy: Copy, letter: Letter, by_unit: dict[int, Copy]) -> None:
        """A unit that is closed later: what it owes on that day passes to its successor."""
        assert copy.unit.closed_on is not None and copy.unit.successor is not None
        end = letter.withdrawn_at or self.at
        closing = timezone.make_aware(datetime.combine(copy.unit.closed_on, time(0, 1)))
        self._notify(copy)
        self._answer(copy, copy.unit, since=copy.created_at, end=min(end, closing), letter=letter)
        owes = copy.acknowledged_at is None or (copy.purpose == Purpose.ACTION and copy.completed_at is None)
        if owes and copy.returned_at is None and closing < end:
            self._follow(copy, self.units.of[copy.unit.successor], by_unit, closing)
            if copy.superseded_at is None:
                self._answer(copy, copy.answering_unit, since=closing, end=end, letter=letter)
        self._withdraw(copy, letter)
        self._remind(copy, letter)

    def _follow(self, copy: Copy, successor: Unit, by_unit: dict[int, Copy], closing: datetime) -> None:
        data = {
            "from": copy.unit.name,
            "from_id": copy.unit.pk,
            "to": successor.name,
            "to_id": successor.pk,
            "closed_on": str(copy.unit.closed_on),
        }
        covering = by_unit.get(successor.pk)
        valid = covering is not None and (covering.returned_at is None or covering.returned_at > closing)
        if copy.acknowledged_at is None and covering is not None and valid:
            copy.superseded_at, copy.superseded_by = closing, covering
            details = data | {"covered_by": str(covering.public_id)}
            copy.add(closing, EventKind.SUPERSEDED, details, None, successor.pk)
        else:
            copy.successor = successor
            details = data | {"email": successor.email}
            copy.add(closing, EventKind.PASSED_TO_SUCCESSOR, details, None, successor.pk)

    def _notify(self, copy: Copy) -> None:
        unit, rng = copy.unit, self.rng
        moment = min(copy.created_at + timedelta(seconds=rng.randint(2, 90)), self.at)
        if unit.email and rng.random() < FAILS:
            copy.add(moment, EventKind.NOTICE_FAILED, self.rows.failed_notice(copy, moment, BOUNCE))
            return
        left = self.rows.sent_notice(copy, NoticeKind.LETTER, unit, moment)
        if left is None:
            return
        copy.notified_at = moment
        copy.add(moment, EventKind.NOTIFIED, left[1])
        if unit.proves_receipt:
            copy.reached_at = min(moment + timedelta(seconds=rng.randint(1, 40)), self.at)
            details = {"channel": left[1]["channel"], "address": unit.email}
            copy.add(copy.reached_at, EventKind.REACHED, details)

    def _answer(self, copy: Copy, unit: Unit, *, since: datetime, end: datetime, letter: Letter) -> None:
        """Open, confirm and answer, or return, each before `end` or not at all."""
        rng, pace, person = self.rng, unit.pace, unit.person
        if copy.acknowledged_at is None:
            if rng.random() >= pace.opens or (not copy.notified_at and rng.random() >= FOUND_ALONE):
                return
            opened = self.days.later(since, pace.to_open, rng)
            if opened >= end:
                return
            by_link = unit.email != "" and rng.random() < BY_LINK
            if not by_link:
                copy.opened_at = copy.opened_at or opened
                copy.add(opened, EventKind.OPENED, {"name": person.name}, person.pk, unit.pk)
            decided = opened + timedelta(seconds=40 + int(rng.expovariate(1 / 1_500)))
            if decided >= end or rng.random() >= pace.confirms:
                return
            if rng.random() < RETURNED and not by_link:
                self._return(copy, unit, decided)
                return
            self._confirm(copy, unit, decided, by_link=by_link)
        assert copy.acknowledged_at is not None
        if copy.purpose != Purpose.ACTION or rng.random() >= pace.answers:
            return
        answered = self.days.later(max(copy.acknowledged_at, since), pace.to_answer, rng)
        if answered >= end:
            return
        concerned = rng.random() >= NOT_APPLICABLE
        copy.completed_at, copy.completed_by = answered, person.pk
        copy.disposition = str(Disposition.DONE if concerned else Disposition.NOT_APPLICABLE)
        copy.answer_note = rng.choice(ANSWERS) if concerned else NOT_OURS
        details = person_data(copy, unit, person) | {
            "disposition": copy.disposition,
            "reason": copy.answer_note,
        }
        copy.add(answered, EventKind.COMPLETED, details, person.pk, unit.pk)

    def _confirm(self, copy: Copy, unit: Unit, at: datetime, *, by_link: bool) -> None:
        person, sha256 = unit.person, copy.circular.content_sha256
        if self.rng.random() < REGISTERED:
            copy.register_number = f"{at.year}/{self.rng.randint(1000, 99_999)}"
        copy.acknowledged_at = at
        details = person_data(copy, unit, person)
        content = {"register_number": copy.register_number, "sha256": sha256}
        if by_link:
            copy.acknowledged_name, copy.acknowledged_title = person.name, person.job_title
            details |= {"via": VIA_LINK, "address": unit.email}
            if copy.opened_at is None:
                copy.opened_at = at
            copy.add(at, EventKind.OPENED, details, None, unit.pk)
            copy.add(at, EventKind.ACKNOWLEDGED, details | content, None, unit.pk)
        else:
            copy.acknowledged_by = person.pk
            copy.add(at, EventKind.ACKNOWLEDGED, details | content, person.pk, unit.pk)

    def _return(self, copy: Copy, unit: Unit, at: datetime) -> None:
        ground = self.rng.choice(list(RETURN_REASONS))
        copy.returned_at, copy.return_ground = at, str(ground)
        copy.return_reason = RETURN_REASONS[ground]
        details = person_data(copy, unit, unit.person) | {
            "ground": copy.return_ground,
            "reason": copy.return_reason,
        }
        copy.add(at, EventKind.RETURNED, details, unit.person.pk, unit.pk)
        self._say(copy, NoticeKind.RETURNED, self._giver(copy), at, details, told=True)

    def _say(
        self,
        copy: Copy,
        kind: NoticeKind,
        unit: Unit,
        at: datetime,
        data: dict[str, Any],
        *,
        told: bool = False,
    ) -> None:
        """Add a notice other than the letter's own or a reminder, with its event."""
        moment = min(at + timedelta(seconds=self.rng.randint(2, 60)), self.at)
        left = self.rows.sent_notice(copy, kind, unit, moment, data)
        if left is not None:
            copy.add(
                moment,
                EventKind.NOTIFIED,
                left[1] | {"notice": str(kind)} | ({"told": unit.name} if told else {}),
            )

    def _giver(self, copy: Copy) -> Unit:
        return self.units.of[copy.circular.issuer_id] if copy.parent is None else copy.parent.unit

    def _pass_on(self, copy: Copy, letter: Letter, allowance: Allowance, end: datetime, depth: int) -> None:
        unit, rng = copy.unit, self.rng
        often = PASSED_ON_AGAIN if depth else PASSED_ON.get(letter.pattern, 0)
        if not unit.province or unit.kind in MUNICIPAL or rng.random() >= often or allowance.left <= 0:
            return
        assert copy.acknowledged_at is not None
        moment = self.days.later(copy.acknowledged_at, 0.3, rng)
        if moment >= end:
            return
        there = self.units.by_province[unit.province]
        free = [each for each in there if each.pk not in letter.have and each.kind != AgencyKind.GOVERNORSHIP]
        wanted = rng.randint(1, 2) if depth else rng.randint(2, 6)
        chosen = rng.sample(free, min(len(free), wanted, allowance.left))
        if not chosen:
            return
        allowance.left -= len(chosen)
        note, due_at = rng.choice(NOTES), copy.due_at
        data = person_data(copy, unit, unit.person)
        if due_at is not None and rng.random() < EARLIER_DUE:
            earlier = self.days.end(self.days.index(due_at) - 1)
            if moment < earlier < due_at:
                due_at = earlier
                data["due"] = moment_words(due_at)
        if note:
            data["note"] = note
        names = [each.name for each in chosen]
        copy.add(moment, EventKind.PASSED_ON, data | {"units": names}, unit.person.pk, unit.pk)
        purpose = copy.purpose if rng.random() >= FOR_INFORMATION else Purpose.INFORMATION
        # All copies are created before any of them is passed on, so that no unit gets two.
        for below in [self._copy(letter, each, Line(purpose, []), moment) for each in chosen]:
            below.parent, below.path = copy, [*copy.path, copy.id]
            below.due_at, below.note = due_at, note
            details = data | {"purpose": str(purpose), "email": below.unit.email, "units": [unit.name]}
            below.add(moment, EventKind.RECEIVED_BELOW, details, unit.person.pk, unit.pk)
            self._simulate(below, letter, allowance, depth=depth + 1)
            self.rows.delivery(below)

    def _ask_for_time(self, copy: Copy, letter: Letter, end: datetime) -> None:
        """Request an extension shortly before the due time; it is decided a little later."""
        due, rng, unit = copy.due_at, self.rng, copy.unit
        if (
            due is None
            or copy.purpose != Purpose.ACTION
            or copy.opened_at is None
            or rng.random() >= MORE_TIME
        ):
            return
        asked = self.days.at(self.days.index(due) - 1, rng.random() * 20_000)
        last = copy.completed_at or copy.returned_at or end
        if not max(copy.opened_at, copy.acknowledged_at or copy.opened_at) < asked < min(last, due, end):
            return
        wanted = self.days.end(self.days.index(due) + rng.randint(3, 10))
        details = person_data(copy, unit, unit.person) | {
            "due": moment_words(wanted),
            "reason": WANTED_BECAUSE,
        }
        copy.add(asked, EventKind.EXTENSION_ASKED, details, unit.person.pk, unit.pk)
        public_id = self.rows.uuid()
        giver = self._giver(copy)
        self._say(copy, NoticeKind.EXTENSION_ASKED, giver, asked, details | {"request": str(public_id)})
        decided: datetime | None = self.days.later(asked, 0.8, rng)
        if decided is not None and (
            decided >= last or (self.at - asked < UNDECIDED_FOR and rng.random() < 0.5)
        ):
            decided = None
        granted = decided is not None and rng.random() < GRANTED and copy.parent is None
        decider = letter.sender if copy.parent is None else giver.person
        reason = "" if granted or decided is None else REFUSED_BECAUSE
        if decided is not None:
            self._decide(copy, giver, decider, decided, wanted if granted else None, reason)
        self.rows.extensions.rows.append(
            (
                public_id, copy.id, due, wanted, WANTED_BECAUSE, unit.person.pk, asked, wanted if granted else None,
                reason, decider.pk if decided else None, decided,
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
        self._say(copy, NoticeKind.EXTENSION_DECIDED, copy.unit, at, details | {"granted": until is not None})

    def _withdraw(self, copy: Copy, letter: Letter) -> None:
        if letter.withdrawn_at is None or not copy.is_live:
            return
        copy.withdrawn_at = letter.withdrawn_at
        reason = letter.circular.withdrawal_reason
        details = {"reason": reason, "name": letter.sender.name}
        copy.add(
            letter.withdrawn_at, EventKind.WITHDRAWN, details, letter.sender.pk, letter.circular.issuer_id
        )
        if copy.notified_at or copy.opened_at:
            data = {"reason": reason, "only_this_unit": False}
            self._say(copy, NoticeKind.WITHDRAWN, copy.answering_unit, letter.withdrawn_at, data)

    def _remind(self, copy: Copy, letter: Letter) -> None:
        """Send every reminder step that came while the copy was unanswered, and plan the next one."""
        urgency = letter.circular.urgency
        sent_at = copy.created_at if letter.urgent else timezone.localdate(copy.created_at)
        coming = self.coming(urgency, sent_at, copy.due_at)
        owed_until = copy.acknowledged_at
        if copy.due_at is not None and owed_until is not None and copy.purpose == Purpose.ACTION:
            owed_until = copy.completed_at
        until = min(copy.has_ended or self.at, owed_until or self.at, self.at)
        for due in coming:
            if copy.created_at < due.at < until:
                self._send_step(copy, letter, due)
        copy.reminders_done = sum(due.at <= self.at for due in coming)
        if copy.is_live and copy.reminders_done < len(coming):
            copy.next_reminder_at = coming[copy.reminders_done].at

    def _send_step(self, copy: Copy, letter: Letter, due: Due) -> None:
        ends = EndsWith.ACKNOWLEDGEMENT if copy.due_at is None else EndsWith.ANSWER
        data: dict[str, Any] = {"ends_with": ends}
        if copy.due_at is not None:
            data["due_at"] = copy.due_at.isoformat()
        # Included in the morning digest unless the letter is ACELE.
        morning = None if letter.urgent else due.at
        if due.step.action == StepAction.REMIND:
            unit = copy.answering_unit
            # Mail to the address failed, so that no reminder arrives either.
            left = copy.notified_at and self.rows.sent_notice(
                copy, NoticeKind.REMINDER, unit, due.at, data, morning
            )
            if left:
                copy.add(left[0], EventKind.REMINDED, left[1])
            return
        above = self.units.of.get(copy.answering_unit.parent or 0)
        giver = self._giver(copy)
        told = above if above is not None and above != giver else giver
        if above is None:
            data["no_unit_above"] = True
        data["told_as"] = Told.ABOVE if told is above and told is not giver else Told.GIVER
        left = self.rows.sent_notice(copy, NoticeKind.ESCALATION, told, due.at, data, morning)
        if left is not None:
            copy.add(left[0], EventKind.ESCALATED, left[1] | {"told": told.name})

    def _coming(self, urgency: Urgency, sent: datetime | date, due_at: datetime | None) -> list[Due]:
        steps = self.schedules.default(kind_of(urgency, has_due=due_at is not None))
        sent_at = sent if isinstance(sent, datetime) else self.days.calendar.morning_of(sent)
        return moments(steps, calendar=self.days.calendar, sent_at=sent_at, due_at=due_at)


def person_data(copy: Copy, unit: Unit, person: Person) -> dict[str, Any]:
    """The acting person's keys of event data, as written by the services."""
    data = {"name": person.name, "job_title": person.job_title, "agency": unit.name}
    return data if unit is copy.unit else data | {"in_place_of": copy.unit.name}
