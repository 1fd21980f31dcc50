"""The demo's people and addresses: invented, with one password, at a reserved domain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat, LPad
from django.utils import timezone

from agencies.directory.bodies import further_codes
from agencies.models import Agency, AgencyQuerySet, Membership, Role, User
from distribution.demo.letters import LETTERS

PASSWORD = "dagitim-takip-demo"
DOMAIN = "ornek.example"

WITHOUT_EMAIL = ["calisma-is-kurumu-30", "calisma-is-kurumu-62", "sosyal-guvenlik-76"]
WITHOUT_PEOPLE = ["calisma-is-kurumu-69", "sosyal-guvenlik-29", "sosyal-guvenlik-75", "valilik-79"]
"""Codes of units with a warning to show: no e-mail address, and nobody who receives there."""

FIRST_NAMES = (
    "Aslı", "Burak", "Ceren", "Deniz", "Emine", "Ferit", "Gizem", "Halil", "İpek", "Kerem", "Leyla", "Mert",
    "Nazlı", "Onur", "Pelin", "Rüya", "Selim", "Şebnem", "Taner", "Ülkü", "Yasin", "Zehra", "Bora", "Çiğdem",
    "Erdem", "Fulya", "Gürkan", "Hande", "Işıl", "Levent", "Melis", "Nuri", "Öykü", "Sarp", "Tülin",
)  # fmt: skip
LAST_NAMES = (
    "ÖRNEKÇİ", "SINAR", "DENEMELİ", "TASLAKÇI", "ÖRNEKSOY", "SINAMAZ", "TEMSİLOĞLU", "DENEKLİ", "ÖRNEKBAŞ",
    "ÖRNEKKAYA", "KURGUCU", "VARSAYAR", "TEMSİLER", "DENEMEZ", "ÖRNEKER", "TASARLAR", "KURGUSAL", "SINAYICI",
    "ÖRNEKTEPE", "DENEYEN", "TEMSİLCAN", "ÖRNEKDERE", "MUHAYYEL",
)  # fmt: skip
"""Numbers of names without a common divisor: 805 different people before the first two are alike."""

DEPUTY = "adalet.vekil"
"""Deputy of the registrar of the Ministry of Justice."""

SINCE = timedelta(days=60)
"""How long the people have had their roles if the demo has no history."""


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
    DemoPerson("csgb.gonderen", "Suna", "ÖRNEKDAL", "Şef", (("ministry-calisma", Role.SENDER),)),
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
    DemoPerson(
        "icisleri.yonetici", "Cem", "SINARSOY", "Daire Başkanı", (("ministry-icisleri", Role.MANAGER),)
    ),
    DemoPerson("sistem.yonetici", "Filiz", "DENEKÇİ", "Sistem Yöneticisi", administrator=True),
)


def demo_agencies() -> AgencyQuerySet:
    """The agencies among which the demo plays: those with codes, except what ships beside the directory's core."""
    return Agency.objects.exclude(code=None).exclude(code__in=further_codes())


def give_addresses() -> None:
    """Add an invented address and phone number to agencies without one, except a few that demonstrate the warning."""
    demo_agencies().filter(email="").exclude(code__in=WITHOUT_EMAIL).update(
        email=Concat(F("code"), Value(f"@{DOMAIN}"))
    )
    give_phones()


def give_phones() -> None:
    """Add an invented phone number to agencies without one."""
    demo_agencies().filter(phone="").update(
        phone=Concat(Value("0 000 555 "), LPad(Cast(F("pk"), CharField()), 4, Value("0")))
    )


def give_people(people: Sequence[DemoPerson], *, since: date) -> dict[str, User]:
    """Add the users with their memberships from that day on. They share one password, which is hashed once."""
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
    Membership.objects.bulk_create(
        (
            Membership(user=users[person.username], agency_id=agencies[code], role=role, active_from=since)
            for person in people
            for code, role in person.roles
        ),
        ignore_conflicts=True,
    )
    return users


def registrars(codes: Sequence[str]) -> list[DemoPerson]:
    """One user for each of the units without a named one, except a few that are left without anybody."""
    taken = {code for person in PEOPLE for code, role in person.roles if role == Role.RECIPIENT}
    return [
        DemoPerson(
            f"evrak.{code}",
            FIRST_NAMES[number % len(FIRST_NAMES)],
            LAST_NAMES[number % len(LAST_NAMES)],
            "Evrak Memuru",
            ((code, Role.RECIPIENT),),
        )
        for number, code in enumerate(codes)
        if code not in taken and code not in WITHOUT_PEOPLE
    ]


def acting_people() -> dict[int, User]:
    """The acting user of each agency: the first of several."""
    acting: dict[int, User] = {}
    memberships = Membership.objects.active(timezone.localdate()).filter(
        role=Role.RECIPIENT, user__is_active=True
    )
    for membership in memberships.select_related("user").order_by("pk"):
        acting.setdefault(membership.agency_id, membership.user)
    return acting
