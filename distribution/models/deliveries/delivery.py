"""A delivery: one circular for one recipient unit, with the milestones that it has reached."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from agencies.turkish import search_key
from circulars.models import Circular, DistributionLine, Purpose
from circulars.models.letter_text import WHAT_RECIPIENTS_READ, having_word
from distribution.models.deliveries.below import Below
from distribution.models.deliveries.conditions import (
    ACKNOWLEDGED,
    LIVE,
    LONG_TEXTS,
    OUTSTANDING,
    OWING,
    RETURNED,
    UNANSWERED,
    answered_by,
    answering,
    inbox_rank,
    received_by,
)
from distribution.models.deliveries.confirmation import Confirmation
from distribution.models.deliveries.stage import Disposition, ReturnGround, Stage
from distribution.models.sha256 import LENGTH


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Query set of deliveries. The rules on who may see which delivery are in `distribution.visibility`."""

    def answered_by(self, agency: Agency) -> Self:
        """Deliveries for which the unit answers: its own, and those it took over from closed units."""
        return self.filter(answered_by([agency.pk]))

    def direct(self) -> Self:
        """Deliveries sent by the issuer, without those passed on by recipients."""
        return self.filter(parent=None)

    def live(self) -> Self:
        """Not returned, not withdrawn, not covered by another copy."""
        return self.filter(LIVE)

    def in_force(self) -> Self:
        """Live, and not confirmed for an earlier revision only."""
        return self.live().filter(revised_at=None)

    def newest(self) -> Self:
        """Without copies that a later revision of the letter replaced: the unit's copy of that one stands for them."""
        same_letter = Q(superseded_at=None) | Q(superseded_by__circular=F("circular"))
        return self.filter(same_letter, revised_at=None)

    def outstanding(self) -> Self:
        """Live and not acknowledged."""
        return self.filter(OUTSTANDING)

    def unanswered(self) -> Self:
        """Live, acknowledged, for action and not completed."""
        return self.filter(UNANSWERED)

    def owing(self) -> Self:
        """Outstanding or unanswered."""
        return self.filter(OWING)

    def for_inbox(self, agency: Agency, at: datetime) -> Self:
        """Deliveries the unit has to confirm: overdue first, then urgent, then by due time, then oldest first."""
        return (
            self.answered_by(agency)
            .outstanding()
            .select_related("circular", "circular__issuer", "circular__superseded_by", "agency", "successor")
            .defer(*LONG_TEXTS)
            .annotate(rank=inbox_rank(at))
            .order_by("rank", "due_at", "created_at", "pk")
        )

    def for_board(self) -> Self:
        """Rows of the manager's list with all related rows, in one query."""
        found = self.select_related(
            "agency", "agency__province", "successor", "circular", "circular__superseded_by"
        )
        return found.defer(*LONG_TEXTS)

    def search(self, text: str) -> Self:
        """Deliveries whose recipient, subject or number contains every word of the text, or whose letter's text has it.

        Turkish letters are folded. The text of a withdrawn copy isn't searched: its unit may not read it any more.
        """
        words = search_key(text).split()
        found = self.none() if text.strip() and not words else self
        for word in words:
            having = having_word(word, WHAT_RECIPIENTS_READ).values("circular_id")
            found = found.filter(
                Q(agency__search_key__contains=word)
                | Q(circular__search_key__contains=word)
                | Q(circular_id__in=having, withdrawn_at=None)
            )
        return found

    def for_archive(self, agency: Agency) -> Self:
        """Deliveries that are no longer outstanding, most recently confirmed first; of each letter the newest copy."""
        return (
            self.filter(received_by([agency.pk]))
            .newest()
            .exclude(OUTSTANDING)
            .select_related("circular", "circular__issuer", "circular__superseded_by")
            .select_related("acknowledged_by", "acknowledged_for", "agency", "successor")
            .defer(*LONG_TEXTS)
            .order_by("-acknowledged_at", "-pk")
        )


class Delivery(Confirmation):
    """One circular for one recipient unit. Milestone columns are set once; only taking back an act, or a record of the
    sender, clears its own.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    circular = models.ForeignKey(
        Circular, models.PROTECT, related_name="deliveries", verbose_name=_("circular")
    )
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="deliveries", verbose_name=_("recipient"))
    line = models.ForeignKey(
        DistributionLine,
        models.PROTECT,
        null=True,
        related_name="deliveries",
        verbose_name=_("distribution line"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        db_index=False,
        verbose_name=_("passed on from"),
    )
    successor = models.ForeignKey(
        Agency,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inherited_deliveries",
        db_index=False,
        verbose_name=_("answered for by"),
        help_text=_("The unit to which the recipient's duties passed when it was closed."),
    )
    superseded_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        db_index=False,
        verbose_name=_("covered by"),
    )
    below: Below | None = None
    """Figures of the deliveries below it; set by `with_below` only."""
    found_in: str = ""
    """Where a search has found its letter, as it is shown; set on the rows of a page only."""

    replacing: uuid.UUID | None = None
    """Public id of the reader's copy of the replacing letter; set by `with_replacing` only."""
    latest_note: models.Model | None = None  # the reader's internal note; set by `with_latest_notes` only
    assignment: models.Model | None = None  # the standing one; set by `with_assignments` only
    was_returned_by_link = False  # weaker proof than a signed-in return; set by `with_ways_of_return` only
    was_assigned = False  # whether it has assignments; set by the consistency check only
    path = ArrayField(models.BigIntegerField(), default=list, editable=False)
    """Ids of the ancestors, root first; empty for a direct delivery."""
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    created_at = models.DateTimeField(_("sent"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("From the unit that passed it on."))

    notified_at = models.DateTimeField(_("notified"), null=True, blank=True)
    reached_at = models.DateTimeField(_("reached"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)
    revised_at = models.DateTimeField(_("answer owed for a newer revision"), null=True, blank=True)
    taken_back_at = models.DateTimeField(_("last act taken back"), null=True, blank=True)

    return_ground = models.CharField(
        _("ground of the return"), max_length=15, choices=ReturnGround, blank=True
    )
    return_reason = models.TextField(_("reason of the return"), blank=True)
    withdrawal_reason = models.CharField(_("reason of the withdrawal"), max_length=500, blank=True)
    link_serial = models.PositiveSmallIntegerField(default=0, editable=False)
    """Links with a lower serial are revoked."""
    next_reminder_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminders_done = models.PositiveSmallIntegerField(default=0, editable=False)

    stage = models.GeneratedField(
        expression=Case(
            When(withdrawn_at__isnull=False, then=Value(Stage.WITHDRAWN.value)),
            When(returned_at__isnull=False, then=Value(Stage.RETURNED.value)),
            When(superseded_at__isnull=False, then=Value(Stage.SUPERSEDED.value)),
            When(completed_at__isnull=False, then=Value(Stage.COMPLETED.value)),
            When(acknowledged_at__isnull=False, then=Value(Stage.ACKNOWLEDGED.value)),
            When(opened_at__isnull=False, then=Value(Stage.OPENED.value)),
            When(reached_at__isnull=False, then=Value(Stage.REACHED.value)),
            When(notified_at__isnull=False, then=Value(Stage.NOTIFIED.value)),
            default=Value(Stage.WAITING.value),
        ),
        output_field=models.CharField(max_length=12, choices=Stage),
        db_persist=True,
        verbose_name=_("stage"),
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["circular", "agency"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_delivery_per_circular_and_agency",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True)
                | (Q(acknowledged_by__isnull=False) | ~Q(acknowledged_name=""))
                & (~Q(acknowledged_sha256="") | Q(acknowledged_on_behalf=True)),
                name="confirmed_by_a_person_for_a_content",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_sha256__length=LENGTH) | Q(acknowledged_sha256__length=0),
                name="confirmed_hash_has_its_length",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_on_behalf=False)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=True, acknowledged_sha256=""),
                name="confirmation_on_behalf_by_no_user",
            ),
            models.CheckConstraint(
                condition=Q(completed_on_behalf=False, completed_name="")
                | Q(completed_at__isnull=False, completed_by__isnull=True) & ~Q(completed_name=""),
                name="answer_by_a_name_by_no_user",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, return_ground="")
                | Q(returned_at__isnull=False) & ~Q(return_ground="") & ~Q(return_reason=""),
                name="returned_on_a_ground_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(disposition=Disposition.NOT_APPLICABLE) | ~Q(answer_note=""),
                name="not_applicable_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | Q(purpose=Purpose.ACTION),
                name="only_action_is_completed",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True, disposition="")
                | Q(completed_at__isnull=False, acknowledged_at__isnull=False) & ~Q(disposition=""),
                name="completed_with_a_disposition",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="delivery_not_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("agency")),
                name="delivery_not_own_successor",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True, superseded_by__isnull=True)
                | Q(superseded_at__isnull=False, superseded_by__isnull=False, acknowledged_at__isnull=True)
                & ~Q(superseded_by=F("id")),
                name="superseded_by_another_delivery",
            ),
        ]
        # The columns written at each milestone (stage, notified_at, opened_at) are in no index, so that these
        # updates stay HOT. Columns that close a delivery occur in the conditions of the partial indexes.
        indexes = [
            models.Index(answering(), "created_at", condition=OUTSTANDING, name="delivery_to_confirm"),
            models.Index(answering(), "due_at", condition=UNANSWERED, name="delivery_to_answer"),
            models.Index(fields=["circular", "agency"], condition=OUTSTANDING, name="delivery_outstanding"),
            models.Index(fields=["circular"], condition=UNANSWERED, name="delivery_unanswered"),
            models.Index(fields=["circular"], condition=RETURNED, name="delivery_returned_of"),
            models.Index(fields=["acknowledged_at"], condition=ACKNOWLEDGED, name="delivery_acknowledged"),
            models.Index(fields=["created_at"], condition=OUTSTANDING, name="delivery_outstanding_age"),
            models.Index(
                answering(),
                "withdrawn_at",
                condition=Q(withdrawn_at__isnull=False),
                name="delivery_withdrawn",
            ),
            models.Index(
                fields=["returned_at"], condition=Q(returned_at__isnull=False), name="delivery_returned"
            ),
            models.Index(
                fields=["next_reminder_at", "id"],
                condition=Q(next_reminder_at__isnull=False),
                name="delivery_next_reminder",
            ),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="delivery_children"),
            models.Index(
                fields=["successor"], condition=Q(successor__isnull=False), name="delivery_taken_over"
            ),
            models.Index(
                fields=["superseded_by"],
                condition=Q(superseded_by__isnull=False),
                name="delivery_covered",
            ),
            models.Index(
                fields=["circular"], condition=Q(acknowledged_on_behalf=True), name="delivery_on_behalf"
            ),
            GinIndex(fields=["path"], condition=Q(parent__isnull=False), name="delivery_below"),
        ]

    def __str__(self) -> str:
        return f"{self.circular} → {self.agency}"

    def get_stage_display(self) -> str:
        """The label of the stage; Django doesn't provide this method for generated fields."""
        return str(Stage(self.stage).label)

    @property
    def is_outstanding(self) -> bool:
        ends = (self.acknowledged_at, self.returned_at, self.withdrawn_at, self.superseded_at)
        return all(end is None for end in ends)

    @property
    def is_live(self) -> bool:
        return self.returned_at is None and self.withdrawn_at is None and self.superseded_at is None

    @property
    def is_in_force(self) -> bool:
        """Live, and not confirmed for an earlier revision only: what is done with it counts."""
        return self.is_live and self.revised_at is None

    @property
    def is_unanswered(self) -> bool:
        """In force, acknowledged, for action and not completed."""
        acknowledged = self.is_in_force and self.acknowledged_at is not None
        return acknowledged and self.purpose == Purpose.ACTION and self.completed_at is None

    @property
    def is_owing(self) -> bool:
        return self.is_outstanding or self.is_unanswered

    @property
    def was_noticed(self) -> bool:
        """Whether the unit may know of the letter: it was notified, or somebody opened or confirmed it."""
        return any((self.notified_at, self.reached_at, self.opened_at, self.acknowledged_at))

    @property
    def stage_is_on_behalf(self) -> bool:
        """Whether the sender recorded on the unit's behalf what the stage says."""
        return self.is_live and self.is_on_behalf

    @property
    def shows_taken_back(self) -> bool:
        """Whether an act was taken back, and no later one stands in its place."""
        back, acts = self.taken_back_at, (self.acknowledged_at, self.completed_at, self.returned_at)
        return back is not None and all(each is None or each <= back for each in acts)

    @property
    def can_be_confirmed(self) -> bool:
        """Whether the unit's own confirmation is missing and can be given: the sender's record doesn't replace it."""
        return self.is_outstanding or (self.acknowledged_on_behalf and self.is_in_force)

    @property
    def can_be_objected_to(self) -> bool:
        """Whether something that the sender recorded on the unit's behalf holds, to which the unit may object."""
        return self.has_record and self.is_in_force

    @property
    def can_be_answered(self) -> bool:
        """Whether it is in force, for action, without an answer of the unit's own. An answer confirms it as well."""
        open_still = self.completed_at is None or self.completed_on_behalf
        return self.is_in_force and self.purpose == Purpose.ACTION and open_still

    @property
    def can_be_returned(self) -> bool:
        return self.is_in_force and self.completed_at is None

    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at < timezone.now()

    @property
    def answering_unit(self) -> Agency:
        """The unit that answers for it: the recipient, or the successor of a closed recipient."""
        return self.successor or self.agency

    @property
    def giver(self) -> Agency:
        """The unit from which the recipient got it: the issuer, or the unit that passed it on."""
        return self.circular.issuer if self.parent is None else self.parent.answering_unit
