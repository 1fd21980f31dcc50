"""Load the demo: people, addresses in a reserved domain, and letters, all created through the services.

Every address ends in `@ornek.example`, a reserved domain that identifies demo data.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from random import Random

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat, LPad
from django.utils import timezone
from weasyprint import HTML

import circulars
from agencies.matching.lines import match_letterhead
from agencies.models import Agency, Membership, Role, User
from agencies.turkish import upper
from circulars.lines.distribution_list import expand
from circulars.models import Circular
from circulars.reading import read_letter
from circulars.services.attachments import attach
from circulars.services.record import SourceFile, record
from distribution.demo.letters import LETTERS, DemoLetter, draft
from distribution.demo.life import DEPUTY, PASSED_ON_TO, Life, live
from distribution.models import Delivery, Notice
from distribution.outbox.record import mark_sent, record_sent
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.read import record_opened
from distribution.services.sending.dispatch import dispatch

PASSWORD = "dagitim-takip-demo"
DOMAIN = "ornek.example"
SAMPLE = Path(circulars.__file__).resolve().parent / "sample" / "ornek-genelge.txt"

WITHOUT_EMAIL = ["calisma-is-kurumu-30", "calisma-is-kurumu-62", "sosyal-guvenlik-76"]
WITHOUT_PEOPLE = ["calisma-is-kurumu-69", "sosyal-guvenlik-29", "sosyal-guvenlik-75", "valilik-79"]
ACKNOWLEDGED, ONLY_OPENED = 0.40, 0.15
"""Shares of the sample letter's recipients that have confirmed it, and that have only opened it."""

FIRST_NAMES = [
    "Aslı",
    "Burak",
    "Ceren",
    "Deniz",
    "Emine",
    "Ferit",
    "Gizem",
    "Halil",
    "İpek",
    "Kerem",
    "Leyla",
    "Mert",
]
LAST_NAMES = [
    "ÖRNEKÇİ",
    "SINAR",
    "DENEMELİ",
    "TASLAKÇI",
    "ÖRNEKSOY",
    "SINAMAZ",
    "TEMSİLOĞLU",
    "DENEKLİ",
    "ÖRNEKBAŞ",
]


class DirectoryMissingError(Exception):
    """The shipped directory must be loaded first."""


@dataclass(frozen=True)
class DemoPerson:
    """A demo user with their roles in agencies, which are given by code."""

    username: str
    first_name: str
    last_name: str
    job_title: str
    roles: tuple[tuple[str, Role], ...] = ()
    administrator: bool = False


PEOPLE = (
    DemoPerson("isgucu.gonderen", "Elif", "ÖRNEKTAŞ", "Şef", (("calisma-uluslararasi-isgucu", Role.SENDER),)),
    DemoPerson(
        "isgucu.yonetici", "Umut", "ÖRNEKSOY", "Şube Müdürü", (("calisma-uluslararasi-isgucu", Role.MANAGER),)
    ),
    DemoPerson("csgb.yonetici", "Sevgi", "SINARLI", "Daire Başkanı", (("ministry-calisma", Role.MANAGER),)),
    DemoPerson("adana.evrak", "Hakan", "DENEMECİ", "Evrak Memuru", (("valilik-01", Role.RECIPIENT),)),
    DemoPerson(
        "adana.coklu",
        "Zeynep",
        "TASLAK",
        "Yazı İşleri Müdürü",
        (
            ("valilik-01", Role.RECIPIENT),
            ("sosyal-guvenlik-01", Role.RECIPIENT),
            ("ministry-calisma", Role.SENDER),
        ),
    ),
    DemoPerson("adalet.evrak", "Okan", "TEMSİLCİ", "Evrak Memuru", (("ministry-adalet", Role.RECIPIENT),)),
    *(
        DemoPerson(
            letter.sender, FIRST_NAMES[number], LAST_NAMES[number], "Şef", ((letter.issuer, Role.SENDER),)
        )
        for number, letter in enumerate(LETTERS)
    ),
    DemoPerson("sistem.yonetici", "Filiz", "DENEKÇİ", "Sistem Yöneticisi", administrator=True),
)


@dataclass(frozen=True)
class DemoLoaded:
    """Number of rows added; 0 if the demo was loaded before."""

    people: int = 0
    letters: int = 0


@transaction.atomic
def load_demo(*, at: datetime) -> DemoLoaded:
    """Load the demo as of that moment. Does nothing if the sample letter is recorded already.

    Raises DirectoryMissingError.
    """
    content = SAMPLE.read_bytes()
    letter = read_letter(content, SAMPLE.name)
    if Circular.objects.filter(verification_code=(letter.verification_code or "").upper()).exists():
        return DemoLoaded()
    issuer = match_letterhead(letter.issuer_lines)
    if issuer is None:
        raise DirectoryMissingError
    _give_addresses()
    people = _give_people(PEOPLE, at=at)
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
    registrars = _registrars(circular)
    people |= _give_people(registrars, at=at)
    circular = _send(circular, by=sender, at=_moment(at, days_ago=6, hour=10, minute=15))
    _answer_in_part(circular, at=at)
    people |= _give_people(_directorates(), at=at)
    people |= _give_people([DemoPerson(DEPUTY, "Nihal", "ÖRNEKVEKİL", "Şef")], at=at)
    letters = {small.sender: _send_small(small, by=people[small.sender], at=at) for small in LETTERS}
    live(Life(letters, people, _acting_people(), partial(_moment, at)))
    record(letter=draft(), issuer=issuer, by=sender, at=_moment(at, days_ago=1, hour=16, minute=20))
    return DemoLoaded(people=len(people), letters=len(LETTERS) + 2)


def _give_addresses() -> None:
    """Add an invented address and phone number to agencies without one, except a few that demonstrate the warning."""
    Agency.objects.filter(email="").exclude(code=None).exclude(code__in=WITHOUT_EMAIL).update(
        email=Concat(F("code"), Value(f"@{DOMAIN}"))
    )
    Agency.objects.filter(phone="").exclude(code=None).update(
        phone=Concat(Value("0 000 555 "), LPad(Cast(F("pk"), CharField()), 4, Value("0")))
    )


def _give_people(people: tuple[DemoPerson, ...] | list[DemoPerson], *, at: datetime) -> dict[str, User]:
    """Add the users with their memberships. They share one password, which is hashed once."""
    password = make_password(PASSWORD)
    User.objects.bulk_create(
        (
            User(
                username=person.username,
                first_name=person.first_name,
                last_name=person.last_name,
                job_title=person.job_title,
                password=password,
                is_staff=person.administrator,
                is_superuser=person.administrator,
            )
            for person in people
        ),
        ignore_conflicts=True,
    )
    users = {
        user.username: user for user in User.objects.filter(username__in=[each.username for each in people])
    }
    codes = {code for person in people for code, _ in person.roles}
    agencies = dict(Agency.objects.filter(code__in=codes).values_list("code", "pk"))
    if missing := codes - agencies.keys():
        raise DirectoryMissingError(sorted(missing))
    since = timezone.localdate(at) - timedelta(days=60)
    Membership.objects.bulk_create(
        (
            Membership(user=users[person.username], agency_id=agencies[code], role=role, active_from=since)
            for person in people
            for code, role in person.roles
        ),
        ignore_conflicts=True,
    )
    return users


def _registrars(circular: Circular) -> list[DemoPerson]:
    """One user for each recipient without a named one, except a few that are left without anybody."""
    taken = {code for person in PEOPLE for code, role in person.roles if role == Role.RECIPIENT}
    codes = [recipient.code for recipient in _recipients(circular)]
    return [
        DemoPerson(
            f"evrak.{code}",
            FIRST_NAMES[number % len(FIRST_NAMES)],
            LAST_NAMES[number % len(LAST_NAMES)],
            "Evrak Memuru",
            ((code, Role.RECIPIENT),),
        )
        for number, code in enumerate(codes)
        if code and code not in taken and code not in WITHOUT_PEOPLE
    ]


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


def _answer_in_part(circular: Circular, *, at: datetime) -> None:
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
    acting = _acting_people()
    for number, delivery in enumerate(deliveries[: confirm + round(circular.recipient_count * ONLY_OPENED)]):
        days_ago = chance.choices([6, 5, 4, 3, 2, 1], weights=[5, 8, 6, 4, 3, 2])[0]
        hour = chance.randint(11, 16) if days_ago == 6 else chance.randint(8, 16)
        opened = _moment(at, days_ago=days_ago, hour=hour, minute=chance.randint(0, 59))
        record_opened(delivery=delivery, by=acting[delivery.agency_id], at=opened)
        if number < confirm:
            _confirm(
                delivery, by=acting[delivery.agency_id], at=opened + timedelta(minutes=chance.randint(1, 45))
            )


def _directorates() -> list[DemoPerson]:
    """One user for each unit to which a letter is passed on."""
    return [
        DemoPerson(
            f"evrak.{code}",
            FIRST_NAMES[number + 3],
            LAST_NAMES[number + 2],
            "Evrak Memuru",
            ((code, Role.RECIPIENT),),
        )
        for number, code in enumerate(PASSED_ON_TO)
    ]


def _send_small(small: DemoLetter, *, by: User, at: datetime) -> Circular:
    issuer = Agency.objects.get(code=small.issuer)
    sent = _moment(at, days_ago=small.days_ago, hour=14, minute=5)
    circular = record(
        letter=small.as_read(upper(issuer.name), timezone.localdate(sent)), issuer=issuer, by=by, at=sent
    )
    if small.due is not None:
        circular.due_at = _moment(at, days_ago=-small.due, hour=17)
        circular.save()
    circular = _send(circular, by=by, at=sent + timedelta(minutes=12))
    acting = _acting_people()
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


def _acting_people() -> dict[int, User]:
    """The acting user of each agency: the first of several."""
    acting: dict[int, User] = {}
    memberships = Membership.objects.active(timezone.localdate()).filter(
        role=Role.RECIPIENT, user__is_active=True
    )
    for membership in memberships.select_related("user").order_by("pk"):
        acting.setdefault(membership.agency_id, membership.user)
    return acting


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
    """The day this many working days before (if negative: after) the moment, weekends skipped."""
    day = timezone.localdate(at)
    step = timedelta(days=1 if days_ago < 0 else -1)
    left = abs(days_ago)
    while left:
        day += step
        left -= day.weekday() < 5
    return day


def _moment(at: datetime, *, days_ago: int, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(_working_day(at, days_ago), time(hour, minute)))
