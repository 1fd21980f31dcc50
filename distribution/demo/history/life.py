"""Simulate each copy of a letter: notified, opened, confirmed, answered, passed on, returned, reminded, rung about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from agencies.models import AgencyKind
from circulars.models import Circular, Purpose
from distribution.demo.history.calls import Calls
from distribution.demo.history.exits import Exits
from distribution.demo.history.letters import Letter, Line
from distribution.demo.history.reminders import Extensions, Reminders
from distribution.demo.history.returned_mail import BOUNCES, ReturnedMails
from distribution.demo.history.rows import Copy
from distribution.demo.history.texts import ANSWERS, MAILBOX_FULL, NOT_OURS, NOTES, REFUSED_BY_SERVER
from distribution.demo.history.units import Unit
from distribution.demo.history.world import World, person_data
from distribution.event_log import VIA_LINK
from distribution.models import ChangeKind, Disposition, EventKind, NoticeKind
from distribution.services.due_time import moment_words

FAILS, FOUND_ALONE, RETURNED, BY_LINK = 0.004, 0.4, 0.01, 0.01
NOT_APPLICABLE, REGISTERED, FOR_INFORMATION, EARLIER_DUE = 0.12, 0.6, 0.2, 0.4
PASSED_ON_AGAIN = 0.2
"""Probabilities of the events."""

DEEPEST = 2
MUNICIPAL = (AgencyKind.METROPOLITAN_MUNICIPALITY, AgencyKind.MUNICIPALITY)
WITHOUT_ACCOUNT = ("Ayla ÖRNEKGÜL", "Memur")
"""Name and title of a person of a unit without users."""


@dataclass
class Allowance:
    """How many more deliveries may be created by passing on."""

    left: int


class Simulation:
    """Simulates every copy of a letter and collects its rows."""

    def __init__(self, world: World) -> None:
        self.world, self.units, self.days = world, world.units, world.days
        self.rows, self.rng, self.at = world.rows, world.rng, world.at
        self.exits, self.mails, self.calls = Exits(world), ReturnedMails(world), Calls(world)
        self.reminders, self.extensions = Reminders(world), Extensions(world)

    def run(self, letter: Letter, allowance: Allowance) -> None:
        """Simulate all copies of the letter and of its correction, and those passed on from them."""
        copies = list(self._sent(letter))
        closed = [copy for copy in copies if copy.unit.closed_on is not None]
        for copy in copies:
            if copy.unit.closed_on is None:
                self._simulate(copy, letter, allowance, depth=0)
        by_unit = {copy.unit.pk: copy for copy in copies}
        for copy in closed:
            self._simulate_until_closed(copy, letter, by_unit)
        newer = self._replaced(letter, copies)
        for copy in copies:
            self._finish(copy, letter)
            self.rows.delivery(copy)
        if letter.withdrawn_at is not None:
            self._note_withdrawal(letter, copies)
        if letter.correction is not None:
            for copy in newer:
                self._simulate(copy, letter.correction, allowance, depth=0)
                self._finish(copy, letter.correction)
                self.rows.delivery(copy)

    def _sent(self, letter: Letter, only: set[int] | None = None) -> Iterator[Copy]:
        """The letter's copies, if `only` is given for the units with these ids."""
        revision = letter.circular.revision_number
        for line in letter.lines:
            for unit in line.units:
                if only is not None and unit.pk not in only:
                    continue
                copy = self._copy(letter, unit, line, letter.sent_at)
                data: dict[str, object] = {
                    "by": letter.sender.name,
                    "purpose": str(copy.purpose),
                    "email": unit.email,
                }
                if revision > 1:
                    data["revision"] = revision
                copy.add(
                    letter.sent_at, EventKind.DISPATCHED, data, letter.sender.pk, letter.circular.issuer_id
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

    def _replaced(self, letter: Letter, copies: list[Copy]) -> list[Copy]:
        """The copies of the correction, which take the place of those that are live."""
        correction = letter.correction
        if correction is None:
            return []
        live = [copy for copy in copies if copy.is_live]
        newer = list(self._sent(correction, {copy.unit.pk for copy in live}))
        of_unit = {copy.unit.pk: copy for copy in newer}
        for copy in live:
            self.exits.replace(copy, letter, of_unit[copy.unit.pk])
        circular = correction.circular
        circular.recipient_count = len(newer)
        Circular.objects.filter(pk=circular.pk).update(recipient_count=len(newer))
        circular.touched.set(of_unit.keys())
        data = {
            "revision": circular.revision_number,
            "note": circular.change_note,
            "count": len(newer),
            "letter": str(circular.public_id),
            "name": correction.sender.name,
        }
        self.rows.change(
            letter.circular, ChangeKind.CORRECTED, correction.sent_at, correction.sender.pk, data
        )
        return newer

    def _note_withdrawal(self, letter: Letter, copies: list[Copy]) -> None:
        assert letter.withdrawn_at is not None
        withdrawn = [copy for copy in copies if copy.withdrawn_at is not None]
        data = {
            "reason": letter.circular.withdrawal_reason,
            "count": len(withdrawn),
            "told": sum(bool((each.notified_at or each.opened_at) and each.unit.email) for each in withdrawn),
            "name": letter.sender.name,
        }
        self.rows.change(letter.circular, ChangeKind.WITHDRAWN, letter.withdrawn_at, letter.sender.pk, data)

    def _simulate(self, copy: Copy, letter: Letter, allowance: Allowance, *, depth: int) -> None:
        end = letter.ends_at or self.at
        self._notify(copy, letter)
        self._answer(copy, copy.unit, since=copy.created_at, end=end, letter=letter)
        if copy.acknowledged_at is not None and copy.returned_at is None and depth < DEEPEST:
            self._pass_on(copy, letter, allowance, end, depth)
        self.extensions.ask(copy, letter, end)

    def _finish(self, copy: Copy, letter: Letter) -> None:
        """What the sender and the product do about it, once it is known what the unit does."""
        self.exits.withdraw(copy, letter)
        self.reminders.remind(copy, letter)
        if copy.parent is None:
            self.calls.ring(copy, letter)

    def _simulate_until_closed(self, copy: Copy, letter: Letter, by_unit: dict[int, Copy]) -> None:
        """A unit that is closed later: what it owes on that day passes to its successor."""
        assert copy.unit.closed_on is not None and copy.unit.successor is not None
        end = letter.ends_at or self.at
        closing = timezone.make_aware(datetime.combine(copy.unit.closed_on, time(0, 1)))
        self._notify(copy, letter)
        self._answer(copy, copy.unit, since=copy.created_at, end=min(end, closing), letter=letter)
        owes = copy.acknowledged_at is None or (copy.purpose == Purpose.ACTION and copy.completed_at is None)
        if owes and copy.returned_at is None and closing < end:
            self._follow(copy, self.units.of[copy.unit.successor], by_unit, closing)
            if copy.superseded_at is None:
                self._answer(copy, copy.answering_unit, since=closing, end=end, letter=letter)

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

    def _notify(self, copy: Copy, letter: Letter) -> None:
        unit, rng = copy.unit, self.rng
        moment = min(copy.created_at + timedelta(seconds=rng.randint(2, 90)), self.at)
        drawn = rng.random()
        if unit.email and drawn < FAILS:
            failed = self.rows.failed_notice(copy, moment, REFUSED_BY_SERVER)
            copy.add(moment, EventKind.NOTICE_FAILED, failed)
            return
        if unit.email and drawn < FAILS + BOUNCES and not unit.proves_receipt:
            bounced = self.rows.bounced_notice(copy, moment, MAILBOX_FULL)
            copy.add(moment, EventKind.NOTIFIED, bounced.data)
            self.mails.bounce(copy, bounced)
            return
        left = self.rows.sent_notice(copy, NoticeKind.LETTER, unit, moment)
        if left is None:
            return
        copy.notified_at = moment
        copy.add(moment, EventKind.NOTIFIED, left.data)
        self.mails.answer(copy, left, letter)
        if unit.proves_receipt:
            copy.reached_at = min(moment + timedelta(seconds=rng.randint(1, 40)), self.at)
            details = {"channel": left.data["channel"], "address": unit.email}
            copy.add(copy.reached_at, EventKind.REACHED, details)

    def _answer(self, copy: Copy, unit: Unit, *, since: datetime, end: datetime, letter: Letter) -> None:
        """Open, confirm and answer, or return, each before `end` or not at all."""
        rng, pace = self.rng, unit.pace
        if copy.acknowledged_at is None:
            if rng.random() >= pace.opens or (not copy.notified_at and rng.random() >= FOUND_ALONE):
                return
            if unit.person is None and not copy.notified_at:
                return
            by_link = unit.person is None or (unit.email != "" and rng.random() < BY_LINK)
            opened = self._open(copy, unit, since, end, by_link=by_link)
            if opened is None or rng.random() >= pace.confirms:
                return
            if not by_link and rng.random() < RETURNED and copy.away is None:
                decided = self.days.within(opened + timedelta(seconds=40 + int(rng.expovariate(1 / 1_500))))
                if decided < end:
                    self.exits.give_back(copy, unit, decided)
                    again = self.exits.decide(copy, unit, letter, letter.withdrawn_at or self.at)
                    if again is not None:
                        self._answer(copy, unit, since=again, end=end, letter=letter)
                return
            decided = self.days.within(opened + timedelta(seconds=40 + int(rng.expovariate(1 / 1_500))))
            if decided >= end:
                return
            self._confirm(copy, unit, decided, by_link=by_link)
        assert copy.acknowledged_at is not None
        if copy.purpose != Purpose.ACTION or rng.random() >= pace.answers:
            return
        answered = self.days.later(max(copy.acknowledged_at, since), pace.to_answer, rng)
        if answered < end:
            self._complete(copy, unit, answered)

    def _open(
        self, copy: Copy, unit: Unit, since: datetime, end: datetime, *, by_link: bool
    ) -> datetime | None:
        """When the unit opens its copy, if it does before `end`. By link it is opened as it is confirmed."""
        opened = self.days.later(since, unit.pace.to_open, self.rng)
        if opened >= end:
            return None
        if not by_link and unit.person is not None:
            copy.opened_at = copy.opened_at or opened
            copy.add(opened, EventKind.OPENED, {"name": unit.person.name}, unit.person.pk, unit.pk)
        return opened

    def _complete(self, copy: Copy, unit: Unit, at: datetime) -> None:
        concerned = self.rng.random() >= NOT_APPLICABLE
        copy.completed_at = at
        copy.disposition = str(Disposition.DONE if concerned else Disposition.NOT_APPLICABLE)
        copy.answer_note = self.rng.choice(ANSWERS) if concerned else NOT_OURS
        answer = {"disposition": copy.disposition, "reason": copy.answer_note}
        if unit.person is not None:
            copy.completed_by = unit.person.pk
            data = person_data(copy, unit, unit.person) | answer
            copy.add(at, EventKind.COMPLETED, data, unit.person.pk, unit.pk)
            return
        name, title = WITHOUT_ACCOUNT
        copy.completed_name = f"{name}, {title}"
        data = _by_link(copy, unit, name, title) | answer
        copy.add(at, EventKind.COMPLETED, data, None, unit.pk)

    def _confirm(self, copy: Copy, unit: Unit, at: datetime, *, by_link: bool) -> None:
        person, sha256 = unit.person, copy.circular.content_sha256
        if self.rng.random() < REGISTERED:
            copy.register_number = f"{at.year}/{self.rng.randint(1000, 99_999)}"
        copy.acknowledged_at = at
        content = {"register_number": copy.register_number, "sha256": sha256}
        if by_link or person is None:
            name, title = (person.name, person.job_title) if person is not None else WITHOUT_ACCOUNT
            copy.acknowledged_name, copy.acknowledged_title = name, title
            details = _by_link(copy, unit, name, title)
            if copy.opened_at is None:
                copy.opened_at = at
            copy.add(at, EventKind.OPENED, details, None, unit.pk)
            copy.add(at, EventKind.ACKNOWLEDGED, details | content, None, unit.pk)
        else:
            copy.acknowledged_by = person.pk
            details = person_data(copy, unit, person)
            copy.add(at, EventKind.ACKNOWLEDGED, details | content, person.pk, unit.pk)

    def _pass_on(self, copy: Copy, letter: Letter, allowance: Allowance, end: datetime, depth: int) -> None:
        unit, rng = copy.unit, self.rng
        often = PASSED_ON_AGAIN if depth else letter.passed_on
        if not unit.province or unit.kind in MUNICIPAL or rng.random() >= often or allowance.left <= 0:
            return
        if unit.person is None:
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
            self._finish(below, letter)
            self.rows.delivery(below)


def _by_link(copy: Copy, unit: Unit, name: str, title: str) -> dict[str, str]:
    """The keys of event data for a person without an account, as written by the services."""
    data = {"name": name, "job_title": title, "agency": unit.name, "via": VIA_LINK, "address": unit.email}
    return data if unit is copy.unit else data | {"in_place_of": copy.unit.name}
