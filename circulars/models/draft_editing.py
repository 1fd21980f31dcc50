"""Who has a draft open, and what each of them typed into its form without saving it."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from agencies.models import User
from circulars.models.circular import Circular

OPEN_FOR = timedelta(minutes=3)
"""The page of a draft says every 40 seconds that it is open; without that for so long it counts as closed."""

KEPT_FOR = timedelta(days=30)
"""How long text that was neither saved nor discarded is kept."""


class DraftEditingQuerySet(models.QuerySet["DraftEditing"]):
    """Sets of open or unsaved editings."""

    def open(self, at: datetime) -> Self:
        """Those whose page is open."""
        return self.filter(seen_at__gt=at - OPEN_FOR)

    def unsaved(self) -> Self:
        """Those with text that is not saved."""
        return self.exclude(kept_at=None)

    def open_or_unsaved(self, at: datetime) -> Self:
        """Those whose page is open, or with text that is not saved: by person, the newest text first."""
        found = self.filter(Q(seen_at__gt=at - OPEN_FOR) | ~Q(kept_at=None)).select_related("person")
        return found.order_by("person", F("kept_at").desc(nulls_last=True), "opened_at")

    def of_others(self, circular: Circular, user: User, at: datetime) -> Self:
        """Other people who have the draft open or have unsaved text: of each the row with the newest text."""
        found = self.open_or_unsaved(at).filter(circular=circular)
        return found.exclude(person=user).distinct("person")

    def expired(self, at: datetime) -> Self:
        """Those that nobody needs: closed without unsaved text, of a letter that isn't a draft any more, or old."""
        closed = Q(seen_at__lte=at - OPEN_FOR)
        return self.filter(
            closed & (Q(kept_at=None) | Q(circular__dispatched_at__isnull=False))
            | Q(seen_at__lte=at - KEPT_FOR)
        )


class DraftEditing(models.Model):
    """One page with a draft's form, open in one browser. Several pages of one person have a row each."""

    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    """Chosen by the page when it is shown; the row is written once the page asks for it."""
    circular = models.ForeignKey(Circular, models.CASCADE, related_name="editings")
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)
    """When the unsaved text last changed; null if nothing is unsaved."""
    version_read = models.PositiveIntegerField(default=0)
    """The saved version of the draft on which the text is based."""
    values = models.JSONField(default=dict, blank=True)
    """The typed text of each field that differs from the saved draft, by the field's name."""

    objects = DraftEditingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["circular", "person", "public_id"], name="one_editing_per_page"),
            models.CheckConstraint(
                condition=Q(kept_at__isnull=True, values={}) | Q(kept_at__isnull=False) & ~Q(values={}),
                name="unsaved_values_have_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.circular}"

    def is_open(self) -> bool:
        return self.seen_at > timezone.now() - OPEN_FOR
