"""Load the demo: people, addresses in a reserved domain, months of letters, and some letters of the last days.

Every address ends in `@ornek.example`, a reserved domain that identifies demo data. The months are written by the
generator of `make_history`; the letters of the last days are recorded, dispatched and answered through the services.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from weasyprint import HTML

import circulars
from agencies.calendar import WorkingCalendar
from agencies.matching.lines import match_letterhead
from agencies.models import Agency, Role, User
from agencies.turkish import upper
from circulars.lines.distribution_list import expand
from circulars.models import Circular
from circulars.reading import read_letter
from circulars.services.attachments import attach
from circulars.services.record import SourceFile, record
from distribution.demo.history.make import make_demo_history
from distribution.demo.history.returned_mail import keep_files
from distribution.demo.letters import LETTERS, DemoLetter, draft
from distribution.demo.life import PASSED_ON_TO, Life, live
from distribution.demo.people import (
    DEPUTY,
    PEOPLE,
    SINCE,
    WITHOUT_EMAIL,
    WITHOUT_PEOPLE,
    DemoPerson,
    DirectoryMissingError,
    acting_people,
    demo_agencies,
    give_addresses,
    give_people,
    registrars,
)
from distribution.models import Delivery, Notice
from distribution.outbox.record import mark_sent, record_sent
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.read import record_opened
from distribution.services.sending.dispatch import dispatch

SAMPLE = Path(circulars.__file__).resolve().parent / "sample" / "ornek-genelge.txt"

USUAL_MONTHS = 6
"""Months of history."""

ACKNOWLEDGED, ONLY_OPENED = 0.40, 0.15
"""Shares of the sample letter's recipients that have confirmed it, and that have only opened it."""


@dataclass(frozen=True)
class DemoLoaded:
    """Number of rows added; 0 if the demo was loaded before."""

    people: int = 0
    letters: int = 0


@transaction.atomic
def load_demo(*, at: datetime, months: int = USUAL_MONTHS) -> DemoLoaded:
    """Load the demo as of that moment, with so many months of history. Does nothing if it was loaded before.

    Raises DirectoryMissingError.
    """
    content = SAMPLE.read_bytes()
    letter = read_letter(content, SAMPLE.name)
    if Circular.objects.filter(verification_code=(letter.verification_code or "").upper()).exists():
        return DemoLoaded()
    issuer = match_letterhead(letter.issuer_lines)
    if issuer is None:
        raise DirectoryMissingError
    give_addresses()
    since = timezone.localdate(at) - max(SINCE, (months + 1) * timedelta(days=31))
    people = give_people(PEOPLE, since=since)
    sender = people["isgucu.gonderen"]
    circular = record(
        letter=letter,
        issuer=issuer,
        by=sender,
        at=_moment(at, days_ago=6, hour=9, minute=35),
        source=SourceFile(SAMPLE.name, content),
        letter_date=_working_day(at, 6),
    )
    guide = circular.attachments.get()
    attach(circular=circular, attachment=guide, upload=_attachment(guide.title))
    codes = [recipient.code for recipient in _recipients(circular) if recipient.code]
    codes += [code for code in PASSED_ON_TO if code not in codes]
    if months:
        others = demo_agencies().exclude(code__in=codes).order_by("protocol_order", "code")
        codes += [code for code in others.values_list("code", flat=True) if code]
    people |= give_people(registrars(codes), since=since)
    people |= give_people([DemoPerson(DEPUTY, "Nihal", "ÖRNEKVEKİL", "Şef")], since=since)
    made = make_demo_history(at=at, months=months) if months else None
    acting = acting_people()
    circular = _send(circular, by=sender, at=_moment(at, days_ago=6, hour=10, minute=15))
    _answer_in_part(circular, acting, at=at)
    letters = {small.sender: _send_small(small, acting, by=people[small.sender], at=at) for small in LETTERS}
    live(Life(circular, letters, people, acting, partial(_moment, at)))
    keep_files()
    record(letter=draft(), issuer=issuer, by=sender, at=_moment(at, days_ago=1, hour=16, minute=20))
    return DemoLoaded(people=len(people), letters=len(LETTERS) + 2 + (made.letters if made else 0))


def _recipients(circular: Circular) -> list[Agency]:
    return [recipient.agency for recipient in expand(circular, on=timezone.localdate()).recipients]


def _send(circular: Circular, *, by: User, at: datetime) -> Circular:
    """Dispatch, and mark the notices as sent a few seconds later, so that no worker mails them."""
    sent = dispatch(circular=circular, by=by, at=at).circular
    notices = Notice.objects.filter(delivery__circular=circular).order_by("pk")
    for number, notice in enumerate(notices, start=1):
        mark_sent(notice=notice, at=at + timedelta(milliseconds=2000 + 150 * number))
    record_sent(notices=notices, at=at)
    return sent


def _answer_in_part(circular: Circular, acting: Mapping[int, User], *, at: datetime) -> None:
    """Let some of the recipients open the letter, and most of these confirm it."""
    named = [code for person in PEOPLE for code, role in person.roles if role == Role.RECIPIENT]
    deliveries = list(
        circular.deliveries.exclude(agency__code__in=[*named, *WITHOUT_PEOPLE, *WITHOUT_EMAIL])
        .select_related("agency")
        .order_by("pk")
    )
    chance = Random(circular.number)
    chance.shuffle(deliveries)
    confirm = round(circular.recipient_count * ACKNOWLEDGED)
    for number, delivery in enumerate(deliveries[: confirm + round(circular.recipient_count * ONLY_OPENED)]):
        days_ago = chance.choices([6, 5, 4, 3, 2, 1], weights=[5, 8, 6, 4, 3, 2])[0]
        hour = chance.randint(11, 15) if days_ago == 6 else chance.randint(9, 15)
        opened = _moment(at, days_ago=days_ago, hour=hour, minute=chance.randint(0, 59))
        record_opened(delivery=delivery, by=acting[delivery.agency_id], at=opened)
        if number < confirm:
            _confirm(
                delivery, by=acting[delivery.agency_id], at=opened + timedelta(minutes=chance.randint(1, 45))
            )


def _send_small(small: DemoLetter, acting: Mapping[int, User], *, by: User, at: datetime) -> Circular:
    issuer = Agency.objects.get(code=small.issuer)
    sent = _moment(at, days_ago=small.days_ago, hour=14, minute=5)
    circular = record(
        letter=small.as_read(upper(issuer.name), timezone.localdate(sent)), issuer=issuer, by=by, at=sent
    )
    if small.due is not None:
        circular.due_at = _moment(at, days_ago=-small.due, hour=17)
        circular.save()
    circular = _send(circular, by=by, at=sent + timedelta(minutes=12))
    deliveries = circular.deliveries.select_related("agency").order_by("pk")
    for number, delivery in enumerate(deliveries.filter(agency__in=acting)):
        in_adana = delivery.agency.code == "valilik-01"
        if small.confirmed_in_adana if in_adana else number % 2:
            opened = sent + timedelta(minutes=40 + 7 * number)
            record_opened(delivery=delivery, by=acting[delivery.agency_id], at=opened)
            _confirm(delivery, by=acting[delivery.agency_id], at=opened + timedelta(minutes=3))
    return circular


def _confirm(delivery: Delivery, *, by: User, at: datetime) -> None:
    acknowledge(
        delivery=delivery.public_id,
        by=by,
        at=at,
        register_number=f"{at.year}/{4000 + delivery.pk}" if delivery.pk % 3 else "",
    )


def _attachment(title: str) -> SimpleUploadedFile:
    """The attachment listed in the sample letter: a guide of two pages."""
    pages = [
        (
            "Randevu nasıl alınır?",
            "Başvuru numarası girilir, il ve hizmet birimi seçilir, uygun gün ve saat onaylanır.",
        ),
        ("Birimde ne yapılır?", "Randevu kodu okutulur, belge asılları görülür, eksik bilgiler tamamlanır."),
    ]
    body = "".join(f"<section><h1>{heading}</h1><p>{text}</p></section>" for heading, text in pages)
    html = (
        f'<html lang="tr"><title>{title}</title><style>section {{ break-after: page }}</style>{body}</html>'
    )
    return SimpleUploadedFile(
        "elektronik-randevu-kilavuzu.pdf", HTML(string=html).write_pdf(), "application/pdf"
    )


def _working_day(at: datetime, days_ago: int) -> date:
    """The day this many whole working days before (if negative: after) the moment; half days are skipped."""
    calendar, day = WorkingCalendar(), timezone.localdate(at)
    step = timedelta(days=1 if days_ago < 0 else -1)
    left = abs(days_ago)
    while left:
        day += step
        left -= calendar.free_time(day) is None
    return day


def _moment(at: datetime, *, days_ago: int, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(_working_day(at, days_ago), time(hour, minute)))
