"""The table of access as a page of the docs: who is let through by each rule, and the rules of each address."""

import inspect
from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from agencies.models import Role
from config.access.addresses import ADDRESSES, ADMIN_SITE
from config.access.parties import Apart, Member, Place
from config.access.rules import Rule

PATH = Path(__file__).resolve().parent.parent.parent / "docs" / "access.md"

PACKAGES = ("allauth", "config", "agencies", "circulars", "distribution")
"""Of views whose first sentence says what an address does."""

HEAD = """# Access

Who may do what: written by `python -m config.access` from `config/access`, where each address has its rules.
`tests/access` asks every address with GET and POST as every party below, compares what happens with these tables, and
looks in every answer for words that the party may not read. Don't edit this page: change the rules, then write it anew.

- Whoever is signed out and not let through is asked to sign in. Anybody else who is not let through gets 404, as for a
  thing that doesn't exist; at the raw tables and at the address for mail servers 403 or 401.
- A deputy may do what the absent person may (Y 17/10), except where a rule says “in person”.
- Who was a member of a unit, and is not today, is a person without a unit.
- The columns are about one letter. A unit that is neither its issuer nor a recipient, nor above or below those, is the
  “other unit”. “One's own” is asked of the sender of the issuing unit or the recipient of the recipient unit.

## Rules

S are senders, R recipients, M managers of the unit at the head of the column. Of the other columns each is one kind of
person.

"""

ADDRESSES_HEAD = """
## Addresses

“–” is a method that the address doesn't take.

"""


def document() -> str:
    """The whole page."""
    return HEAD + _table(_rule_rows()) + ADDRESSES_HEAD + _table(_address_rows())


def _table(rows: Iterator[list[str]]) -> str:
    head, *others = rows
    lines = [head, ["---"] * len(head), *others]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _rule_rows() -> Iterator[list[str]]:
    yield ["for", *Place, *Apart]
    for rule in Rule:
        yield [
            _words(rule),
            *(_roles(rule, place) for place in Place),
            *(_tick(rule, each) for each in Apart),
        ]


def _roles(rule: Rule, place: Place) -> str:
    return " ".join(role.value[0].upper() for role in Role if Member(place, role) in rule.value.parties)


def _tick(rule: Rule, party: Apart) -> str:
    return "✓" if party in rule.value.parties else ""


def _words(rule: Rule | None) -> str:
    return rule.value.words if rule is not None else "–"


def _address_rows() -> Iterator[list[str]]:
    yield ["address", "read (GET)", "send (POST)", "what it does"]
    found = {name: (path, does) for name, path, does in _patterns(get_resolver())}
    for key, access in ADDRESSES.items():
        name, _blank, variant = key.partition(" ")
        path, does = found[name] if name != ADMIN_SITE else (f"/{ADMIN_SITE}/…", "The raw tables.")
        about = f" ({variant.replace('_', ' ')})" if variant else ""
        yield [f"`{path}`{about}", _words(access.get), _words(access.post), does]


def _patterns(resolver: URLResolver, above: str = "/") -> Iterator[tuple[str, str, str]]:
    """The name, path and first sentence of every view outside of the raw tables."""
    for each in resolver.url_patterns:
        path = f"{above}{each.pattern}"
        if isinstance(each, URLPattern):
            yield str(each.name), path.replace("^", "").replace("$", "").replace("|", r"\|"), _sentence(each)
        elif each.namespace != ADMIN_SITE:
            yield from _patterns(each, path)


def _sentence(pattern: URLPattern) -> str:
    view = inspect.unwrap(pattern.callback)
    if view.__module__.partition(".")[0] not in PACKAGES or isinstance(view, type):
        return ""
    return " ".join((inspect.getdoc(view) or "").partition("\n\n")[0].split()).replace("|", r"\|")
