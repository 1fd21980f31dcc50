"""Generate the letters of the history: issuers, subjects, recipients."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import TypeVar

from django.db.models import prefetch_related_objects
from django.utils import timezone

from agencies.models import AgencyGroup, AgencyKind
from agencies.turkish import dative, upper
from circulars.models import (
    Attachment,
    AttachmentKind,
    Circular,
    DistributionLine,
    Purpose,
    Reference,
    Status,
    Urgency,
)
from circulars.models.letter_fields import copied_values
from distribution.demo.history.units import FOLLOWED_BY, Person, Unit, Units
from distribution.demo.history.working_days import WorkingDays

TOPICS = (
    "Kış Tedbirleri", "Soğuk Zincir Depoları", "Taşımalı Eğitim Güzergâhları", "Kamu Taşıtları", "Yağış Uyarıları",
    "Gıda Denetimleri", "Mevsimlik İşçiler", "Arşiv Mevzuatı", "Enerji Verimliliği", "Sosyal Yardımlar",
    "Orman Yangınları", "Deprem Toplanma Alanları", "Gençlik Merkezleri", "Kültür Varlıkları", "Göç Verileri",
    "Bilişim Güvenliği", "Personel Nakilleri", "Yatırım Programı", "İş Sağlığı ve Güvenliği", "Nüfus Kayıtları",
    "Dernek Bildirimleri", "Okul Servisleri", "Su Kaynakları", "Asansör Kontrolleri", "Hac ve Umre Hizmetleri",
)  # fmt: skip
MATTERS = (
    "Hazırlık Durumu", "Envanteri", "Denetim Sonuçları", "Yıl Sonu Sayımı", "Eğitim Programı", "Eylem Planı",
    "Veri Girişi", "Uygulama Esasları", "Toplantı Duyurusu", "Aylık Raporlar", "Ödenek Talepleri", "İzleme Formu",
    "Koordinasyon Kurulu", "Bilgi Notu", "Mevzuat Değişikliği",
)  # fmt: skip
ATTACHMENTS = ("Bilgi Formu", "Uygulama Kılavuzu", "Tablo", "Program", "Örnek Dilekçe")
WITHDRAWAL_REASONS = ("Dağıtım listesi yanlış hazırlanmıştır.", "Yazının eki güncelliğini yitirmiştir.")

URGENCIES = (Urgency.NORMAL,) * 6 + (Urgency.TIMED,) * 3 + (Urgency.URGENT,)
PATTERNS = (
    "governorships", "one_template", "few_ministries", "one_province", "two_templates", "centre",
    "municipalities", "associations", "nearly_everybody", "few_ministries",
)  # fmt: skip
"""Kinds of distribution lists, with their frequency per cycle."""

PASSED_ON = {"governorships": 0.35, "nearly_everybody": 0.2, "one_province": 0.5, "one_template": 0.04}
"""Share of the recipients that pass such a letter on."""

CHANGE_NOTES = ("Ekteki tablo yenilenmiştir.", "Yazıda belirtilen tarih düzeltilmiştir.")

WITHDRAWN_EVERY, REPLACED_EVERY, CORRECTED_EVERY = 23, 3, 29
"""One letter in this many is withdrawn, and one in that many of those replaced by the issuer's next letter; one in
this many is corrected."""

REFERS, HAS_ATTACHMENT = 0.25, 0.4
"""Shares of the letters that refer to the issuer's previous one, and that have an attachment."""

Choice = TypeVar("Choice")


@dataclass
class Line:
    """One line of the distribution list with its units."""

    purpose: Purpose
    units: list[Unit]
    group: AgencyGroup | None = None
    pk: int = 0


@dataclass
class Letter:
    """One letter and its circular."""

    circular: Circular
    sender: Person
    sent_at: datetime
    lines: list[Line]
    passed_on: float
    """Share of the recipients that pass it on."""

    attachment: str = ""
    withdrawn_at: datetime | None = None
    correction: "Letter | None" = None
    """The next revision, which is sent to all who still have this one."""

    have: dict[int, int] = field(default_factory=dict)
    """Id of the delivery of each unit that has it."""

    @property
    def urgent(self) -> bool:
        return self.circular.urgency == Urgency.URGENT

    @property
    def size(self) -> int:
        return sum(len(line.units) for line in self.lines)

    @property
    def ends_at(self) -> datetime | None:
        """When its copies can't be opened or answered any more."""
        return self.withdrawn_at or (self.correction.sent_at if self.correction is not None else None)

    @property
    def with_corrections(self) -> "list[Letter]":
        """The letter and its next revision, if it has one."""
        return [self] if self.correction is None else [self, self.correction]


class LetterSaver:
    """Saves letters with their lines as dispatched."""

    replaced_every = REPLACED_EVERY
    """One withdrawn letter in this many is replaced by the issuer's next letter; 0 for none."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._dative = cache(dative)
        self._last: dict[int, Circular] = {}
        self._to_replace: dict[int, Circular] = {}

    def save(self, first: Sequence[Letter]) -> None:
        """Save the circulars and their corrections."""
        letters = [each for letter in first for each in letter.with_corrections]
        lines: list[DistributionLine] = []
        for letter in letters:
            if letter.circular.corrects is not None:
                letter.circular.corrects_id = letter.circular.corrects.pk
            letter.circular.save()
            position = 0
            for line in letter.lines:
                printed = line.units if line.group is None else [None]
                for unit in printed:
                    row = DistributionLine(circular=letter.circular, position=position, purpose=line.purpose)
                    row.text = self._dative(unit.name if unit else str(line.group))
                    row.group, row.agency_id = line.group, unit.pk if unit else None
                    lines.append(row)
                    position += 1
        DistributionLine.objects.bulk_create(lines)
        rows = iter(lines)
        for letter in letters:
            for line in letter.lines:
                for _ in range(1 if line.group is not None else len(line.units)):
                    line.pk = next(rows).pk
        self._add_references(letters)
        circulars = [letter.circular for letter in letters]
        prefetch_related_objects(circulars, "issuer", "lines", "references", "attachments")
        for letter in letters:
            self._dispatch(letter)

    def _dispatch(self, letter: Letter) -> None:
        circular = letter.circular
        circular.content_sha256 = circular.fingerprint(list(circular.attachments.all()))
        circular.status = Status.DISPATCHED
        circular.dispatched_at, circular.dispatched_by_id = letter.sent_at, letter.sender.pk
        circular.reminders_planned_at = letter.sent_at + timedelta(minutes=1)
        circular.recipient_count = letter.size
        if letter.withdrawn_at is not None:
            circular.withdrawn_at, circular.withdrawn_by_id = letter.withdrawn_at, letter.sender.pk
            circular.withdrawal_reason = circular.withdrawal_reason or self.rng.choice(WITHDRAWAL_REASONS)
            circular.number_in_use = False
        circular.save()
        if circular.corrects is not None:
            Circular.objects.filter(pk=circular.corrects.pk).update(superseded_by=circular)
            return
        earlier = self._to_replace.pop(circular.issuer_id, None)
        if earlier is not None:
            Circular.objects.filter(pk=earlier.pk).update(superseded_by=circular)
        elif circular.withdrawn_at is not None and self.replaced_every:
            if self.rng.randrange(self.replaced_every):
                return
            self._to_replace[circular.issuer_id] = circular

    def _add_references(self, letters: Sequence[Letter]) -> None:
        references, attachments = [], []
        for letter in letters:
            circular = letter.circular
            cited = self._last.get(circular.issuer_id)
            if cited is not None and circular.corrects is None and self.rng.random() < REFERS:
                assert cited.date is not None
                text = f"{cited.date:%d.%m.%Y} tarihli ve {cited.number} sayılı yazımız."
                references.append(
                    Reference(
                        circular=circular,
                        position=0,
                        text=text,
                        number=cited.number,
                        date=cited.date,
                        target=cited,
                    )
                )
            self._last[circular.issuer_id] = circular
            if letter.attachment:
                attachments.append(
                    Attachment(
                        circular=circular,
                        title=letter.attachment,
                        count=2,
                        kind=AttachmentKind.SHEETS,
                        printed=True,
                    )
                )
        Reference.objects.bulk_create(references)
        Attachment.objects.bulk_create(attachments)


class LetterGenerator(LetterSaver):
    """Generates letters one by one.

    Kinds of lists and urgencies are drawn from shuffled bags, so that each occurs early and at its frequency.
    """

    def __init__(self, units: Units, days: WorkingDays, rng: Random, *, at: datetime) -> None:
        super().__init__(rng)
        self.units, self.days, self.at = units, days, at
        self.issuers = [units.of[pk] for pk in units.senders]
        self.groups = {
            (group.rule_kind, group.rule_template): group
            for group in AgencyGroup.objects.filter(rule_provinces="")
        }
        self.templates = sorted(units.by_template)
        self.register = 1_000_000 + (
            Circular.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        )
        self.count = 0
        self._patterns: list[str] = []
        self._urgencies: list[Urgency] = []

    def generate(self, sent_at: datetime, most: int) -> Letter:
        """Generate a letter sent at that moment to at most `most` units. Its circular isn't saved."""
        self.count += 1
        issuer = self.rng.choice(self.issuers)
        sender = self.rng.choice(self.units.senders[issuer.pk])
        pattern = self._next_of(self._patterns, PATTERNS)
        lines = list(self._lines(pattern, issuer, sent_at))
        if sum(len(line.units) for line in lines) > most:
            pattern, lines = "few_ministries", self._single(lines, most)
        letter = Letter(
            self._circular(issuer, sender, sent_at), sender, sent_at, lines, PASSED_ON.get(pattern, 0.0)
        )
        if self.rng.random() < HAS_ATTACHMENT:
            letter.attachment = self.rng.choice(ATTACHMENTS)
        if self.count % WITHDRAWN_EVERY == WITHDRAWN_EVERY // 2:
            moment = self.days.later(sent_at, 3, self.rng)
            letter.withdrawn_at = moment if moment < self.at else None
        elif self.count % CORRECTED_EVERY == CORRECTED_EVERY // 2 and 2 * letter.size <= most:
            moment = self.days.later(sent_at, 3, self.rng)
            if moment < self.at and pattern != "associations":  # whose units are closed meanwhile
                correct(letter, moment, self.rng.choice(CHANGE_NOTES))
        return letter

    def _circular(self, issuer: Unit, sender: Person, sent_at: datetime) -> Circular:
        self.register += 1
        day = timezone.localdate(sent_at)
        urgency = self._next_of(self._urgencies, URGENCIES)
        topic, matter = self.rng.choice(TOPICS), self.rng.choice(MATTERS)
        due_at = None
        if urgency == Urgency.TIMED:
            due_at = self.days.end(self.days.index(sent_at) + self.rng.randint(3, 20))
        body = (
            f"İlinizde ve birimlerinizde {day.year} yılı için yürütülen çalışmalar kapsamında, {topic} konusunda"
            f" hazırlanan {matter} Bakanlığımızca değerlendirilecektir.\n"
            "Konunun ilgili birimlere duyurulması hususunda bilgilerini ve gereğini rica ederim."
        )
        return Circular(
            public_id=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            issuer_id=issuer.pk,
            issuer_lines=upper(issuer.name),
            number=f"E-00000000-{self.rng.choice(('010.06', '010.07', '903.02', '622.01'))}-{self.register}",
            date=day,
            subject=f"{day.year} Yılı {topic} {matter}",
            urgency=urgency,
            due_at=due_at,
            addressee="DAĞITIM YERLERİNE",
            body=body,
            signatory_name="Tuna ÖRNEKOĞLU",
            signatory_titles="Bakan a.\nBakan Yardımcısı",
            source_text=body,
            recorded_by_id=sender.pk,
            recorded_at=sent_at - timedelta(minutes=40),
        )

    def _lines(self, pattern: str, issuer: Unit, sent_at: datetime) -> Iterator[Line]:
        units, rng = self.units, self.rng
        others = [unit for unit in units.by_kind[AgencyKind.MINISTRY] if unit != issuer]
        match pattern:
            case "governorships":
                yield self._group(AgencyKind.GOVERNORSHIP)
                yield Line(Purpose.INFORMATION, rng.sample(others, 3))
            case "one_template":
                yield self._template(rng.choice(self.templates))
            case "two_templates":
                first, second = rng.sample(self.templates, 2)
                yield self._template(first)
                yield self._template(second)
                yield self._group(AgencyKind.GOVERNORSHIP, Purpose.INFORMATION)
            case "few_ministries":
                some = rng.sample(others, rng.randint(4, 9))
                yield Line(Purpose.ACTION, some[:-1])
                yield Line(Purpose.INFORMATION, some[-1:])
            case "one_province":
                governorship = rng.choice(units.by_kind[AgencyKind.GOVERNORSHIP])
                yield Line(Purpose.ACTION, [governorship, *rng.sample(self._beside(governorship), 3)])
            case "centre":
                yield Line(Purpose.ACTION, others)
                yield self._group(AgencyKind.HIGH_COURT, Purpose.INFORMATION)
            case "municipalities":
                yield self._group(AgencyKind.METROPOLITAN_MUNICIPALITY)
                yield self._group(AgencyKind.MUNICIPALITY)
            case "associations":
                yield self._template(FOLLOWED_BY)
                today = timezone.localdate(sent_at)
                open_units = [unit for unit in units.closed if unit.closed_on and unit.closed_on > today]
                yield Line(Purpose.ACTION, open_units)
            case _:
                yield self._group(AgencyKind.GOVERNORSHIP)
                for template in rng.sample(self.templates, 2):
                    yield self._template(template)
                yield Line(Purpose.ACTION, rng.sample(others, 12))
                yield Line(Purpose.INFORMATION, units.by_kind[AgencyKind.HIGH_COURT])

    def _beside(self, governorship: Unit) -> list[Unit]:
        there = self.units.by_province[governorship.province or ""]
        return [unit for unit in there if unit.kind == AgencyKind.PROVINCIAL_DIRECTORATE]

    def _group(self, kind: str, purpose: Purpose = Purpose.ACTION) -> Line:
        return Line(purpose, self.units.by_kind[kind], self.groups.get((kind, "")))

    def _template(self, template: str) -> Line:
        group = self.groups.get((AgencyKind.PROVINCIAL_DIRECTORATE, template))
        return Line(Purpose.ACTION, self.units.by_template[template], group)

    @staticmethod
    def _single(lines: list[Line], most: int) -> list[Line]:
        """One line for each of the first units."""
        units = [unit for line in lines if line.purpose == Purpose.ACTION for unit in line.units]
        return [Line(Purpose.ACTION, units[:most])]

    def _next_of(self, bag: list[Choice], all_: Sequence[Choice]) -> Choice:
        """The next item of a shuffled bag, which is refilled when empty."""
        if not bag:
            bag += self.rng.sample(all_, len(all_))
        return bag.pop()


def correct(letter: Letter, at: datetime, note: str) -> None:
    """Let the letter be corrected at that moment. Nobody has passed it on by then."""
    before = letter.circular
    letter.passed_on, passed_on = 0.0, letter.passed_on
    circular = Circular(
        **copied_values(before),
        public_id=uuid.uuid5(before.public_id, "correction"),
        corrects=before,
        revision_number=before.revision_number + 1,
        change_note=note,
        recorded_by_id=letter.sender.pk,
        recorded_at=at - timedelta(minutes=25),
    )
    lines = [Line(line.purpose, line.units, line.group) for line in letter.lines]
    letter.correction = Letter(circular, letter.sender, at, lines, passed_on, letter.attachment)
