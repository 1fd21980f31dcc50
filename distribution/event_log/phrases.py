"""Parts of the wording of events. Each is an empty string if there is nothing to say, and includes its separator."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from distribution.models.json_record import JsonRecord

VIA_LINK = "link"
"""Values of `via`: how a person without an account acted."""


@dataclass(frozen=True)
class Actor(JsonRecord):
    """The acting user, the absent person they replace as deputy, the unit, and the closed unit that it succeeds."""

    name: str
    job_title: str | None = None
    agency: str | None = None
    as_deputy_of: str | None = None
    in_place_of: str | None = None


def named(actor: Actor | None) -> str:
    """The user's name, with the absent person's if acting as deputy."""
    return after_colon(actor.name) + as_deputy(actor.as_deputy_of) if actor is not None else ""


def as_deputy(absent: str | None) -> str:
    return in_brackets(_("as deputy of %(person)s") % {"person": absent}) if absent else ""


def by_link(via: str | None) -> str:
    return in_brackets(_("by link, without signing in")) if via == VIA_LINK else ""


def in_place(actor: Actor | None) -> str:
    """The closed unit on whose behalf its successor acted."""
    unit = actor.in_place_of if actor is not None else None
    return " " + _("(in place of %(unit)s)") % {"unit": unit} if unit else ""


def instead_of_returned(copy: str | None) -> str:
    """That the unit got the letter instead of another one, whose copy was returned."""
    return in_brackets(_("instead of a returned copy")) if copy else ""


def from_to(before: str, after: str) -> str:
    return after_colon(f"{before} → {after}") if after else ""


def due_by(moment: str | None) -> str:
    """`moment` is stored as formatted text."""
    return after_dot(f"{_('Due')}: {moment}") if moment else ""


def quoted(words: str | None) -> str:
    return after_dot(f"“{words}”") if words else ""


def after_colon(words: str | None) -> str:
    return f": {words}" if words else ""


def after_dot(words: str | None) -> str:
    return f" · {words}" if words else ""


def in_brackets(words: str | None) -> str:
    return f" ({words})" if words else ""
