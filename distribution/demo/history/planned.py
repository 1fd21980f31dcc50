"""The demo's letters of five ministries, on working days before the present."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from agencies.models import Agency, AgencyGroup, AgencyKind
from agencies.turkish import upper
from circulars.models import Circular, Purpose
from distribution.demo.history.letters import Letter, LetterSaver, Line, correct
from distribution.demo.history.units import Person, Unit, Units
from distribution.demo.history.working_days import WorkingDays
from distribution.demo.ministries import LETTERS, MinistryLetter, Sender, To

MORNING, AFTERNOON = (3_600, 11_000), (18_500, 26_000)
"""Seconds after the opening between which letters leave."""

FIRST_REGISTER = 41_000


class PlannedLetters(LetterSaver):
    """Makes the letters of `distribution.demo.ministries` whose day lies in the period."""

    replaced_every = 0

    def __init__(self, units: Units, days: WorkingDays, rng: Random, *, at: datetime) -> None:
        super().__init__(rng)
        self.units, self.days, self.at = units, days, at
        self.codes = dict(Agency.objects.exclude(code=None).values_list("code", "pk"))
        self.groups = {
            (group.rule_kind, group.rule_template): group
            for group in AgencyGroup.objects.filter(rule_provinces="")
        }
        self.registers: dict[str, int] = {}

    def letters(self) -> list[Letter]:
        """The letters, the earliest first. Their circulars aren't saved."""
        planned = [each for each in LETTERS if self._day(each) >= 0]
        return [self._letter(each) for each in sorted(planned, key=lambda each: -each.ago)]

    def _day(self, planned: MinistryLetter) -> int:
        """The number of the letter's working day, among the past ones before today."""
        return self.days.before_today - planned.ago

    def _letter(self, planned: MinistryLetter) -> Letter:
        issuer = self.units.of[self.codes[planned.sender.code]]
        person = self._person(planned.sender, issuer)
        begin, end = self.rng.choice((MORNING, AFTERNOON))
        sent_at = self.days.at(self._day(planned), self.rng.randint(begin, end))
        circular = self._circular(planned, issuer, person, sent_at)
        lines = [line for to in planned.to for line in self._lines(to, issuer)]
        letter = Letter(circular, person, sent_at, lines, planned.passed_on, planned.attachment)
        if planned.withdrawn is not None:
            circular.withdrawal_reason = planned.why
            letter.withdrawn_at = self.days.some_days_later(sent_at, planned.withdrawn, self.rng)
        if planned.corrected is not None:
            moment = self.days.some_days_later(sent_at, planned.corrected, self.rng)
            correct(letter, moment, planned.change)
        return letter

    def _person(self, sender: Sender, issuer: Unit) -> Person:
        senders = self.units.senders[issuer.pk]
        return next(each for each in senders if each.username == sender.username)

    def _circular(self, planned: MinistryLetter, issuer: Unit, person: Person, sent_at: datetime) -> Circular:
        sender = planned.sender
        register = self.registers.get(sender.code, FIRST_REGISTER + 7_919 * len(self.registers))
        self.registers[sender.code] = register + self.rng.randint(90, 900)
        due_at = None
        if planned.due is not None:
            due_at = self.days.end(self.days.index(sent_at) + planned.due)
        body = f"{planned.body}\n{_closing(planned)}"
        above = self.units.of.get(issuer.parent or 0)
        letterhead = [upper(above.name), issuer.name] if above is not None else [upper(issuer.name)]
        return Circular(
            public_id=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            issuer_id=issuer.pk,
            issuer_lines="\n".join(letterhead),
            number=f"E-00000000-{planned.file_plan}-{register}",
            date=timezone.localdate(sent_at),
            subject=planned.subject,
            urgency=planned.urgency,
            due_at=due_at,
            addressee="DAĞITIM YERLERİNE",
            body=body,
            signatory_name=sender.signatory,
            signatory_titles=sender.titles,
            verification_code=str(uuid.UUID(int=self.rng.getrandbits(128), version=4)),
            source_text=body,
            recorded_by_id=person.pk,
            recorded_at=sent_at - timedelta(minutes=self.rng.randint(15, 55)),
        )

    def _lines(self, to: To, issuer: Unit) -> Iterator[Line]:
        if to.plates:
            of_province = {unit.province: unit for unit in self.units.by_kind[AgencyKind.GOVERNORSHIP]}
            yield Line(to.purpose, [of_province[plate] for plate in to.plates.split()])
        elif to.template:
            kind = self.units.by_template[to.template][0].kind
            yield Line(to.purpose, self.units.by_template[to.template], self.groups.get((kind, to.template)))
        else:
            others = [unit for unit in self.units.by_kind[to.kind] if unit != issuer]
            whole = len(others) == len(self.units.by_kind[to.kind])
            yield Line(to.purpose, others, self.groups.get((to.kind, "")) if whole else None)


def _closing(planned: MinistryLetter) -> str:
    """The last sentence: ministries are asked by a ministry in other words than the units below it."""
    information = any(to.purpose == Purpose.INFORMATION for to in planned.to)
    wish = "Bilgilerini ve gereğini" if information else "Gereğini"
    equal = any(to.kind == AgencyKind.MINISTRY for to in planned.to)
    return f"{wish} {'arz/rica' if equal else 'rica'} ederim."
