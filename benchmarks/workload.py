"""Workload of measures and drills: the shipped directory, a sender, and drafts of the sample letter."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from django.conf import settings
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from agencies.directory.shipped import load_shipped_directory
from agencies.models import Agency, AgencyGroup, AgencyKind, User
from circulars.models import Circular, DistributionLine, Purpose
from circulars.reading import read_letter
from circulars.services.record import record

SAMPLE = Path(settings.BASE_DIR) / "circulars" / "sample" / "ornek-genelge.txt"
RECIPIENTS = 266
MANY = 10_000
MANY_TEMPLATE = "Ölçüm Şube Müdürlüğü"


def prepare_workload() -> tuple[User, Agency]:
    """Load the directory with an address for every agency; returns a sender and their unit."""
    load_shipped_directory()
    Agency.objects.filter(email="").update(email=Concat(F("code"), Value("@ornek.example")))
    sender, _ = User.objects.get_or_create(username="bench")
    return sender, Agency.objects.get(code="calisma-uluslararasi-isgucu")


def drafts(sender: User, issuer: Agency) -> Iterator[Circular]:
    """Endless drafts of the sample letter, each with its own number."""
    letter = read_letter(SAMPLE.read_bytes(), SAMPLE.name)
    moment = timezone.now()
    for number in count(1):
        circular = record(letter=letter, issuer=issuer, by=sender, at=moment, letter_date=moment.date())
        circular.number = f"E-98167286-010.06.02-{moment:%Y%m%d%H%M%S%f}{number:03d}"
        circular.verification_code = ""
        circular.save()
        yield circular


def many_recipients() -> AgencyGroup:
    """A group of 10,000 additional units with addresses."""
    group, _ = AgencyGroup.objects.get_or_create(
        code="olcek", defaults={"name": "Ölçüm birimleri", "rule_kind": AgencyKind.OTHER}
    )
    AgencyGroup.objects.filter(pk=group.pk).update(rule_template=MANY_TEMPLATE)
    group.refresh_from_db()
    missing = range(Agency.objects.filter(template=MANY_TEMPLATE).count(), MANY)
    units = [
        Agency(
            code=f"olcek-{number}",
            name=f"{number} Numaralı {MANY_TEMPLATE}",
            kind=AgencyKind.OTHER,
            template=MANY_TEMPLATE,
            email=f"olcek{number}@ornek.example",
        )
        for number in missing
    ]
    for unit in units:
        unit.fill_keys()
    Agency.objects.bulk_create(units, batch_size=1000)
    Agency.objects.all().rebuild_paths()
    return group


def drafts_to_many(sender: User, issuer: Agency) -> Iterator[Circular]:
    """Endless drafts, each to the 10,000 units."""
    group = many_recipients()
    for circular in drafts(sender, issuer):
        circular.lines.all().delete()
        DistributionLine.objects.create(
            circular=circular, position=0, purpose=Purpose.ACTION, group=group, text=group.name
        )
        yield circular


def large_letters() -> QuerySet[Circular]:
    """Sent letters to the 10,000 units."""
    return Circular.objects.filter(recipient_count=MANY, withdrawn_at=None).order_by("pk")


def sample_letters() -> QuerySet[Circular]:
    """Sent letters to the recipients of the sample."""
    return Circular.objects.filter(recipient_count=RECIPIENTS, withdrawn_at=None).order_by("pk")
