"""What the page of a letter need not look for, known from the query of the letter itself."""

from django.db.models import Exists, F, OuterRef, QuerySet

from agencies.models import ProposalState, ProposedAddress
from agencies.models.expressions import IsAnyOf
from circulars.models import Attachment, Circular, Reference
from distribution.models import Delivery, InternalNote, LateAlert, Notice


def with_parts_marked(circulars: QuerySet[Circular]) -> QuerySet[Circular]:
    """Annotate `has_PART` for each of the parts below, which spares the page a query or two for each missing one."""
    return circulars.annotate(
        has_references=Exists(Reference.objects.filter(circular=OuterRef("pk")).order_by()),
        has_attachments=Exists(Attachment.objects.filter(circular=OuterRef("pk")).order_by()),
        has_copies_below=Exists(Delivery.objects.filter(circular=OuterRef("pk"), parent__isnull=False)),
        has_alerts=Exists(LateAlert.objects.filter(circular=OuterRef("pk")).order_by()),
        has_notes=Exists(InternalNote.objects.filter(circular=OuterRef("pk")).order_by()),
        has_failed_notices=Exists(
            Notice.objects.given_up().filter(delivery__circular=OuterRef("pk")).order_by()
        ),
        has_refused_addresses=Exists(
            ProposedAddress.objects.filter(
                IsAnyOf(OuterRef("pk"), F("letters")),
                state__in=(ProposalState.REFUSED, ProposalState.CORRECTED),
            ).order_by()
        ),
    )


def lacks(circular: Circular, part: str) -> bool:
    """Whether the letter was marked as being without the part; False if it wasn't marked."""
    return not getattr(circular, f"has_{part}", True)
