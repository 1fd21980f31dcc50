"""Units of the history: their addresses, people and pace."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random

from django.db.models import F, Value
from django.db.models.functions import Concat

from agencies.models import Agency, AgencyKind, Membership, Role, User
from distribution.demo.people import DOMAIN, demo_agencies, give_phones

FIRST_NAMES = (
    "Ahmet", "Ayşe", "Barış", "Bülent", "Cansu", "Çağla", "Çetin", "Derya", "Doğan", "Ebru", "Emre",
    "Esra", "Fatma", "Gökhan", "Gülşen", "Hüseyin", "Işıl", "İbrahim", "İlknur", "Kübra", "Mehmet",
    "Meral", "Murat", "Nurgül", "Oğuz", "Orhan", "Ömer", "Özge", "Pınar", "Rıdvan", "Sibel", "Şenol",
    "Şule", "Tuğba", "Tülay", "Ufuk", "Uğur", "Ümit", "Volkan", "Yağmur", "Yıldız", "Zeki",
)  # fmt: skip
LAST_NAMES = (
    "ACAR", "AĞIRBAŞ", "AKÇAY", "BAŞARAN", "BOZDAĞ", "BÜYÜKÇAM", "CEYLAN", "ÇAĞLAR", "ÇINAR",
    "DEĞİRMENCİ", "DÖNMEZ", "ERGÜN", "EROĞLU", "GÜÇLÜ", "GÜNDÜZ", "HIZAL", "IŞIKLI", "İNCE", "KARAGÖZ",
    "KIZILIRMAK", "KÜÇÜK", "ÖZDEMİR", "ÖZTÜRK", "PEHLİVAN", "SAĞLAM", "SÖNMEZ", "ŞAHİNER", "ŞİMŞEK",
    "TAŞÇI", "TOPRAK", "TURGUT", "UÇAR", "ULUSOY", "ÜNAL", "ÜSTÜN", "YAĞCI", "YILDIRIM", "YÜKSEL",
    "ZORLU",
)  # fmt: skip

CLOSED_TEMPLATE = "İl Dernekler Müdürlüğü"
FOLLOWED_BY = "İl Sivil Toplumla İlişkiler Müdürlüğü"
CLOSED_PROVINCES = ("01", "06", "16", "34", "35", "42")
"""Template and provinces of the units closed during the history, and the template of their successors."""

WITHOUT_EMAIL = 0.004
PROVES_RECEIPT = 0.25
"""Shares of the units without an address, and of those whose mail server reports delivery."""


@dataclass(frozen=True)
class Pace:
    """Pace of a unit: mean working days, and the shares of letters that it opens, confirms and answers at all."""

    to_open: float
    opens: float
    confirms: float
    to_answer: float
    answers: float


PACES = {
    Pace(0.4, 1.0, 0.999, 1.5, 0.995): 50,  # prompt
    Pace(1.5, 0.998, 0.997, 4.0, 0.98): 33,  # average
    Pace(10.0, 0.99, 0.98, 14.0, 0.9): 12,  # always late
    Pace(2.0, 0.95, 0.15, 6.0, 0.5): 3,  # opens, rarely confirms
    Pace(6.0, 0.02, 0.5, 6.0, 0.5): 2,  # never reacts
}
"""Percentage of units with each pace."""

BEFORE_CLOSING = (
    Pace(1.5, 1.0, 1.0, 6.0, 0.0),  # confirms, leaves the answers to its successor
    Pace(2.0, 0.95, 0.15, 6.0, 0.5),
    Pace(6.0, 0.02, 0.5, 6.0, 0.5),
)
"""Paces of the units that are closed, in turn."""

AVERAGE, ALWAYS_LATE = 1, 2
"""Indexes of paces; ALWAYS_LATE is the slowest of a unit that reacts to every letter, more or less."""


@dataclass(frozen=True, slots=True)
class Person:
    pk: int
    username: str
    name: str
    job_title: str


@dataclass(frozen=True, slots=True)
class Unit:
    """One agency with the values that the history uses."""

    pk: int
    name: str
    email: str
    phone: str
    kind: str
    template: str
    province: str | None
    parent: int | None
    person: Person | None
    """Who receives there; None for a unit without users, whose letters are confirmed by link."""

    pace: Pace
    proves_receipt: bool
    closed_on: date | None
    successor: int | None


@dataclass(frozen=True)
class Units:
    """Units by id, with lookups by kind, template and province."""

    of: dict[int, Unit]
    senders: dict[int, list[Person]]
    """Senders by issuing unit."""

    callers: dict[int, list[tuple[Person, Unit]]]
    """Senders and managers of each issuing unit and managers of the units above it, with their own unit."""

    @cached_property
    def by_kind(self) -> dict[str, list[Unit]]:
        return self._by(lambda unit: unit.kind)

    @cached_property
    def by_template(self) -> dict[str, list[Unit]]:
        return self._by(lambda unit: unit.template)

    @cached_property
    def by_province(self) -> dict[str, list[Unit]]:
        """Units of each province: governorship, directorates and municipality."""
        return self._by(lambda unit: unit.province or "")

    @cached_property
    def closed(self) -> list[Unit]:
        """Units closed during the history."""
        return [unit for unit in self.of.values() if unit.template == CLOSED_TEMPLATE]

    def _by(self, key: Callable[[Unit], str]) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = {}
        for unit in self.of.values():
            if unit.closed_on is None and key(unit):
                found.setdefault(key(unit), []).append(unit)
        return found


def prepare_units(seed: int, *, since: date, closing: date) -> Units:
    """Give every unit an address, a recipient and a pace, and issuers senders and a manager.

    Adds what is missing: addresses at the demo's domain, users without a usable password, and some units closed
    on the day `closing`. The paces depend on the seed only.
    """
    names = Random(f"names {seed}")
    _add_closed(since, closing)
    agencies = list(demo_agencies().order_by("code"))
    _give_addresses(agencies, Random(f"addresses {seed}"))
    give_phones()
    issuers = [agency for agency in agencies if agency.kind in ISSUING]
    managed = [*issuers, *(agency for agency in agencies if agency.kind == AgencyKind.GOVERNORSHIP)]
    _people(agencies, Role.RECIPIENT, "evrak", "Evrak Memuru", names, since)
    _people(issuers, Role.SENDER, "gonderen", "Şef", names, since)
    _people(managed, Role.MANAGER, "yonetici", "Şube Müdürü", names, since)
    return read_units(seed)


def read_units(seed: int, *, steady: Collection[str] = (), reacting: Collection[str] = ()) -> Units:
    """All units with their people as they are, and paces by the seed.

    The units with the codes `steady` have the average pace; those of the kinds `reacting` are late at worst.
    """
    agencies = list(demo_agencies().order_by("code"))
    received, sent, managed = (
        _members(agencies, role) for role in (Role.RECIPIENT, Role.SENDER, Role.MANAGER)
    )
    closed = [agency for agency in agencies if agency.template == CLOSED_TEMPLATE]
    paces, weights = list(PACES), list(PACES.values())
    rng = Random(f"paces {seed}")
    units = {}
    for agency in agencies:
        pace = rng.choices(paces, weights)[0]
        if agency in closed:
            pace = BEFORE_CLOSING[closed.index(agency) % len(BEFORE_CLOSING)]
        if agency.kind in reacting:
            pace = paces[min(paces.index(pace), ALWAYS_LATE)]
        units[agency.pk] = Unit(
            pk=agency.pk,
            name=agency.name,
            email=agency.email,
            phone=agency.phone,
            kind=agency.kind,
            template=agency.template,
            province=agency.province_id,
            parent=agency.parent_id,
            person=received[agency.pk][0] if agency.pk in received else None,
            pace=paces[AVERAGE] if agency.code in steady else pace,
            proves_receipt=rng.random() < PROVES_RECEIPT,
            closed_on=agency.active_to,
            successor=agency.successor_id,
        )
    callers = {}
    for pk in sorted(sent):
        own = units[pk]
        found = [(person, own) for person in sent[pk]]
        above: Unit | None = own
        while above is not None:
            found += [(person, above) for person in managed.get(above.pk, [])]
            above = units.get(above.parent or 0)
        callers[pk] = found
    return Units(units, {pk: sent[pk] for pk in sorted(sent)}, callers)


ISSUING = (AgencyKind.MINISTRY, AgencyKind.CENTRAL_UNIT, AgencyKind.AFFILIATED_BODY)


def _add_closed(since: date, closing: date) -> None:
    following = Agency.objects.filter(template=FOLLOWED_BY, province__in=CLOSED_PROVINCES)
    had = set(Agency.objects.filter(template=CLOSED_TEMPLATE).values_list("province_id", flat=True))
    for successor in following.exclude(province__in=had).select_related("province").order_by("code"):
        assert successor.province is not None
        Agency(
            code=f"dernekler-{successor.province_id}",
            name=f"{successor.province.name} {CLOSED_TEMPLATE}",
            kind=AgencyKind.PROVINCIAL_DIRECTORATE,
            template=CLOSED_TEMPLATE,
            province=successor.province,
            parent_id=successor.parent_id,
            successor=successor,
            active_from=since,
            active_to=closing,
        ).save()


def _give_addresses(agencies: list[Agency], rng: Random) -> None:
    reached = [agency for agency in agencies if rng.random() >= WITHOUT_EMAIL]
    without = [agency for agency in reached if not agency.email]
    for agency in without:
        agency.email = f"{agency.code}@{DOMAIN}"
    Agency.objects.filter(pk__in=[agency.pk for agency in without]).update(
        email=Concat(F("code"), Value(f"@{DOMAIN}"))
    )


def _people(
    agencies: Sequence[Agency], role: Role, prefix: str, job_title: str, rng: Random, since: date
) -> None:
    """Add a user with the role to agencies without one."""
    members = _members(agencies, role)
    alone = [agency for agency in agencies if agency.pk not in members]
    users = [
        User(
            username=f"{prefix}.{agency.code}",
            first_name=rng.choice(FIRST_NAMES),
            last_name=rng.choice(LAST_NAMES),
            job_title=job_title,
            password="!",
        )
        for agency in alone
    ]
    User.objects.bulk_create(users, ignore_conflicts=True)
    by_name = User.objects.in_bulk([user.username for user in users], field_name="username")
    Membership.objects.bulk_create(
        Membership(user=by_name[user.username], agency=agency, role=role, active_from=since)
        for user, agency in zip(users, alone, strict=True)
    )


def _members(agencies: Sequence[Agency], role: Role) -> dict[int, list[Person]]:
    """Users with the role, by agency."""
    members: dict[int, list[Person]] = {}
    found = Membership.objects.filter(role=role, agency__in=agencies, active_to=None).select_related("user")
    for membership in found.order_by("pk"):
        user = membership.user
        members.setdefault(membership.agency_id, []).append(
            Person(user.pk, user.username, str(user), user.job_title)
        )
    return members
