"""Pages of people who have nothing to do with a letter: they are the same whether there is one or not."""

import re
from collections.abc import Iterator, Mapping

from django.db import transaction
from django.urls import reverse

from agencies.models import Role
from config.access.parties import Apart, Member, Party, Place
from tests.access.asking import Asker, content_of

STRANGERS: list[Party] = [
    *(Member(Place.OTHER, role) for role in Role),
    Apart.WITHOUT_UNIT,
    Apart.FORMER,
    Apart.DIRECTORY_ADMINISTRATOR,
    Apart.ANONYMOUS,
]

QUERIES = {
    "search": ("q=kuskonmaz", "q=menekseler", "q=nergis", "q=4711", "q=zambak", "in=letters&q=envanteri",
               "in=received&q=envanteri", "in=recipients&q=genel+envanteri", "q=karanfil+envanteri"),
    "board": ("",),
    "month_review": ("", "by=letter", "_export=csv"),
    "likely_late": ("", "owes=answer"),
    "slow_and_quick": ("", "act=answer"),
    "late": ("",),
    "outstanding": ("", "q=kuskonmaz", "owes=all", "_export=csv", "owes=all&_export=csv"),
    "outstanding_letters": ("", "q=kuskonmaz", "_export=csv"),
    "call_list": ("",),
    "letters": ("", "q=kuskonmaz", "_export=csv"),
    "inbox": ("",),
    "bell": ("",),
    "plans": ("",),
    "record": ("",),
    "returned": ("",),
    "prepared_files": ("",),
    "home": ("",),
    "deputies": ("",),
}  # fmt: skip
"""Lists, counts, exports and searches, by the name of the address."""

WAITING = ("returns", "extensions", "take_backs", "objections", "assigned")

TOKENS = re.compile(rb'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]+')


def list_addresses() -> Iterator[str]:
    """Addresses of everybody's own lists, with their queries."""
    for name, queries in QUERIES.items():
        for query in queries:
            yield f"{reverse(name)}?{query}" if query else reverse(name)


def ask(asker: Asker, path: str) -> bytes:
    """What is answered, without the tokens that differ each time; nothing is kept of the request."""
    with transaction.atomic():
        content = content_of(asker.get(path))
        transaction.set_rollback(True)
    return TOKENS.sub(b"", content)


def pages_of_strangers(askers: Mapping[Party, Asker]) -> dict[str, bytes]:
    """The content of each list for each stranger, by party and address."""
    return {f"{party}: {path}": ask(askers[party], path) for party in STRANGERS for path in list_addresses()}
