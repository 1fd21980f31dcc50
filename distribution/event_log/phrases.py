"""Parts of the wording of an event. Each is empty where there is nothing to say, and brings its own separator."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from distribution.models.json_record import JsonRecord

VIA_LINK = "link"
"""How a person without an account acted: `via` of an event's data."""


@dataclass(frozen=True)
class Actor(JsonRecord):
    """Who acted, for which absent person as a deputy, for which unit, and in the place of which closed unit."""

    name: str
    job_title: str | None = None
    agency: str | None = None
    as_deputy_of: str | None = None
    in_place_of: str | None = None


def named(actor: Actor | None) -> str:
    """The person, with the absent one whom a deputy stands in for."""
    return after_colon(actor.name) + as_deputy(actor.as_deputy_of) if actor is not None else ""


def as_deputy(absent: str | None) -> str:
    return in_brackets(_("as deputy of %(person)s") % {"person": absent}) if absent else ""


def by_link(via: str | None) -> str:
    return in_brackets(_("by link, without signing in")) if via == VIA_LINK else ""


def in_place(actor: Actor | None) -> str:
    """The closed unit for which its successor acted."""
    unit = actor.in_place_of if actor is not None else None
    return " " + _("(in place of %(unit)s)") % {"unit": unit} if unit else ""


def from_to(before: str, after: str) -> str:
    return after_colon(f"{before} → {after}") if after else ""


def due_by(moment: str | None) -> str:
    """`moment` is stored in words already."""
    return after_dot(f"{_('Due')}: {moment}") if moment else ""


def quoted(words: str | None) -> str:
    return after_dot(f"“{words}”") if words else ""


def after_colon(words: str | None) -> str:
    return f": {words}" if words else ""


def after_dot(words: str | None) -> str:
    return f" · {words}" if words else ""


def in_brackets(words: str | None) -> str:
    return f" ({words})" if words else ""
