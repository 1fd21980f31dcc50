"""What a form is about, in words, for the person who sent it: the letter, the unit, the thing and the choice made.

Each function takes the person, the values in the address and the posted values, and returns one text per thing. What
the person may not see (any more) is not named.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.access import deputyships_of
from agencies.models import (
    Agency,
    AgencyWording,
    ContactCorrection,
    DeclaredLeave,
    GroupWording,
    ProposedAddress,
    Role,
    User,
)
from agencies.models.contact_details.channel import channel_label
from agencies.models.maintenance import DirectoryImport
from circulars.models import Circular, LetterReading
from circulars.models.plan import DistributionPlan
from distribution.models import Delivery, Disposition, SavedFilter, Settlement
from distribution.visibility import (
    decidable_by,
    evidence_of,
    followed_by,
    returned_mails_of,
    saved_views_of,
    take_backs_decidable_by,
    units_of,
    visible_to,
)

MOST_NAMED = 20
LONGEST_ID = 18
Values = Mapping[str, Any]
Posted = Mapping[str, list[str]]


Subject = Callable[[User, Values, Posted], list[str]]
"""Names what the form of an address is about."""


def nothing(user: User, values: Values, posted: Posted) -> list[str]:
    """For forms that are about nothing but what was typed."""
    return []


def letter(user: User, values: Values, posted: Posted) -> list[str]:
    """The letter of a sender or manager."""
    found = Circular.objects.visible_to(user).filter(public_id=values["letter"]).first()
    return [letter_words(found)] if found else []


def letter_reading(user: User, values: Values, posted: Posted) -> list[str]:
    """The name of the file that is read for the person."""
    found = LetterReading.objects.filter(asked_by=user, public_id=values["reading"])
    return list(found.values_list("name", flat=True))


def line(user: User, values: Values, posted: Posted) -> list[str]:
    """The letter and its printed line."""
    found = Circular.objects.visible_to(user).filter(public_id=values["letter"]).first()
    if found is None:
        return []
    texts = found.lines.filter(pk=values["pk"]).values_list("text", flat=True)
    return [" · ".join([letter_words(found), *texts])]


def letter_and_unit(user: User, values: Values, posted: Posted) -> list[str]:
    """The letter, and the unit that was chosen for it."""
    return [" · ".join([*letter(user, values, posted), *_units(posted.get("unit", []))])]


def delivery(user: User, values: Values, posted: Posted) -> list[str]:
    """The letter and the unit of one delivery, as its recipient, its sender or its manager sees it."""
    wanted = values["delivery"]
    for visible in (visible_to(user), followed_by(user)):
        if found := _with_names(visible).filter(public_id=wanted).first():
            return [delivery_words(found)]
    return []


def deliveries(user: User, values: Values, posted: Posted) -> list[str]:
    """The letters that were ticked in an inbox."""
    ticked = [UUID(each) for each in posted.get("delivery", []) if _is_uuid(each)]
    found = _with_names(visible_to(user)).filter(public_id__in=ticked).order_by("pk")
    return _first_named(
        found, lambda rest: ngettext("and %(count)s more letter", "and %(count)s more letters", rest)
    )


def followed(user: User, values: Values, posted: Posted) -> list[str]:
    """The letters and recipients that were ticked in a list of what is outstanding."""
    ticked = [UUID(each) for each in posted.get("delivery", []) if _is_uuid(each)]
    found = _with_names(followed_by(user)).filter(public_id__in=ticked).order_by("pk")
    return _first_named(found, lambda rest: ngettext("and %(count)s more", "and %(count)s more", rest))


def answer(user: User, values: Values, posted: Posted) -> list[str]:
    """The delivery and what it is answered with."""
    return _with_choice(delivery(user, values, posted), posted, "disposition", Disposition)


def decision(user: User, values: Values, posted: Posted) -> list[str]:
    """The letter, the unit that asked for more time, and the decision."""
    found = decidable_by(user).filter(public_id=values["extension"])
    named = found.select_related("delivery__circular", "delivery__agency", "delivery__successor").first()
    if named is None:
        return []
    refuses = posted.get("decision") == ["refuse"]
    return [f"{delivery_words(named.delivery)} · {_('Refuse') if refuses else _('Give more time')}"]


def take_back_request(user: User, values: Values, posted: Posted) -> list[str]:
    """The letter, the unit that asked to take its act back, and the act."""
    found = take_backs_decidable_by(user).filter(public_id=values["asked"])
    named = found.select_related("delivery__circular", "delivery__agency", "delivery__successor").first()
    return [f"{delivery_words(named.delivery)} · {named.get_act_display()}"] if named is not None else []


def returned_mail(user: User, values: Values, posted: Posted) -> list[str]:
    """The subject of a returned mail and what it was said to mean."""
    found = returned_mails_of(user).filter(pk=values["pk"]).first()
    return _with_choice([str(found)] if found else [], posted, "settled_as", Settlement)


def kep_evidence(user: User, values: Values, posted: Posted) -> list[str]:
    """A piece of KEP evidence."""
    return _named(evidence_of(user).defer("content").filter(pk=values["pk"]))


def unit(user: User, values: Values, posted: Posted) -> list[str]:
    """The unit of a directory page, and its successor if one was chosen."""
    return [" → ".join([*_units([str(values["pk"])]), *_units(posted.get("successor", []))])]


def correction(user: User, values: Values, posted: Posted) -> list[str]:
    """The unit and the detail that its own people corrected, for directory administrators."""
    found = ContactCorrection.objects.filter(pk=values["pk"]).select_related("agency").first()
    if found is None or not user.may_maintain_directory:
        return []
    return [f"{found.agency} · {found.get_field_display()}: {found.before or '–'} → {found.after or '–'}"]


def proposed_address(user: User, values: Values, posted: Posted) -> list[str]:
    """An address that a sender has set, and its unit; directory administrators only."""
    found = ProposedAddress.objects.select_related("agency").filter(pk=values["pk"]).first()
    return [f"{found.agency} · {found}"] if found is not None and user.may_maintain_directory else []


def inbox(user: User, values: Values, posted: Posted) -> list[str]:
    """The unit of an inbox."""
    return _units([str(values["agency"])])


def chosen_unit(user: User, values: Values, posted: Posted) -> list[str]:
    """The unit that was chosen to act for."""
    return _units(posted.get("agency", []))


def saved_filter(user: User, values: Values, posted: Posted) -> list[str]:
    return _named(SavedFilter.objects.filter(pk=values["pk"], person=user))


def saved_view(user: User, values: Values, posted: Posted) -> list[str]:
    """A saved view of a unit that the person manages."""
    managed = Agency.objects.filter(pk__in=units_of(user, Role.MANAGER))
    return _named(saved_views_of(user, list(managed)).filter(pk=values["pk"]))


def plan(user: User, values: Values, posted: Posted) -> list[str]:
    return _named(DistributionPlan.objects.visible_to(user).filter(pk=values["pk"]))


def leave(user: User, values: Values, posted: Posted) -> list[str]:
    """A declared leave; administrators only."""
    return _named(DeclaredLeave.objects.filter(pk=values["pk"])) if user.is_superuser else []


def deputyship(user: User, values: Values, posted: Posted) -> list[str]:
    found = deputyships_of(user, timezone.localdate()).select_related("absent", "deputy", "agency")
    return _named(found.filter(pk=values["pk"]))


def directory_import(user: User, values: Values, posted: Posted) -> list[str]:
    """An import's file name; directory administrators only."""
    return _named(DirectoryImport.objects.filter(pk=values["pk"])) if user.may_maintain_directory else []


def group_wording(user: User, values: Values, posted: Posted) -> list[str]:
    return [each.text for each in GroupWording.objects.removable_by(user).filter(pk=values["pk"])]


def agency_wording(user: User, values: Values, posted: Posted) -> list[str]:
    return [each.text for each in AgencyWording.objects.removable_by(user).filter(pk=values["pk"])]


def channel(user: User, values: Values, posted: Posted) -> list[str]:
    return [channel_label(values["channel"])]


def letter_words(circular: Circular) -> str:
    """The letter's number and subject; what it has of them."""
    if circular.number and circular.subject:
        return _("letter %(number)s (%(subject)s)") % {
            "number": circular.number,
            "subject": circular.subject,
        }
    return str(circular)


def delivery_words(found: Delivery) -> str:
    """The letter and the unit that answers for it."""
    return f"{letter_words(found.circular)} · {found.answering_unit}"


def _first_named(found: "QuerySet[Delivery]", more: Callable[[int], str]) -> list[str]:
    """The first ones in words, and how many more there are."""
    named = [delivery_words(each) for each in found[:MOST_NAMED]]
    rest = found.count() - MOST_NAMED if len(named) == MOST_NAMED else 0
    return [*named, more(rest) % {"count": rest}] if rest > 0 else named


def _with_names(found: "QuerySet[Delivery]") -> "QuerySet[Delivery]":
    return found.select_related("circular", "agency", "successor")


def _with_choice(named: list[str], posted: Posted, field: str, choices: Any) -> list[str]:
    chosen = (posted.get(field) or [""])[-1]
    return [f"{each} · {choices(chosen).label}" if chosen in choices.values else each for each in named]


def _units(ids: Iterable[str]) -> list[str]:
    """Names of units; everybody who is signed in may read the directory."""
    known = [each for each in ids if each.isascii() and each.isdecimal() and len(each) <= LONGEST_ID]
    return [each.name for each in Agency.objects.filter(pk__in=known)[:MOST_NAMED]]


def _named(found: "QuerySet[Any]") -> list[str]:
    return [str(each) for each in found[:1]]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
