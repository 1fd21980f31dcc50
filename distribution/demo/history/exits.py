"""What ends a copy, or opens it again: a return and the decision about it, a withdrawal, a correction."""

from datetime import datetime, timedelta

from distribution.demo.history.letters import Letter
from distribution.demo.history.rows import Copy
from distribution.demo.history.texts import BELONGS_TO_YOU, RETURN_REASONS
from distribution.demo.history.units import Unit
from distribution.demo.history.world import World, person_data
from distribution.models import ChangeKind, EventKind, NoticeKind, ReturnOutcome

SENT_AGAIN, DECIDED_LATER = 0.35, 0.7
"""Shares of the returns that are sent again, and of those of the last days that are still undecided."""

UNDECIDED_FOR = timedelta(days=9)


class Exits:
    """Ends copies."""

    def __init__(self, world: World) -> None:
        self.world = world

    def give_back(self, copy: Copy, unit: Unit, at: datetime) -> None:
        """The unit returns its copy."""
        world, person = self.world, unit.person
        assert person is not None
        ground = world.rng.choice(list(RETURN_REASONS))
        copy.returned_at, copy.return_ground = at, str(ground)
        copy.return_reason = world.rng.choice(RETURN_REASONS[ground])
        details = person_data(copy, unit, person) | {
            "ground": copy.return_ground,
            "reason": copy.return_reason,
        }
        copy.add(at, EventKind.RETURNED, details, person.pk, unit.pk)
        world.say(copy, NoticeKind.RETURNED, world.giver(copy), at, details, told=True)

    def decide(self, copy: Copy, unit: Unit, letter: Letter, end: datetime) -> datetime | None:
        """Decide on the return, or leave it undecided. Returns when the copy was sent to the unit again, if it was."""
        world, rng, returned_at = self.world, self.world.rng, copy.returned_at
        assert returned_at is not None
        decided = world.days.later(returned_at, 1.5, rng)
        giver = world.giver(copy)
        person = letter.sender if copy.parent is None else giver.person
        waits = world.at - returned_at < UNDECIDED_FOR and rng.random() < DECIDED_LATER
        if decided >= end or waits or person is None:
            return None
        actor = {"name": person.name}
        if copy.parent is not None:
            actor |= {"job_title": person.job_title, "agency": giver.name}
        again = rng.random() < SENT_AGAIN
        reason = rng.choice(BELONGS_TO_YOU) if again else ""
        outcome = ReturnOutcome.SENT_AGAIN if again else ReturnOutcome.ACCEPTED
        kind = EventKind.SENT_AGAIN if again else EventKind.RETURN_ACCEPTED
        data = actor | ({"reason": reason} if again else {})
        copy.add(decided, kind, data, person.pk, giver.pk)
        world.rows.decisions.rows.append((copy.id, returned_at, str(outcome), reason, person.pk, decided))
        if copy.parent is None:
            change = ChangeKind.SENT_AGAIN if again else ChangeKind.RETURN_ACCEPTED
            world.rows.change(copy.circular, change, decided, person.pk, {"units": [copy.unit.name]} | data)
        if not again:
            return None
        copy.away = (returned_at, decided)
        copy.returned_at, copy.return_ground, copy.return_reason = None, "", ""
        details = {
            "name": person.name, "job_title": person.job_title, "reason": reason, "agency": giver.name,
        }  # fmt: skip
        world.say(copy, NoticeKind.SENT_AGAIN, unit, decided, details)
        return decided

    def withdraw(self, copy: Copy, letter: Letter) -> None:
        """The sender withdraws the letter, if it does."""
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
            self.world.say(copy, NoticeKind.WITHDRAWN, copy.answering_unit, letter.withdrawn_at, data)

    def replace(self, copy: Copy, letter: Letter, new: Copy) -> None:
        """The copy of the letter's correction takes the place of this one: covers it, or revises a confirmed one."""
        correction = letter.correction
        assert correction is not None
        if not copy.is_live:
            return
        at, circular = correction.sent_at, correction.circular
        if copy.acknowledged_at is None:
            copy.superseded_at, copy.superseded_by = at, new
        else:
            copy.revised_at = at
        details = {
            "name": correction.sender.name,
            "revision": circular.revision_number,
            "reason": circular.change_note,
            "covered_by": str(new.public_id),
        }
        copy.add(at, EventKind.CORRECTED, details, correction.sender.pk, circular.issuer_id)
