"""A person says what a printed distribution line stands for."""

import re
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.acting import ActingRequest
from agencies.matching import split_unit, suggest
from agencies.models import Agency, AgencyGroup, members_by_group
from agencies.turkish import search_key
from circulars.models import DistributionLine
from circulars.services import NotADraft, settle_line
from circulars.views.review import find_draft

MOST_FOUND = 30
CLASS_LINE = re.compile(r"^(\d+|tum|butun)\s|l[ae]r(i?n?[ae])?$")
"""What names several units: a number, "Tüm" or "Bütün" before them, or a plural ("Valiliklerine")."""
STEM = 5
"""Endings change with the case ("Valiliğine", "Valilikleri"): so many first letters must agree."""


@dataclass(frozen=True)
class Choice:
    """What may be chosen for the line: an agency, or a group with the number of its members."""

    agency: Agency | None = None
    group: AgencyGroup | None = None
    members: int = 0
    closed: bool = False

    @property
    def name(self) -> str:
        return str(self.agency or self.group)

    @property
    def value(self) -> str:
        return f"agency:{self.agency.pk}" if self.agency else f"group:{self.group.pk}" if self.group else ""


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: ActingRequest, letter: UUID, pk: int) -> HttpResponse:
    """Suggestions and a search for one printed line; choosing one settles it."""
    circular = find_draft(request, letter)
    if circular is None:
        return redirect("letter", letter)
    line = circular.lines.select_related("agency__successor", "group", "circular").filter(pk=pk).first()
    if line is None:
        messages.info(request, _("The distribution was saved anew meanwhile. Choose the line again."))
        return redirect("review", letter)
    error = ""
    if request.method == "POST":
        error = _settle(line, request.POST.get("choice", ""))
        if not error:
            messages.success(
                request,
                _("“%(line)s” now stands for %(choice)s.")
                % {"line": line.text, "choice": line.agency or line.group},
            )
            return redirect("review", letter)
    query = request.GET.get("q", "").strip()
    context = {
        "section": "letters",
        "circular": circular,
        "line": line,
        "query": query,
        "error": error,
        "choices": _found(query) if query else _suggested(line),
        "meaning": line.agency or line.group,
        "closed": line.agency is not None and not line.agency.is_active(),
    }
    return render(request, "circulars/settle_line.html", context)


def _settle(line: DistributionLine, choice: str) -> str:
    """Settle the line, or say why not."""
    kind, _colon, number = choice.partition(":")
    if not number.isdecimal() or len(number) > 18:
        return _("Choose one of the units or groups first.")
    agency = (
        Agency.objects.select_related("successor").filter(pk=number).first() if kind == "agency" else None
    )
    group = AgencyGroup.objects.filter(pk=number).first() if kind == "group" else None
    if agency is not None and not agency.is_active():
        return _("%(agency)s is closed and can't receive letters. Choose its successor or another unit.") % {
            "agency": agency
        }
    if agency is None and group is None:
        return _("This unit or group is no longer in the directory. Choose another one.")
    try:
        settle_line(line=line, agency=agency, group=group)
    except NotADraft as error:
        raise Http404 from error
    return ""


def _suggested(line: DistributionLine) -> list[Choice]:
    """The successor of a closed unit first, then what shares words with the line; groups only for a class."""
    on = timezone.localdate()
    names_a_class = CLASS_LINE.search(search_key(split_unit(line.text)[0])) is not None
    choices = [Choice(group=group) for group in _groups_like(line.text)[:3]] if names_a_class else []
    choices += [Choice(agency=agency) for agency in suggest(line.text, on=on)]
    successor = line.agency.successor if line.agency and not line.agency.is_active(on) else None
    if successor is not None:
        choices = [Choice(agency=successor), *(choice for choice in choices if choice.agency != successor)]
    return _counted(choices)


def _found(query: str) -> list[Choice]:
    """Groups, then agencies, whose name holds every word; closed ones are shown as such."""
    words = search_key(query).split()
    groups = [
        group for group in AgencyGroup.objects.all() if all(word in search_key(group.name) for word in words)
    ]
    agencies = Agency.objects.search(query).select_related("successor", "parent", "province")[:MOST_FOUND]
    choices = [Choice(group=group) for group in groups]
    return _counted(choices + [Choice(agency=agency, closed=not agency.is_active()) for agency in agencies])


def _groups_like(text: str) -> list[AgencyGroup]:
    """Groups half of whose words stand in the line, endings and numbers apart; the most alike first."""
    stems = _stems(text)
    scored = []
    for group in AgencyGroup.objects.all():
        own = _stems(group.name)
        shared = len(stems & own)
        if shared * 2 >= len(own) > 0:
            scored.append((-shared / len(stems | own), group.name, group))
    return [group for _score, _name, group in sorted(scored, key=lambda each: each[:2])]


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in search_key(text).split() if len(word) > 2 and not word.isdigit()}


def _counted(choices: list[Choice]) -> list[Choice]:
    """The same choices, groups with the number of their members, in two queries."""
    members = members_by_group([choice.group for choice in choices if choice.group], on=timezone.localdate())
    return [
        Choice(group=choice.group, members=len(members[choice.group.pk])) if choice.group else choice
        for choice in choices
    ]
