"""A small history that the services write, with an act of every kind of which evidence is kept."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from agencies.models import Agency, AgencyKind, Membership, Role, User
from agencies.services.rename import rename_agency
from circulars.models import Circular, DistributionLine, Purpose, Urgency
from circulars.services.attachments import attach
from distribution.models import (
    CallOutcome,
    Delivery,
    Disposition,
    HandoverMethod,
    ReturnGround,
    SaidThrough,
)
from distribution.models.acts.take_back import TAKE_BACK_WITHIN, last_act
from distribution.outbox.record import mark_sent, record_sent
from distribution.outbox.send import claim_batch
from distribution.services.follow_up.change_due import change_due
from distribution.services.follow_up.decide_return import accept_return
from distribution.services.follow_up.hand_over import Paper, hand_over
from distribution.services.follow_up.note_call import Outcome, note_call
from distribution.services.follow_up.pause import pause, resume
from distribution.services.follow_up.recipients import add_recipient
from distribution.services.follow_up.record_on_behalf import Said, record_on_behalf
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.internal_notes import write_note_on_own_copy
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.read import record_opened
from distribution.services.receiving.return_letter import return_letter
from distribution.services.receiving.take_back_request import ask_take_back
from distribution.services.sending.dispatch import dispatch

UNITS = 8


class History:
    """The people and rows of the history, by what they are tampered for."""

    def __init__(self) -> None:
        self._now = timezone.now() - timedelta(hours=3)
        self.due = self._now + timedelta(days=20)
        self.issuer = self._unit("Ölçüm Bakanlığı")
        self.sender = self._person("gonderen", self.issuer, Role.SENDER)
        self.other = self._person("baska", self.issuer, Role.SENDER)
        self.units = [self._unit(f"{number} Numaralı Birim") for number in range(UNITS)]
        self.below = self._unit("Alt Birim", parent=self.units[0])
        self.late = self._unit("Sonradan Eklenen Birim")
        Agency.objects.all().rebuild_paths()
        self.people = [
            self._person(f"kisi{n}", unit, Role.RECIPIENT) for n, unit in enumerate([*self.units, self.late])
        ]
        self.letter = self._sent("E-98167286-010.06.02-1", self.units)
        self.withdrawn = self._sent("E-98167286-010.06.02-2", self.units[:2])
        self.copies = [self.letter.deliveries.get(agency=unit) for unit in self.units]
        self._live()

    @staticmethod
    def _unit(name: str, parent: Agency | None = None) -> Agency:
        number = Agency.objects.count()
        return Agency.objects.create(
            name=name, kind=AgencyKind.OTHER, email=f"birim{number}@ornek.example", parent=parent
        )

    @staticmethod
    def _person(name: str, unit: Agency, role: Role) -> User:
        person = User.objects.create(username=name, first_name=name.capitalize(), last_name="Örnek")
        Membership.objects.create(
            user=person, agency=unit, role=role, active_from=timezone.localdate() - timedelta(days=30)
        )
        return person

    def _at(self) -> datetime:
        """The next minute of the history."""
        self._now += timedelta(minutes=1)
        return self._now

    def _sent(self, number: str, units: list[Agency]) -> Circular:
        letter = Circular.objects.create(
            issuer=self.issuer,
            issuer_lines=self.issuer.name,
            number=number,
            date=timezone.localdate(),
            subject="Ölçüm yazısı",
            body="Gereğini rica ederim.",
            urgency=Urgency.TIMED,
            due_at=self.due,
            signatory_name="Çağrı IŞIK",
            recorded_by=self.sender,
        )
        for position, unit in enumerate(units):
            DistributionLine.objects.create(
                circular=letter, position=position, agency=unit, text=unit.name, purpose=Purpose.ACTION
            )
        attach(circular=letter, upload=SimpleUploadedFile("ek.txt", number.encode()))
        sent = dispatch(circular=letter, by=self.sender, at=self._at()).circular
        self._notices()
        return sent

    def _notices(self) -> None:
        """Everything that waits leaves."""
        for notice in claim_batch(at=self._now + timedelta(hours=1), most=1000):
            mark_sent(notice=notice, at=self._now)
            record_sent(notices=[notice], at=self._now)

    def _live(self) -> None:
        confirmed, answered, returned, asked, handed, told, regretted, untouched = self.copies
        people = self.people
        for copy, person in zip(self.copies[:4], people, strict=False):
            record_opened(delivery=copy, by=person, at=self._at())
        acknowledge(delivery=confirmed.public_id, by=people[0], at=self._at(), register_number="2026/1")
        write_note_on_own_copy(delivery=confirmed.public_id, text="Görüldü.", by=people[0], at=self._at())
        pass_on(
            delivery=confirmed.public_id,
            recipients=[(self.below, Purpose.ACTION)],
            note="Bilginize.",
            due_at=None,
            by=people[0],
            at=self._at(),
        )
        self.child = Delivery.objects.get(parent=confirmed)
        complete(
            delivery=answered.public_id,
            by=people[1],
            at=self._at(),
            disposition=Disposition.DONE,
            note="Yapıldı.",
            register_number="2026/2",
            documents=[SimpleUploadedFile("cevap.txt", b"cevap")],
        )
        gone = return_letter(
            delivery=returned.public_id,
            by=people[2],
            at=self._at(),
            ground=ReturnGround.NOT_ADDRESSEE,
            reason="Konu bizde değil.",
        )
        assert gone.returned_at is not None
        accept_return(
            delivery=returned.public_id, returned_at=gone.returned_at, by=self.sender, at=self._at()
        )
        request = ask_extension(
            delivery=asked.public_id,
            by=people[3],
            at=self._at(),
            wanted=self.due + timedelta(days=5),
            reason="Süre yetmiyor.",
        )
        decide_extension(
            extension=request.public_id,
            by=self.sender,
            at=self._at(),
            granted_until=self.due + timedelta(days=4),
        )
        self._of_the_sender(handed, told, untouched)
        acknowledge(delivery=regretted.public_id, by=people[6], at=self._at())
        regretted.refresh_from_db()
        act = last_act(regretted)
        self._now += TAKE_BACK_WITHIN
        assert act is not None
        ask_take_back(
            delivery=regretted.public_id, stamp=act.stamp, by=people[6], at=self._at(), reason="Yanlışlıkla."
        )
        self._notices()

    def _of_the_sender(self, handed: Delivery, told: Delivery, untouched: Delivery) -> None:
        proof = SimpleUploadedFile("zimmet.pdf", b"%PDF-1.4 zimmet")
        paper = Paper(
            method=HandoverMethod.HAND,
            handed_on=timezone.localdate(self._now),
            received_by="Ali Veli",
            proof=proof,
        )
        hand_over(delivery=handed.public_id, paper=paper, by=self.sender, at=self._at())
        moment = self._at()
        said = Said(
            channel=SaidThrough.TELEPHONE,
            said_by="Ayşe Öz",
            said_by_title="Şef",
            said_at=moment,
            register_number="2026/9",
        )
        record_on_behalf(delivery=told.public_id, said=said, by=self.sender, at=self._at())
        change_due(
            circular=self.letter,
            until=self.due + timedelta(days=1),
            reason="Tatil.",
            by=self.sender,
            at=self._at(),
            delivery=untouched,
        )
        note_call(
            agency=untouched.agency,
            unit=self.issuer,
            deliveries=[untouched.public_id],
            outcome=Outcome(outcome=CallOutcome.REACHED, number="0312 000 00 00", note="Bakacaklar."),
            by=self.sender,
            at=self._at(),
        )
        pause(circular=self.letter, by=self.sender, at=self._at())
        resume(circular=self.letter, by=self.sender, at=self._at())
        add_recipient(
            circular=self.letter,
            agency=self.late,
            purpose=Purpose.ACTION,
            due_at=self.due,
            by=self.sender,
            at=self._at(),
        )
        withdraw(circular=self.withdrawn, reason="Yanlış liste.", by=self.sender, at=self._at())
        rename_agency(
            agency=self.units[7],
            name="Yeni Adlı Birim",
            on=timezone.localdate(),
            by=self.sender,
            at=self._at(),
        )
