"""Letters that the user may change, and their changes. Others get 404."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.models import Circular, CircularQuerySet
from distribution.models import CircularChange
from distribution.queries.sending.board import added_to
from distribution.queries.sending.readership import seen_figures
from distribution.views.lists.way_back import redirect_with_way_back


def own_sent_letter(request: ActingRequest, letter: UUID) -> Circular:
    """A sent letter of a unit that the user sends for. Raises Http404."""
    found = Circular.objects.changeable_by(request.user).select_related(
        "issuer", "superseded_by", "withdrawn_by"
    )
    return get_object_or_404(found, public_id=letter)


def own_unwithdrawn_letter(request: ActingRequest, letter: UUID) -> Circular:
    """The same, but 404 for a withdrawn letter."""
    found = own_sent_letter(request, letter)
    if found.is_withdrawn:
        raise Http404
    return found


def with_changes_marked(circulars: CircularQuerySet) -> CircularQuerySet:
    """Annotate `has_changes`, which spares most letters' pages a query."""
    return circulars.annotate(has_changes=Exists(CircularChange.objects.filter(circular=OuterRef("pk"))))


def acts_context(circular: Circular) -> dict[str, Any]:
    """Context about changes after the dispatch: their list, added recipients, readers, and the replacing letter."""
    has_changes = getattr(circular, "has_changes", True)
    following = circular.superseded_by
    return {
        "changes": circular.changes.select_related("by") if has_changes else [],
        "added": added_to(circular) if has_changes or circular.is_correction else [],
        "seen": seen_figures(circular) if circular.is_withdrawn else None,
        "replaced_url": reverse("letter", args=[following.public_id]) if following else "",
    }


def tell_refused(form: forms.Form, refused: ActionRefused) -> str:
    """Add the refusal to its field's errors; the message is returned if the form has no such field."""
    if refused.field in form.fields:
        form.add_error(refused.field, str(refused))
        return ""
    return str(refused)


def withdrawn_meanwhile(request: ActingRequest, letter: UUID) -> HttpResponse:
    """Redirect to the letter, which was withdrawn meanwhile."""
    messages.error(request, _("The letter was taken back meanwhile. Nothing was changed."))
    return redirect_with_way_back(request, "letter", letter)
