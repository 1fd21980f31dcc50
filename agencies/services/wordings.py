"""Add and remove wordings that letters use for an agency or a group."""

from datetime import datetime

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.matching.class_lines import Classes, ClassLine, excludes_members, printed_count
from agencies.matching.lines import Unresolved, match_lines
from agencies.models import Agency, AgencyGroup, AgencyWording, GroupWording, User
from agencies.models.turns import take_turn
from agencies.turkish import match_key


class NotRemembered(models.TextChoices):
    """Reasons why a wording isn't remembered."""

    KNOWN = "known", _("The directory already gives this line a meaning by itself.")
    AMBIGUOUS = "ambiguous", _("Several units may be meant by this line, so every letter asks anew.")
    EXCEPTION = "exception", _("A line that excepts some units may mean others next time.")
    TAKEN = "taken", _("It is already a wording of something else. Take it back there first.")
    LONG = "long", _("The line is too long to be a wording.")


@transaction.atomic
def remember_wording(
    *, text: str, by: User, at: datetime, agency: Agency | None = None, group: AgencyGroup | None = None
) -> NotRemembered | None:
    """Resolve the text to the agency or the group in later letters; returns the reason if that is refused.

    A wording never overrides a name or a rule of the directory.
    """
    key = match_key(text)
    if not key or len(text) > 250:
        return NotRemembered.LONG
    take_turn("wordings")
    taken = _owner_of(key)
    if taken is not None:
        return None if taken == (agency or group) else NotRemembered.TAKEN
    if excludes_members(text):
        return NotRemembered.EXCEPTION
    [known] = match_lines([text], issuer=None, on=timezone.localdate(at), suggesting=False)
    if known.is_resolved:
        return None if (known.agency, known.group) == (agency, group) else NotRemembered.KNOWN
    counted = known.unresolved_reason == Unresolved.COUNT or (
        agency is not None and printed_count(text) is not None
    )
    if (
        counted
        or known.unresolved_reason in (Unresolved.SEVERAL, Unresolved.CENTRAL_UNIT)
        or (agency and _is_name_of_class(text))
    ):
        return NotRemembered.AMBIGUOUS
    if group is not None:
        GroupWording.objects.create(group=group, text=text, added_by=by, added_at=at)
    elif agency is not None:
        AgencyWording.objects.create(agency=agency, text=text, added_by=by, added_at=at)
    return None


@transaction.atomic
def forget_wording(*, wording: AgencyWording | GroupWording) -> None:
    """Delete a wording: later drafts are no longer resolved by it."""
    wording.delete()


def _owner_of(key: str) -> Agency | AgencyGroup | None:
    group = AgencyGroup.objects.filter(wordings__match_key=key).first()
    return group or Agency.objects.filter(wordings__match_key=key).first()


def _is_name_of_class(text: str) -> bool:
    """Whether many units have this name ("İl Sağlık Müdürlüğüne"), so that it can't identify one."""
    return bool(Classes().named_by(ClassLine(text, unit=None, number=None, says_all=True)))
