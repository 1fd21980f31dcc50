"""Add the agency named in a printed line to the directory."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from agencies.forms.add_agency import AgencyForm
from agencies.services.add_agency import add_agency
from agencies.turkish import nominative_candidates
from agencies.views.acting import ActingRequest
from circulars.views.settle_line import open_line, redirect_to_changed_list, settled


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ActingRequest, letter: UUID, pk: int) -> HttpResponse:
    """Add the agency to the directory, and settle the line with it."""
    found = open_line(request, letter, pk)
    if isinstance(found, HttpResponse):
        return found
    circular, line = found
    name = next(iter(nominative_candidates(line.name)), line.name)
    form = AgencyForm(request.POST or None, initial={"name": name})
    if request.method == "POST" and form.is_valid():
        if not circular.lines.filter(pk=line.pk).exists():
            return redirect_to_changed_list(request, letter)
        agency = add_agency(**form.cleaned_data, by=request.user, at=timezone.now())
        return settled(request, line, agency, remember=True)
    context = {"section": "letters", "circular": circular, "line": line, "form": form}
    return render(request, "circulars/add_agency.html", context)
