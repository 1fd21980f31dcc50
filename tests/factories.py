"""Rows for tests."""

from datetime import UTC, date, datetime

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from agencies.models import Agency, AgencyGroup, AgencyKind, Membership, Role, User
from circulars.models import Circular, DistributionLine, Purpose
from circulars.services.reading.doubts import with_confirmed
from distribution.models import Delivery, Notice
from distribution.outbox.record import mark_sent, record_sent
from distribution.outbox.send import claim_batch
from distribution.services.sending.dispatch import dispatch

PASSWORD = "sinama-parolasi"
MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"kisi{n}")
    first_name = "Gülşah"
    last_name = factory.Sequence(lambda n: f"İĞDIRLI{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@ornek.example")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))


class AgencyFactory(factory.django.DjangoModelFactory[Agency]):
    class Meta:
        model = Agency

    name = factory.Sequence(lambda n: f"Iğdır {n} Numaralı Sınama Başkanlığı")
    kind = AgencyKind.OTHER
    email = factory.Sequence(lambda n: f"birim{n}@ornek.example")


class AgencyGroupFactory(factory.django.DjangoModelFactory[AgencyGroup]):
    class Meta:
        model = AgencyGroup

    name = factory.Sequence(lambda n: f"Sınama grubu {n}")


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    agency = factory.SubFactory(AgencyFactory)
    role = Role.RECIPIENT
    active_from = date(2020, 1, 1)


class CircularFactory(factory.django.DjangoModelFactory[Circular]):
    """A complete draft without lines."""

    class Meta:
        model = Circular

    issuer = factory.SubFactory(AgencyFactory)
    issuer_lines = "SINAMA BAKANLIĞI\nİletişim Genel Müdürlüğü"
    number = factory.Sequence(lambda n: f"E-12345678-010.06.02-{1000 + n}")
    date = date(2026, 3, 2)
    subject = "Şehir İçi Ulaşımda Yeni Düzenleme"
    addressee = "DAĞITIM YERLERİNE"
    body = "Bilindiği üzere düzenleme yürürlüğe girmiştir.\nGereğini rica ederim."
    signatory_name = "Çağrı IŞIK"
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = MOMENT


class LineFactory(factory.django.DjangoModelFactory[DistributionLine]):
    class Meta:
        model = DistributionLine

    circular = factory.SubFactory(CircularFactory)
    position = factory.Sequence(lambda n: n)
    purpose = Purpose.ACTION
    agency = factory.SubFactory(AgencyFactory)
    text = factory.LazyAttribute(lambda line: line.agency.name if line.agency else "Bilinmeyen Birime")


def sender_of(agency: Agency) -> User:
    """A person who sends for the agency."""
    return MembershipFactory(agency=agency, role=Role.SENDER).user


def recipient_of(agency: Agency) -> User:
    """A person who confirms for the agency."""
    return MembershipFactory(agency=agency, role=Role.RECIPIENT).user


def manager_of(agency: Agency) -> User:
    """A person who manages the agency and what is below it."""
    return MembershipFactory(agency=agency, role=Role.MANAGER).user


def draft_to(*agencies: Agency, purpose: str = Purpose.ACTION, **fields: object) -> Circular:
    """A draft with one line for each agency."""
    circular = CircularFactory(**fields)
    for position, agency in enumerate(agencies):
        LineFactory(circular=circular, position=position, agency=agency, purpose=purpose)
    return circular


def settle_doubts(circular: Circular) -> Circular:
    """The draft after somebody has said that everything the reader wasn't sure of is right."""
    circular.reading = with_confirmed(circular.reading, circular.reading["fields"])
    circular.save()
    return circular


def dispatched_to(*agencies: Agency, at: datetime = MOMENT, **fields: object) -> Circular:
    """A letter that has left to these agencies."""
    circular = draft_to(*agencies, **fields)
    return dispatch(circular=circular, by=circular.recorded_by, at=at).circular


def copy_below(parent: Delivery, agency: Agency, **fields: object) -> Delivery:
    """A copy of the letter that the unit of `parent` passed on to this one, without events and notices."""
    values = {"purpose": parent.purpose, "created_at": MOMENT} | fields
    path = [*parent.path, parent.pk]
    return Delivery.objects.create(
        circular_id=parent.circular_id, agency=agency, parent=parent, path=path, **values
    )


def claimed(at: datetime | None = None) -> Notice:
    """The notice that has been due longest, now or at that moment, claimed as a worker does."""
    (notice,) = claim_batch(at=at or timezone.now(), most=1)
    return notice


def left(notice: Notice, at: datetime = MOMENT) -> None:
    """The channel took the claimed notice, and that is recorded."""
    mark_sent(notice=notice, at=at)
    record_sent(notices=[notice], at=at)
