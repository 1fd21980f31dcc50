"""Units that opened or confirmed a letter."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from agencies.views.acting import ActingRequest
from circulars.models import Circular, Status
from distribution.models import PreparedFileKind
from distribution.queries.sending.readership import seen_by
from distribution.tables.base import configure
from distribution.tables.files.list_files import export_or_none
from distribution.tables.readership import SeenTable


@require_safe
def readership(request: ActingRequest, letter: UUID) -> HttpResponseBase:
    """Units that opened or confirmed the letter, including those it was passed on to."""
    sent = Circular.objects.visible_to(request.user).filter(status=Status.DISPATCHED)
    circular = get_object_or_404(sent.select_related("superseded_by"), public_id=letter)
    if response := export_or_none(request, PreparedFileKind.READERSHIP, circular=circular):
        return response
    table = SeenTable(seen_by(circular))
    configure(request, table, per_page=100)
    context = {"section": "letters", "circular": circular, "table": table}
    return render(request, "distribution/readership.html", context)
