"""Addresses that nothing reaches: the list, and using one or all of them again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency, User
from agencies.models.contact_details.channel import TELEPHONE
from agencies.services.changed_meanwhile import ChangedMeanwhile
from agencies.services.contact_details.undeliverable import (
    forget_all_undeliverable,
    people_with_undeliverable_address,
    undeliverable_version,
    use_address_again,
    use_person_address_again,
)
from agencies.views.acting import ActingRequest
from agencies.views.directory import page_of
from agencies.views.guards import for_directory_administrators

MOST_PEOPLE = 200
MOST_NUMBERS = 200


@for_directory_administrators
@require_safe
def undeliverable(request: ActingRequest) -> HttpResponse:
    """Units with an address that mail came back from, and those with a wrong telephone number.

    Whoever maintains the directory looks for another one.
    """
    found = Agency.objects.with_undeliverable_address().select_related("province", "parent")
    people = people_with_undeliverable_address()[:MOST_PEOPLE]
    context = {"section": "directory", "page": page_of(request, found), "people": people}
    context["wrong_numbers"] = Agency.objects.with_wrong_number()[:MOST_NUMBERS]
    return render(request, "agencies/undeliverable.html", context)


@for_directory_administrators
@require_POST
def use_again(request: ActingRequest, pk: int) -> HttpResponse:
    """Use one address of a unit again."""
    unit = get_object_or_404(Agency, pk=pk)
    channel, address = request.POST.get("channel", ""), request.POST.get("address", "")
    if use_address_again(unit=unit, channel=channel, address=address):
        words = _("The address %(address)s is used again.")
        if channel == TELEPHONE:
            words = _("The telephone number %(address)s is no longer marked as wrong.")
        messages.success(request, words % {"address": address})
    else:
        words = _("Nothing was changed: %(address)s was used again or replaced meanwhile.")
        messages.info(request, words % {"address": address})
    return redirect("undeliverable_addresses")


@require_POST
def use_person_again(request: ActingRequest, pk: int) -> HttpResponse:
    """Send a person mail again.

    For the person, a manager of one of the person's units, and whoever maintains the directory.
    """
    person = get_object_or_404(User, pk=pk)
    units = [each.agency for each in person.memberships.active(timezone.localdate()).select_related("agency")]
    is_own = person == request.user
    if not (is_own or request.user.may_maintain_directory or any(map(request.acting.may_edit, units))):
        raise Http404
    if use_person_address_again(person=person):
        messages.success(request, _("The address %(address)s is used again.") % {"address": person.email})
    else:
        words = _("Nothing was changed: %(address)s was used again or replaced meanwhile.")
        messages.info(request, words % {"address": person.email})
    shown_at = request.POST.get("unit", "")
    if shown_at in {str(unit.pk) for unit in units}:
        return redirect("agency", shown_at)
    return redirect("home" if is_own else "undeliverable_addresses")


@for_directory_administrators
@require_http_methods(["GET", "HEAD", "POST"])
def use_all_again(request: ActingRequest) -> HttpResponse:
    """Use all of them again, after a confirmation that names the units.

    A fault on the way there may make many addresses look as if nobody were reached.
    """
    if request.method == "POST":
        try:
            count = forget_all_undeliverable(version_read=request.POST.get("version_read", ""))
        except ChangedMeanwhile:
            messages.warning(request, _("The list has changed meanwhile. Look through it again."))
            return redirect("use_addresses_again")
        words = ngettext(
            "The address of %(count)d unit is used again.",
            "The addresses of %(count)d units are used again.",
            count,
        )
        messages.success(request, words % {"count": count})
        return redirect("undeliverable_addresses")
    units = list(Agency.objects.with_undeliverable_address())
    if not units:
        return redirect("undeliverable_addresses")
    context = {"section": "directory", "units": units, "version": undeliverable_version(units)}
    return render(request, "agencies/use_addresses_again.html", context)
