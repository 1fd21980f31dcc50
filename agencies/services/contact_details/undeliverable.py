"""Remember addresses that nothing reaches, and forget it when somebody says that they work."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.fields.json import KT

from agencies.models import Agency, User
from agencies.models.contact_details.channel import REGISTRY, TELEPHONE, is_undeliverable
from agencies.services.changed_meanwhile import ChangedMeanwhile, version_of

LONGEST_ANSWER = 300
MOST_REMEMBERED = 10
"""Addresses remembered for each channel of a unit; the oldest is dropped."""

ASKED_AGAIN_AFTER = timedelta(days=7)

MOST_IN_AN_HOUR = 50
"""Addresses remembered within an hour; more are a fault on the way there, such as a relay without its list."""


def lock_units_with(*, channel: str, address: str, wrote_to: Agency | None = None) -> list[Agency]:
    """The units that have this address of the channel, locked in the order of their ids.

    And `wrote_to`, the unit that mail went to, though its address may have been changed since.
    """
    column = REGISTRY[channel].column
    having = Q(**{column: address}) if column else Q(addresses__contains={channel: address})
    if wrote_to is not None:
        having |= Q(pk=wrote_to.pk)
    return list(Agency.objects.filter(having).select_for_update(no_key=True).order_by("pk"))


def remember_undeliverable(
    *,
    channel: str,
    address: str,
    answer: str,
    at: datetime,
    by: User | None = None,
    wrote_to: Agency | None = None,
) -> list[Agency]:
    """Use this address of the channel no more, for whichever unit it is. Returns the units to ask for another one.

    `by` is the person who decided it, None if the server's answer did. `wrote_to` is the unit that mail went to: it
    remembers the address even if it has another one by now, for the case that this one is entered again. It isn't
    returned then, and neither is a unit that was asked within a week. Nothing is done if MOST_IN_AN_HOUR are reached.
    To be called in a transaction; the units are locked, in the order of their ids.
    """
    found = lock_units_with(channel=channel, address=address, wrote_to=wrote_to)
    new = [unit for unit in found if not is_undeliverable(unit, channel, address)]
    if not new or _remembered_since(at - timedelta(hours=1), channel) >= MOST_IN_AN_HOUR:
        return []
    to_ask = []
    for unit in new:
        others = unit.undeliverable.get(channel, [])
        before = next((kept for kept in others if kept.get("works") == address), None)
        has_it = REGISTRY[channel].address_of(unit) == address
        was_asked = before and datetime.fromisoformat(before["since"]) >= at - ASKED_AGAIN_AFTER
        if has_it and not was_asked:
            to_ask.append(unit)
        latest = {
            "address": address,
            "since": at.astimezone(UTC).isoformat(),
            "answer": answer[:LONGEST_ANSWER],
        }
        if by is not None:
            latest["by"] = str(by)
        kept_on = [latest, *(kept for kept in others if kept is not before)]
        unit.undeliverable[channel] = kept_on[:MOST_REMEMBERED]
    Agency.objects.bulk_update(new, ["undeliverable"])
    return to_ask


def _remembered_since(moment: datetime, channel: str) -> int:
    """How many addresses of this channel were remembered since then. Moments are stored in UTC, so they sort."""
    latest = f"undeliverable__{channel}__0"
    since = {f"{latest}__since__gte": moment.astimezone(UTC).isoformat()}
    return Agency.objects.filter(**since, **{f"{latest}__has_key": "address"}).count()


def lock_people_with(address: str) -> list[User]:
    """The people who have this address, locked in the order of their ids."""
    return list(User.objects.filter(email=address).select_for_update(no_key=True).order_by("pk"))


def remember_undeliverable_people(*, address: str, answer: str, at: datetime, by: User | None = None) -> None:
    """Send these people no more mail until they have another address, or somebody says that it works.

    Like `remember_undeliverable`, to be called in a transaction. Nothing is done if MOST_IN_AN_HOUR are reached.
    """
    new = [person for person in lock_people_with(address) if person.mail_address]
    hour_ago = (at - timedelta(hours=1)).astimezone(UTC).isoformat()
    if not new or User.objects.filter(undeliverable__since__gte=hour_ago).count() >= MOST_IN_AN_HOUR:
        return
    kept = {"address": address, "since": at.astimezone(UTC).isoformat(), "answer": answer[:LONGEST_ANSWER]}
    if by is not None:
        kept["by"] = str(by)
    for person in new:
        person.undeliverable = kept
    User.objects.bulk_update(new, ["undeliverable"])


@transaction.atomic
def note_wrong_number(*, unit: Agency, number: str, by: str, at: datetime) -> bool:
    """Note that the telephone number isn't the unit's, until it has another one or is reached at this one.

    `by` is who noted it, in words. Returns False and does nothing if the unit has another number by now.
    """
    locked = _locked([unit.pk])[unit.pk]
    if not number or locked.phone != number:
        return False
    if locked.wrong_number is None:
        others = [kept for kept in locked.undeliverable.get(TELEPHONE, []) if kept.get("works") != number]
        latest = {"address": number, "since": at.astimezone(UTC).isoformat(), "answer": "", "by": by}
        locked.undeliverable[TELEPHONE] = [latest, *others][:MOST_REMEMBERED]
        locked.save(update_fields=["undeliverable"])
    return True


def people_with_undeliverable_address() -> QuerySet[User]:
    """People whose present address mail came back from, by name."""
    known = User.objects.exclude(undeliverable={}).exclude(email="").alias(known=KT("undeliverable__address"))
    return known.filter(known=F("email")).order_by("last_name", "first_name", "pk")


def forget_undeliverable_people(people: Iterable[User]) -> None:
    """Send these people mail again. The loaded rows are changed as well."""
    wanted = sorted({person.pk: person for person in people if person.undeliverable}.values(), key=_pk)
    for person in wanted:
        person.undeliverable = {}
        person.save(update_fields=["undeliverable"])


@transaction.atomic
def use_person_address_again(*, person: User) -> bool:
    """Send a person mail again. Returns whether nothing was sent until then."""
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if not locked.undeliverable_address:
        return False
    forget_undeliverable_people([locked])
    return True


def _pk(person: User) -> int:
    return person.pk


def forget_undeliverable(addresses: Iterable[tuple[Agency, str, str]]) -> None:
    """Use these addresses again: each a unit, a channel and the address. The loaded units are changed as well."""
    wanted = list(addresses)
    locked = _locked({unit.pk for unit, _channel, _address in wanted})
    for unit, channel, address in wanted:
        for row in (unit, locked[unit.pk]):
            mark_as_working(row, channel, address)
    Agency.objects.bulk_update(locked.values(), ["undeliverable"])


def mark_as_working(unit: Agency, channel: str, address: str) -> None:
    """Use the address again, in the loaded unit only. What the server said of it is kept."""
    unit.undeliverable[channel] = [
        {"works" if key == "address" else key: value for key, value in kept.items()}
        if kept.get("address") == address
        else kept
        for kept in unit.undeliverable.get(channel, [])
    ]


@transaction.atomic
def use_address_again(*, unit: Agency, channel: str, address: str) -> bool:
    """Use one address of a unit again. Returns whether it was undeliverable until then."""
    locked = _locked([unit.pk])[unit.pk]
    if not is_undeliverable(locked, channel, address):
        return False
    mark_as_working(locked, channel, address)
    locked.save(update_fields=["undeliverable"])
    return True


def undeliverable_version(units: Iterable[Agency]) -> str:
    """Version of these units' undeliverable addresses, for the page that asks before all are used again."""
    return version_of(
        sorted(
            (unit.pk, each.channel, each.address) for unit in units for each in unit.undeliverable_addresses
        )
    )


@transaction.atomic
def forget_all_undeliverable(*, version_read: str | None = None) -> int:
    """Use every present address again, after a fault that concerned many. Returns the number of units.

    `version_read` is the `undeliverable_version` that a person was shown. Raises ChangedMeanwhile if there are other
    addresses by now.
    """
    found = Agency.objects.with_undeliverable_address()
    locked = _locked(set(found.values_list("pk", flat=True)))
    version = undeliverable_version(locked.values())
    if version_read is not None and version_read != version:
        raise ChangedMeanwhile(version)
    for unit in locked.values():
        for each in unit.undeliverable_addresses:
            mark_as_working(unit, each.channel, each.address)
    Agency.objects.bulk_update(locked.values(), ["undeliverable"])
    return len(locked)


def _locked(pks: Collection[int]) -> dict[int, Agency]:
    rows = Agency.objects.filter(pk__in=pks).select_for_update(no_key=True).order_by("pk")
    return {unit.pk: unit for unit in rows}
