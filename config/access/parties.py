"""The parties of which each address is asked: where they stand to one letter, and in which role."""

from enum import StrEnum
from typing import NamedTuple

from agencies.models import Role


class Place(StrEnum):
    """A unit, as it stands to the issuer and one recipient of a letter."""

    ISSUER = "issuing unit"
    ABOVE_ISSUER = "unit above the issuing one"
    BELOW_ISSUER = "unit below the issuing one"
    RECIPIENT = "recipient unit"
    ABOVE_RECIPIENT = "unit above the recipient"
    BELOW_RECIPIENT = "unit below the recipient"
    PASSED_TO = "unit to which the recipient passed it on"
    OTHER = "other unit"


class Member(NamedTuple):
    """A person with one role in one unit."""

    place: Place
    role: Role

    def __str__(self) -> str:
        return f"{self.role} of the {self.place}"


class DeputyOf(NamedTuple):
    """A person without a unit of their own who stands in for that one today."""

    absent: Member

    def __str__(self) -> str:
        return f"deputy of the {self.absent}"


class Apart(StrEnum):
    """Parties that have no role in any unit."""

    WITHOUT_UNIT = "person without a unit"
    FORMER = "former member of all units"
    DIRECTORY_ADMINISTRATOR = "directory administrator"
    ADMINISTRATOR = "system administrator"
    LINK_HOLDER = "holder of a link"
    ANONYMOUS = "nobody signed in"


Party = Member | DeputyOf | Apart

SIGNED_OUT = (Apart.LINK_HOLDER, Apart.ANONYMOUS)
"""Parties without a session."""

MEMBERS = [Member(place, role) for place in Place for role in Role]

PARTIES: list[Party] = [
    *MEMBERS,
    DeputyOf(Member(Place.ISSUER, Role.SENDER)),
    DeputyOf(Member(Place.ISSUER, Role.MANAGER)),
    DeputyOf(Member(Place.RECIPIENT, Role.RECIPIENT)),
    *Apart,
]
