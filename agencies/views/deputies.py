"""Deputies: list, appoint in three steps, end early."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.access import deputyships_of, may_stand_in, units_managed_in_person
from agencies.forms.deputies import DeputyshipForm
from agencies.matching.people import find_memberships, find_people
from agencies.models import Agency, Membership, MembershipQuerySet, User
from agencies.services.deputies import end_deputyship, enter_deputyship
from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest

SHOWN = 100
FOUND = 20


@dataclass(frozen=True)
class Choice:
    """The absent person and the unit for which a deputy is appointed; `address` is the link that selects them."""

    absent: User
    unit: Agency
    address: str


@require_safe
def deputies(request: ActingRequest) -> HttpResponse:
    """Deputyships of the person as absentee and as deputy, and those of the units they manage."""
    user, today = request.user, timezone.localdate()
    rules = (
        deputyships_of(user, today)
        .select_related("absent", "deputy", "agency", "entered_by")
        .order_by("active_from", "pk")
    )
    standing = rules.standing(today)
    context = {
        "section": "deputies",
        "today": today,
        "mine": standing.filter(absent=user),
        "as_deputy": standing.filter(deputy=user),
        "others": standing.exclude(Q(absent=user) | Q(deputy=user))[:SHOWN],
        "past": rules.filter(Q(active_to__lte=today) | Q(ended_at__isnull=False))
        .select_related("ended_by")
        .order_by("-active_to", "-pk")[:FOUND],
        "may_enter": _is_member(user) or _manages(user),
    }
    return render(request, "agencies/deputies.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_deputy(request: ActingRequest) -> HttpResponse:
    """Choose the absent person, then the deputy, then the days. A POST enters the deputyship."""
    user = request.user
    given = request.POST if request.method == "POST" else request.GET
    own = [_choice(membership.user, membership.agency) for membership in _own(user)]
    manages = _manages(user)
    if not own and not manages:
        raise Http404
    chosen = _chosen(user, given.get("absent", ""), given.get("unit", ""))
    if chosen is None and len(own) == 1 and not manages:
        chosen = own[0]
    deputy = _person(given.get("deputy", "")) if chosen else None
    today = timezone.localdate()
    form = DeputyshipForm(
        request.POST if request.method == "POST" else None, initial={"first_day": today, "last_day": today}
    )
    if request.method == "POST" and (chosen is None or deputy is None):
        raise Http404
    if form.is_bound and chosen and deputy and form.is_valid():
        try:
            entered = enter_deputyship(
                agency=chosen.unit,
                absent=chosen.absent,
                deputy=deputy,
                by=user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except ActionRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(
                request,
                _("%(deputy)s stands in for %(absent)s in %(unit)s from %(first)s to %(last)s.")
                % {
                    "deputy": deputy,
                    "absent": chosen.absent,
                    "unit": chosen.unit,
                    "first": date_format(entered.active_from, "SHORT_DATE_FORMAT"),
                    "last": date_format(entered.last_day, "SHORT_DATE_FORMAT"),
                },
            )
            return redirect("deputies")
    who, query = request.GET.get("who", ""), request.GET.get("q", "")
    context = {
        "section": "deputies",
        "own": own,
        "manages": manages,
        "who": who,
        "found_absent": _absent_found(user, who) if manages and who else [],
        "chosen": chosen,
        "query": query,
        "found": _deputies_found(query, chosen.absent, chosen.unit, user) if chosen else [],
        "deputy": deputy,
        "form": form,
    }
    return render(request, "agencies/new_deputy.html", context)


@require_POST
def end_deputy(request: ActingRequest, pk: int) -> HttpResponse:
    """End a deputyship immediately."""
    rule = get_object_or_404(
        deputyships_of(request.user, timezone.localdate()).select_related("absent", "deputy"), pk=pk
    )
    end_deputyship(deputyship=rule, by=request.user, at=timezone.now())
    messages.success(
        request,
        _("%(deputy)s no longer stands in for %(absent)s.") % {"deputy": rule.deputy, "absent": rule.absent},
    )
    return redirect("deputies")


def _own(user: User) -> list[Membership]:
    """One membership for each unit in which the person has a role of their own."""
    memberships = (
        Membership.objects.active(timezone.localdate()).filter(user=user).select_related("agency", "user")
    )
    return list(memberships.order_by("agency_id", "pk").distinct("agency_id"))


def _is_member(user: User) -> bool:
    return Membership.objects.active(timezone.localdate()).filter(user=user).exists()


def _managed(user: User) -> MembershipQuerySet:
    today = timezone.localdate()
    return Membership.objects.active(today).filter(agency__in=units_managed_in_person(user, today))


def _manages(user: User) -> bool:
    return units_managed_in_person(user, timezone.localdate()).exists()


def _choice(absent: User, unit: Agency) -> Choice:
    query = urlencode({"absent": absent.pk, "unit": unit.pk})
    return Choice(absent, unit, f"{reverse('new_deputy')}?{query}")


def _chosen(user: User, absent: str, unit: str) -> Choice | None:
    """The chosen person and unit; None if not chosen yet. Raises Http404 if the user may not choose them."""
    if not absent and not unit:
        return None
    if not (absent.isdecimal() and unit.isdecimal() and len(absent + unit) < 20):
        raise Http404
    at_hand = Membership.objects.active(timezone.localdate()).filter(user=user) | _managed(user)
    found = at_hand.filter(user_id=int(absent), agency_id=int(unit)).select_related("user", "agency").first()
    if found is None:
        raise Http404
    return _choice(found.user, found.agency)


def _person(pk: str) -> User | None:
    if not pk:
        return None
    if not pk.isdecimal() or len(pk) > 18:
        raise Http404
    return get_object_or_404(User, pk=int(pk), is_active=True)


def _absent_found(user: User, who: str) -> list[Choice]:
    found = (
        find_memberships(who, _managed(user)).filter(user__is_active=True).select_related("user", "agency")
    )
    places = found.order_by("user_id", "agency_id", "pk").distinct("user_id", "agency_id")[:FOUND]
    return [_choice(membership.user, membership.agency) for membership in places]


def _deputies_found(query: str, absent: User, unit: Agency, by: User) -> list[User]:
    """Eligible deputies with their units, to tell people of the same name apart."""
    today = timezone.localdate()
    current = Membership.objects.active(today).select_related("agency")
    people = may_stand_in(find_people(query).exclude(pk=absent.pk), agency=unit, by=by, on=today)
    return list(
        people.prefetch_related(Prefetch("memberships", current, to_attr="current_memberships"))[:FOUND]
    )
