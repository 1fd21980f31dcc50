"""Remember addresses that nothing reaches, and forget it when somebody says that they work."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from django.db import transaction

from agencies.models import Agency
from agencies.models.channel import REGISTRY, is_undeliverable

LONGEST_ANSWER = 300
ASKED_AGAIN_AFTER = timedelta(days=7)

MOST_IN_AN_HOUR = 50
"""Addresses remembered within an hour; more are a fault on the way there, such as a relay without its list."""


def lock_units_with(*, channel: str, address: str) -> list[Agency]:
    """The units that have this address of the channel, locked in the order of their ids."""
    column = REGISTRY[channel].column
    having = {column: address} if column else {"addresses__contains": {channel: address}}
    return list(Agency.objects.filter(**having).select_for_update(no_key=True).order_by("pk"))


def remember_undeliverable(*, channel: str, address: str, answer: str, at: datetime) -> list[Agency]:
    """Use this address of the channel no more, for whichever unit it is. Returns the units to ask for another one.

    A unit that was asked for it within a week isn't returned. Nothing is done if MOST_IN_AN_HOUR are reached.
    To be called in a transaction; the units are locked, in the order of their ids.
    """
    found = lock_units_with(channel=channel, address=address)
    new = [unit for unit in found if not is_undeliverable(unit, channel, address)]
    if not new or _remembered_since(at - timedelta(hours=1), channel) >= MOST_IN_AN_HOUR:
        return []
    to_ask = []
    for unit in new:
        before = unit.undeliverable.get(channel, {})
        if before.get("works") != address or datetime.fromisoformat(before["since"]) < at - ASKED_AGAIN_AFTER:
            to_ask.append(unit)
        unit.undeliverable[channel] = {
            "address": address,
            "since": at.astimezone(UTC).isoformat(),
            "answer": answer[:LONGEST_ANSWER],
        }
    Agency.objects.bulk_update(new, ["undeliverable"])
    return to_ask


def _remembered_since(moment: datetime, channel: str) -> int:
    """How many addresses of this channel were remembered since then. Moments are stored in UTC, so they sort."""
    since = {f"undeliverable__{channel}__since__gte": moment.astimezone(UTC).isoformat()}
    return Agency.objects.filter(**since, **{f"undeliverable__{channel}__has_key": "address"}).count()


def forget_undeliverable(addresses: Iterable[tuple[Agency, str, str]]) -> None:
    """Use these addresses again: each a unit, a channel and the address. The loaded units are changed as well."""
    wanted = list(addresses)
    locked = _locked({unit.pk for unit, _channel, _address in wanted})
    for unit, channel, address in wanted:
        for row in (unit, locked[unit.pk]):
            if is_undeliverable(row, channel, address):
                kept = row.undeliverable[channel]
                row.undeliverable[channel] = {"works": address, "since": kept["since"]}
    Agency.objects.bulk_update(locked.values(), ["undeliverable"])


@transaction.atomic
def forget_all_undeliverable() -> int:
    """Use every address again, after a fault that concerned many. Returns the number of units."""
    found = Agency.objects.with_undeliverable_address()
    locked = _locked(set(found.values_list("pk", flat=True)))
    for unit in locked.values():
        unit.undeliverable = {}
    Agency.objects.bulk_update(locked.values(), ["undeliverable"])
    return len(locked)


def _locked(pks: Collection[int]) -> dict[int, Agency]:
    rows = Agency.objects.filter(pk__in=pks).select_for_update(no_key=True).order_by("pk")
    return {unit.pk: unit for unit in rows}
