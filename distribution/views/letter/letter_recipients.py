"""The recipients of one letter, narrowed as the figures of its pages say."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.views.acting import ActingRequest
from distribution.models import PreparedFileKind
from distribution.queries.internal_notes import notes_of_letter
from distribution.queries.sending.owed import Owes
from distribution.tables.base import configure
from distribution.tables.files.exported_lists import filtered_rows
from distribution.tables.files.list_files import export_or_none
from distribution.tables.letter_recipients import LetterRecipientsTable, letter_recipients_filter
from distribution.tables.outstanding import OutstandingTable, TickableTable
from distribution.views.letter.head import head_context, sent_letter

OWED = (Owes.CONFIRMATION, Owes.ANSWER, Owes.EITHER)


@require_safe
def letter_recipients(request: ActingRequest, letter: UUID) -> HttpResponseBase:
    """Recipients with stage, due time and confirmation; those that owe something can be ticked."""
    circular = sent_letter(request, letter)
    if response := export_or_none(request, PreparedFileKind.RECIPIENTS, circular=circular):
        return response
    found = letter_recipients_filter(circular, request.GET, timezone.now())
    rows, may_tick = filtered_rows(found), request.GET.get("owes") in OWED
    table: OutstandingTable = LetterRecipientsTable(rows)
    if may_tick:
        table = TickableTable(rows, exclude=("letter",), notes=notes_of_letter(circular, request.user).latest)
    configure(request, table, per_page=50, narrowed_by=found.form.fields)
    context = {
        **head_context(request, circular),
        "may_send": circular.issuer in request.acting.sends_for,
        "filter": found,
        "table": table,
        "may_tick": may_tick,
    }
    return render(request, "distribution/letter_recipients.html", context)
