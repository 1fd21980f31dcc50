"""Remember addresses that nothing reaches, and forget it when somebody says that they work."""

from collections.abc import Collection
from datetime import datetime

from agencies.models import Agency
from agencies.models.channel import REGISTRY, is_undeliverable

LONGEST_ANSWER = 300


def remember_undeliverable(*, channel: str, address: str, answer: str, at: datetime) -> list[Agency]:
    """Use this address of the channel no more, for whichever unit it is. Returns the units that are new to it.

    To be called in a transaction; the units are locked.
    """
    column = REGISTRY[channel].column
    having = {column: address} if column else {"addresses__contains": {channel: address}}
    found = Agency.objects.filter(**having).select_for_update(no_key=True).order_by("pk")
    new = [unit for unit in found if not is_undeliverable(unit, channel, address)]
    for unit in new:
        unit.undeliverable[channel] = {
            "address": address,
            "since": at.isoformat(),
            "answer": answer[:LONGEST_ANSWER],
        }
    Agency.objects.bulk_update(new, ["undeliverable"])
    return new


def forget_undeliverable(units: Collection[Agency]) -> None:
    """Use all addresses of these units again."""
    Agency.objects.filter(pk__in=[unit.pk for unit in units]).exclude(undeliverable={}).update(
        undeliverable={}
    )
    for unit in units:
        unit.undeliverable = {}
