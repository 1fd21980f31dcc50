"""The rules of access: for each, who is let through, as `agencies.access` and `distribution.visibility` say it.

A rule is about one letter with its issuing and its recipient unit, or about one of those units.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum

from agencies.models import Role
from config.access.parties import MEMBERS, SIGNED_OUT, Apart, DeputyOf, Member, Party, Place

ADMINISTRATOR = Apart.ADMINISTRATOR
MAINTAINERS = (Apart.DIRECTORY_ADMINISTRATOR, Apart.ADMINISTRATOR)
WITH_SESSION = tuple(each for each in Apart if each not in SIGNED_OUT)

SENDER = Member(Place.ISSUER, Role.SENDER)
MANAGER = Member(Place.ISSUER, Role.MANAGER)
MANAGER_ABOVE = Member(Place.ABOVE_ISSUER, Role.MANAGER)
RECEIVER = Member(Place.RECIPIENT, Role.RECIPIENT)
MANAGER_OF_RECIPIENT = Member(Place.RECIPIENT, Role.MANAGER)
MANAGER_ABOVE_RECIPIENT = Member(Place.ABOVE_RECIPIENT, Role.MANAGER)


class Outcome(StrEnum):
    """What somebody gets who asks for an address."""

    ALLOWED = "allowed"
    NOT_FOUND = "not found"
    SIGN_IN = "sign-in asked"
    FORBIDDEN = "forbidden"
    NOT_TAKEN = "method not taken"


def _any(*roles: Role) -> tuple[Member, ...]:
    return tuple(each for each in MEMBERS if each.role in roles)


@dataclass(frozen=True)
class Admitted:
    """Who is let through.

    `in_person`: a deputy is not. `needs_sign_in`: whoever is signed out is asked to sign in. `otherwise`: what anybody
    else gets.
    """

    words: str
    parties: frozenset[Party]
    in_person: bool = False
    needs_sign_in: bool = True
    otherwise: Outcome = Outcome.NOT_FOUND


def _admits(words: str, *parties: Party | Iterable[Party], in_person: bool = False) -> Admitted:
    found: set[Party] = set()
    for each in parties:
        found |= {each} if isinstance(each, Member | Apart) else set(each)
    return Admitted(words, frozenset(found), in_person)


class Rule(Enum):
    """Every rule. The words complete "for …"."""

    ANYBODY = Admitted("anybody", frozenset([*MEMBERS, *Apart]), needs_sign_in=False)
    LINK = Admitted("the holder of a link", frozenset([Apart.LINK_HOLDER]), needs_sign_in=False)
    MAIL_SERVER = Admitted(
        "a mail server with its token", frozenset(), needs_sign_in=False, otherwise=Outcome.FORBIDDEN
    )
    SIGNED_IN = _admits("everybody who is signed in", MEMBERS, WITH_SESSION)
    ADMINISTRATORS = _admits("system administrators", ADMINISTRATOR)
    DIRECTORY = _admits("directory and system administrators", MAINTAINERS)
    SITE = Admitted(
        "system administrators with access to the raw tables",
        frozenset([ADMINISTRATOR]),
        otherwise=Outcome.FORBIDDEN,
    )

    # of any unit
    SENDS = _admits("senders of any unit", _any(Role.SENDER))
    RECEIVES = _admits("recipients of any unit", _any(Role.RECIPIENT))
    MANAGES = _admits("managers of any unit", _any(Role.MANAGER))
    SENDS_OR_MANAGES = _admits("senders and managers of any unit", _any(Role.SENDER, Role.MANAGER))
    SENDS_OR_ADMINISTERS = _admits(
        "senders of any unit, and system administrators", _any(Role.SENDER), ADMINISTRATOR
    )
    IN_A_UNIT = _admits(
        "members of any unit in person, and system administrators", MEMBERS, ADMINISTRATOR, in_person=True
    )

    # of the issuing unit
    SENDS_LETTER = _admits("senders of the issuing unit", SENDER)
    FOLLOWS_LETTER = _admits(
        "senders and managers of the issuing unit, and managers above it", SENDER, MANAGER, MANAGER_ABOVE
    )
    MANAGES_ISSUER = _admits("managers of the issuing unit", MANAGER)
    SENDS_OR_MANAGES_ISSUER = _admits("senders and managers of the issuing unit", SENDER, MANAGER)
    MEMBER_OF_ISSUER = _admits(
        "members of the issuing unit", [each for each in MEMBERS if each.place == Place.ISSUER]
    )
    SENDS_LETTER_OR_ADMINISTERS = _admits(
        "senders of the issuing unit, and system administrators", SENDER, ADMINISTRATOR
    )
    USES_PLAN = _admits(
        "senders of the plan's unit and of those below it", SENDER, Member(Place.BELOW_ISSUER, Role.SENDER)
    )
    OWN_OF_SENDER = _admits("the sender whose own it is", SENDER, in_person=True)
    OWN_WORDING = _admits(
        "the sender who added it, and system administrators", SENDER, ADMINISTRATOR, in_person=True
    )
    APPOINTS_DEPUTY = _admits(
        "the absent person, managers of the unit and above it in person, and system administrators",
        SENDER,
        MANAGER,
        MANAGER_ABOVE,
        ADMINISTRATOR,
        in_person=True,
    )

    # of the recipient unit
    RECEIVES_LETTER = _admits("recipients of the recipient unit", RECEIVER)
    OWN_OF_RECIPIENT = _admits("the recipient whose own it is", RECEIVER, in_person=True)
    FOLLOWS_UNIT = _admits(
        "recipients and managers of the recipient unit, and managers above it",
        RECEIVER,
        MANAGER_OF_RECIPIENT,
        MANAGER_ABOVE_RECIPIENT,
    )
    EDITS_UNIT = _admits(
        "managers of the recipient unit and above it, and system administrators",
        MANAGER_OF_RECIPIENT,
        MANAGER_ABOVE_RECIPIENT,
        ADMINISTRATOR,
    )
    HELPS_PERSON = _admits(
        "the recipient in person, managers of the recipient unit and above it, directory and system administrators",
        RECEIVER,
        MANAGER_OF_RECIPIENT,
        MANAGER_ABOVE_RECIPIENT,
        MAINTAINERS,
        in_person=True,
    )

    # of both
    SEES_BRANCH = _admits(
        "those who follow the letter or the recipient unit",
        SENDER,
        MANAGER,
        MANAGER_ABOVE,
        RECEIVER,
        MANAGER_OF_RECIPIENT,
        MANAGER_ABOVE_RECIPIENT,
    )
    SEES_ANSWER = _admits(
        "those who follow the letter, and recipients of the recipient unit",
        SENDER,
        MANAGER,
        MANAGER_ABOVE,
        RECEIVER,
    )
    KEEPS_LINKS = _admits(
        "senders of the issuing unit, and recipients of the recipient unit", SENDER, RECEIVER
    )

    def outcome(self, party: Party) -> Outcome:
        """What the party gets at an address with this rule."""
        admitted: Admitted = self.value
        if isinstance(party, DeputyOf):
            return self._of_deputy(party)
        if party in admitted.parties:
            return Outcome.ALLOWED
        if party in SIGNED_OUT and admitted.needs_sign_in:
            return Outcome.SIGN_IN
        return admitted.otherwise

    def _of_deputy(self, party: DeputyOf) -> Outcome:
        """That of the absent person, or, if the rule wants them in person, that of a person without a unit."""
        return self.outcome(Apart.WITHOUT_UNIT if self.value.in_person else party.absent)
