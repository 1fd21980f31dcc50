"""What a delivery still asks for, as conditions on its columns."""

from django.db.models import Q

from circulars.models import Purpose

LIVE = Q(returned_at__isnull=True, withdrawn_at__isnull=True, superseded_at__isnull=True)
OUTSTANDING = Q(
    acknowledged_at__isnull=True,
    returned_at__isnull=True,
    withdrawn_at__isnull=True,
    superseded_at__isnull=True,
)
UNANSWERED = LIVE & Q(
    acknowledged_at__isnull=False,
    completed_at__isnull=True,
    revised_at__isnull=True,
    purpose=Purpose.ACTION,
)
OWING = OUTSTANDING | UNANSWERED

LONG_TEXTS = (
    "circular__body",
    "circular__source_text",
    "circular__superseded_by__body",
    "circular__superseded_by__source_text",
)
