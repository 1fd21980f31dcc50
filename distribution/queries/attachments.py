"""The attachments that a recipient gets: all of the letter but those that its printed line withholds (Y 18)."""

from circulars.models import Attachment, DistributionLine
from circulars.models.parts import mark_withheld
from circulars.withheld import Withheld
from distribution.models import Delivery


def attachments_for(delivery: Delivery) -> list[Attachment]:
    """The letter's attachments in order, each with `is_withheld`. What is passed on withholds what the copy above does.

    At most three queries.
    """
    attachments = list(delivery.circular.attachments.all())
    withheld = _withheld_from(delivery) if attachments else None
    if withheld is not None:
        mark_withheld(attachments, withheld)
    return attachments


def enclosed(delivery: Delivery) -> list[Attachment]:
    """The attachments that the recipient gets, in order."""
    return [attachment for attachment in attachments_for(delivery) if not attachment.is_withheld]


def enclosed_attachment(delivery: Delivery, pk: int) -> Attachment | None:
    """One of the attachments that the recipient gets, or None."""
    return next((each for each in enclosed(delivery) if each.pk == pk), None)


def _withheld_from(delivery: Delivery) -> Withheld | None:
    """By the line of the delivery, or of the direct one above it."""
    if not delivery.path:
        return delivery.line.withheld if delivery.line is not None else None
    line = DistributionLine.objects.filter(deliveries=delivery.path[0]).first()
    return line.withheld if line is not None else None
