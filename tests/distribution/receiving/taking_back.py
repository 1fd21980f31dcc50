"""A letter with one unit, and what its unit did with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import User
from circulars.models import Circular, Urgency
from distribution.models import Delivery, Disposition, ReturnGround
from distribution.models.acts.take_back import last_act
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.answer import complete
from distribution.services.receiving.return_letter import return_letter
from distribution.services.receiving.take_back import take_back
from tests.factories import MOMENT, AgencyFactory, dispatched_to, recipient_of

SOON = MOMENT + timedelta(minutes=14)
LATE = MOMENT + timedelta(minutes=15)


def stamp_of(delivery: Delivery) -> str:
    """Names what the unit did last with the copy."""
    done = last_act(Delivery.objects.select_related("circular").get(pk=delivery.pk))
    assert done is not None
    return done.stamp


@dataclass
class Received:
    """A timed letter to one unit, with the unit's registrar."""

    circular: Circular
    delivery: Delivery
    by: User

    @classmethod
    def new(cls, at: datetime = MOMENT) -> "Received":
        circular = dispatched_to(
            AgencyFactory(), at=at, urgency=Urgency.TIMED, due_at=at + timedelta(days=20)
        )
        delivery = circular.deliveries.get()
        return cls(circular, delivery, recipient_of(delivery.agency))

    def confirm(self, number: str = "", at: datetime = MOMENT) -> None:
        acknowledge(delivery=self.delivery.public_id, by=self.by, at=at, register_number=number)

    def answer(self, at: datetime = MOMENT) -> None:
        paper = SimpleUploadedFile("cevap.pdf", b"%PDF-1.7 cevap")
        complete(
            delivery=self.delivery.public_id, by=self.by, at=at, disposition=Disposition.DONE,
            note="Eğitim verildi.", documents=[paper],
        )  # fmt: skip

    def send_back(self, at: datetime = MOMENT) -> None:
        return_letter(
            delivery=self.delivery.public_id, by=self.by, at=at, ground=ReturnGround.NOT_ADDRESSEE,
            reason="Bizim değil",
        )  # fmt: skip

    def do(self, act: str, at: datetime = MOMENT) -> None:
        {"acknowledged": self.confirm, "completed": self.answer, "returned": self.send_back}[act](at=at)

    def stamp(self) -> str:
        return stamp_of(self.delivery)

    def take_back(self, at: datetime = SOON, stamp: str | None = None) -> None:
        take_back(delivery=self.delivery.public_id, stamp=stamp or self.stamp(), by=self.by, at=at)
        self.delivery.refresh_from_db()
