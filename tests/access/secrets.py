"""Words of the world that only some parties may read, and who they are."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agencies.models import Role
from config.access.parties import Apart, Member, Party, Place
from config.access.rules import Outcome, Rule
from tests.access import things, world

if TYPE_CHECKING:
    from tests.access.conftest import Stage

BELOW = {Member(Place.PASSED_TO, Role.RECIPIENT), Member(Place.PASSED_TO, Role.MANAGER), Apart.LINK_HOLDER}
"""They know the letter, as those who see its branch."""


def _allowed(rule: Rule, party: Party) -> bool:
    return rule.outcome(party) == Outcome.ALLOWED


def _knows_letter(party: Party) -> bool:
    return party in BELOW or _allowed(Rule.SEES_BRANCH, party)


def _in(place: Place, party: Party) -> bool:
    member = party.absent if hasattr(party, "absent") else party
    return isinstance(member, Member) and member.place == place


def kept_from(party: Party, stage: "Stage") -> list[tuple[str, str]]:
    """What no answer to the party may contain: what it is, and the words."""
    return list(_kept_from(party, stage))


def _kept_from(party: Party, stage: "Stage") -> Iterator[tuple[str, str]]:
    if not _knows_letter(party):
        yield "subject", "Kuskonmaz"
        yield "number", world.NUMBER
        yield "text", "Menekseler"
        yield "attachment", "Nergis"
        yield "answer", "Papatya"
        for name, letter in stage.world.letters.items():
            yield f"id of the letter “{name}”", str(letter.public_id)
            for delivery in letter.deliveries.all():
                yield f"id of a copy of “{name}”", str(delivery.public_id)
    if not _allowed(Rule.SENDS_LETTER, party):
        yield "subject of a draft", "Zambak"
        yield "file of a draft", "Feslegen"
        yield "returned mail", "Sardunya"
    if not _in(Place.ISSUER, party):
        yield "note of the sender", "Lavanta"
        yield "view of the issuing unit", "Yasemin"
    if not _in(Place.RECIPIENT, party):
        yield "note of the recipient", "Begonya"
    if not _allowed(Rule.USES_PLAN, party):
        yield "plan", "Sumbul"
    if not _allowed(Rule.OWN_OF_SENDER, party):
        yield "prepared file", things.REPORT
    if party in (Apart.ANONYMOUS, Apart.LINK_HOLDER):
        yield "user name", "sender-issuer"
    if party == Apart.ANONYMOUS:
        yield "name of a person", "İĞDIRLI"
        yield "name of a unit", "Müdürlüğü"
