"""Internal notes: write one, strike one out. Nobody is notified and no event is written."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.access import deputy_of
from agencies.models import Agency, Role, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular
from distribution.models import Delivery, InternalNote
from distribution.visibility import answerable_by, notes_visible_to

SENT_TWICE = timedelta(minutes=1)
"""The same text by the same person on the same thing within this time is one note."""


@transaction.atomic
def write_note_on_letter(
    *, letter: UUID, text: str, by: User, at: datetime, delivery: UUID | None = None
) -> InternalNote:
    """Write a note of the sender's unit on its letter, or on one recipient of it.

    Raises Circular.DoesNotExist and Delivery.DoesNotExist if the user doesn't send the letter or it has no such
    delivery, and ActionRefused for an empty text.
    """
    mine = Circular.objects.changeable_by(by)
    circular = (
        mine.select_for_update(no_key=True, of=("self",)).select_related("issuer").get(public_id=letter)
    )
    about = circular.deliveries.get(public_id=delivery) if delivery is not None else None
    return _write(circular, about, circular.issuer, Role.SENDER, text, by, at)


@transaction.atomic
def write_note_on_own_copy(*, delivery: UUID, text: str, by: User, at: datetime) -> InternalNote:
    """Write a note of a recipient's unit on its own copy.

    Raises Delivery.DoesNotExist if the user may not act for the unit, and ActionRefused for an empty text.
    """
    mine = answerable_by(by).select_for_update(no_key=True, of=("self",))
    about = mine.select_related("circular", "agency", "successor").get(public_id=delivery)
    return _write(about.circular, about, about.answering_unit, Role.RECIPIENT, text, by, at)


@transaction.atomic
def strike_note(*, note: int, by: User, at: datetime) -> InternalNote:
    """Strike out an own note. It stays readable; striking it out again changes nothing.

    Raises InternalNote.DoesNotExist if the user isn't its author, or acts for its unit no longer.
    """
    found = notes_visible_to(by).filter(written_by=by).select_for_update(of=("self",)).get(pk=note)
    if found.struck_at is None:
        found.struck_at = at
        found.save(update_fields=["struck_at"])
    return found


def _write(
    circular: Circular, about: Delivery | None, unit: Agency, role: Role, text: str, by: User, at: datetime
) -> InternalNote:
    """The caller holds a lock that keeps a second click waiting."""
    text = text.strip()
    if not text:
        raise ActionRefused("text", _("Write the note first."))
    same = InternalNote.objects.standing().filter(
        circular=circular,
        delivery=about,
        written_by=by,
        by_sender=role == Role.SENDER,
        text=text,
        written_at__gt=at - SENT_TWICE,
    )
    if (before := same.last()) is not None:
        return before
    return InternalNote.objects.create(
        circular=circular,
        delivery=about,
        unit=unit,
        by_sender=role == Role.SENDER,
        text=text,
        written_at=at,
        written_by=by,
        written_for=deputy_of(by, unit, role, timezone.localdate(at)),
    )
