"""Addresses that nothing reaches: the list, and using one or all of them again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import Agency
from agencies.services.changed_meanwhile import ChangedMeanwhile
from agencies.services.undeliverable import (
    forget_all_undeliverable,
    undeliverable_version,
    use_address_again,
)
from agencies.views.acting import ActingRequest
from agencies.views.directory import page_of
from agencies.views.guards import for_directory_administrators


@for_directory_administrators
@require_safe
def undeliverable(request: ActingRequest) -> HttpResponse:
    """Units with an address that mail came back from: whoever maintains the directory looks for another one."""
    found = Agency.objects.with_undeliverable_address().select_related("province", "parent")
    context = {"section": "directory", "page": page_of(request, found)}
    return render(request, "agencies/undeliverable.html", context)


@for_directory_administrators
@require_POST
def use_again(request: ActingRequest, pk: int) -> HttpResponse:
    """Use one address of a unit again."""
    unit = get_object_or_404(Agency, pk=pk)
    channel, address = request.POST.get("channel", ""), request.POST.get("address", "")
    if use_address_again(unit=unit, channel=channel, address=address):
        messages.success(request, _("The address %(address)s is used again.") % {"address": address})
    else:
        words = _("Nothing was changed: %(address)s was used again or replaced meanwhile.")
        messages.info(request, words % {"address": address})
    return redirect("undeliverable_addresses")


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
