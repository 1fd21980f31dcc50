"""Change the contact details of a unit."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from agencies.forms.contact import ContactForm
from agencies.models import Agency
from agencies.services.changed_meanwhile import ChangedMeanwhile
from agencies.services.contact_details.contact import change_contact
from agencies.views.acting import ActingRequest


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: ActingRequest, pk: int) -> HttpResponse:
    """Edit a unit's contact details. For its managers, including those of units above it."""
    agency = get_object_or_404(Agency.objects.managed_by(request.user), pk=pk)
    form = ContactForm(request.POST or None, instance=agency)
    if request.method == "POST" and form.is_valid():
        try:
            change_contact(
                agency=agency,
                details=form.details(),
                by=request.user,
                at=timezone.now(),
                works_again=form.cleaned_data.get("works_again", False),
                version_read=form.cleaned_data["version_read"],
            )
        except ChangedMeanwhile as conflict:
            stored = Agency.objects.get(pk=agency.pk)
            form.report_conflict(conflict, stored=ContactForm(instance=stored))
        else:
            for doubt in form.doubts:
                messages.warning(request, doubt)
            messages.success(request, _("The contact details of %(unit)s are saved.") % {"unit": agency.name})
            return redirect("agency", pk=agency.pk)
    return render(request, "agencies/contact.html", {"section": "directory", "agency": agency, "form": form})
