"""Figures for senders and managers; one function per page."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.models import Agency, Membership, Role, User
from agencies.turkish import search_key
from circulars.models import Circular, DistributionLine, Purpose, Status
from circulars.models.circular import CircularQuerySet
from circulars.models.letter_text import word_condition
from distribution.models import (
    Below,
    Delivery,
    Stage,
)
from distribution.models.deliveries.conditions import LIVE, NOT_REMOVED, OWING, answering, any_of
from distribution.queries.receiving.branches import figures_below_lines, place_in_tree
from distribution.queries.sending.owed import (
    Due,
    Owes,
    copies_of_any,
    due_when,
    letters_owing,
    sent_letters,
)
from distribution.queries.sending.returns import undecided_return
from distribution.queries.sending.without_notice import got_no_notice
from distribution.visibility import answerable_by, evidence_of, returned_mails_of, units_of


def _count(deliveries: QuerySet[Delivery]) -> Coalesce:
    """Subquery that counts these deliveries of each circular."""
    counted = (
        deliveries.filter(circular=OuterRef("pk"))
        .order_by()
        .values("circular")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def owed_elsewhere(user: User, here: Agency | None) -> list[tuple[str, int]]:
    """The user's other receiving units by name, with the number of deliveries each has to confirm or answer."""
    owed = answerable_by(user).outstanding().order_by().values_list(answering())
    counted = dict(owed.annotate(n=Count("pk")))
    if here is not None:
        counted.pop(here.pk, None)
    units = Agency.objects.filter(pk__in=counted).order_by("name")
    return [(name, counted[pk]) for pk, name in units.values_list("pk", "name")]


def with_progress(circulars: QuerySet[Circular]) -> QuerySet[Circular]:
    """Annotate `acknowledged_count`, `on_behalf_count` (those of them recorded by the sender), `outstanding_count`."""
    acknowledged = Delivery.objects.direct().filter(NOT_REMOVED, acknowledged_at__isnull=False)
    return circulars.select_related("superseded_by").annotate(
        acknowledged_count=_count(acknowledged),
        on_behalf_count=_count(acknowledged.filter(acknowledged_on_behalf=True)),
        outstanding_count=_count(Delivery.objects.direct().outstanding()),
    )


def newest_revisions(circulars: QuerySet[Circular]) -> QuerySet[Circular]:
    """These letters without those of which the next revision is among them, so that a list shows a letter once."""
    return circulars.filter(~Exists(circulars.order_by().filter(corrects=OuterRef("pk"))))


def earlier_revisions(circulars: Iterable[Circular]) -> dict[int, list[Circular]]:
    """The revisions before each of these letters with their progress, the latest first, by the letter's id.

    No query if there is no correction among them, otherwise as many as the longest row of revisions has.
    """
    letters = list(circulars)
    known: dict[int, Circular] = {}
    wanted = {each.corrects_id for each in letters if each.corrects_id is not None}
    while wanted:
        known |= with_progress(Circular.objects.filter(pk__in=wanted)).in_bulk()
        wanted = {each.corrects_id for each in known.values() if each.corrects_id is not None} - known.keys()
    found: dict[int, list[Circular]] = {}
    for letter in letters:
        before = letter.corrects_id
        while before is not None:
            found.setdefault(letter.pk, []).append(known[before])
            before = known[before].corrects_id
    return found


def sent_letters_for(user: User, unit: Agency | None) -> CircularQuerySet:
    """The list "Our letters", drafts included: the unit's for its senders, otherwise all that the user may see."""
    visible = Circular.objects.visible_to(user)
    if unit is not None and unit.pk in units_of(user, Role.SENDER):
        return visible.filter(issuer=unit)
    return visible


def matching_words(deliveries: QuerySet[Delivery], text: str) -> QuerySet[Delivery]:
    """Deliveries whose recipient, subject or number contains every word of the text, or whose letter's text has it.

    Turkish letters are folded. Like `search`, for many deliveries: the ids of the agencies and letters that contain
    each word are looked up first, since they are few.
    """
    words = search_key(text).split()
    if not words:
        return deliveries.none() if text.strip() else deliveries
    found = {f"word{number}": word for number, word in enumerate(words)}
    agencies = Agency.objects.aggregate(
        **{each: ids_where(Q(search_key__contains=word)) for each, word in found.items()}
    )
    circulars = Circular.objects.filter(status=Status.DISPATCHED).aggregate(
        **{each: ids_where(word_condition(word)) for each, word in found.items()}
    )
    for each in found:
        deliveries = deliveries.filter(
            any_of(F("agency_id"), agencies[each]) | any_of(F("circular_id"), circulars[each])
        )
    return deliveries


def ids_where(condition: Q, *order: str) -> ArrayAgg:
    """Aggregate: the ids of the rows that fulfil the condition, in this order."""
    return ArrayAgg("pk", filter=condition, order_by=order, default=Value([]))


def letters_outstanding_for(
    user: User, agency: Agency, what: Owes = Owes.EITHER, *, at: datetime
) -> QuerySet[Circular]:
    """Sent letters of the unit and of all units below it of which a direct copy owes it.

    Annotated with their progress, `unanswered_count` and `overdue_count`, of confirmations and answers together.
    """
    owing = letters_owing(sent_letters(user, agency), what)
    return with_progress(Circular.objects.filter(any_of(F("pk"), owing))).annotate(
        unanswered_count=_count(copies_of_any(Owes.ANSWER)),
        overdue_count=_count(copies_of_any(Owes.EITHER).filter(due_when(Due.OVERDUE, at))),
    )


def unsettled_count(user: User, sends: Collection[int] | None = None) -> int:
    """Number of returned mails and pieces of KEP evidence that the user has to settle. One query, and those of rights.

    `sends` are the ids of the units that the user sends for, if the caller knows them.
    """
    mails = returned_mails_of(user).unsettled().order_by().values_list("pk")
    evidence = evidence_of(user, sends).unsettled().order_by().values_list("pk")
    return mails.union(evidence, all=True).count()


NOT_CONFIRMED = (Stage.WAITING, Stage.NOTIFIED, Stage.REACHED, Stage.OPENED)


@dataclass(frozen=True)
class LetterFigures:
    """Progress of one letter: recipients by stage, those whom no notice told, and those without a person."""

    recipients: int
    stages: dict[str, int]
    without_notice: int
    without_people: int
    undecided_returns: int
    """Those of the returned copies on which nothing was decided yet."""
    longer: int
    """Recipients whose copy is due later than the letter, because of an extension or their province's holidays."""
    shorter: int
    """Recipients whose copy is due earlier, because the sender shortened their time."""
    due_first: datetime | None
    due_last: datetime | None
    """The earliest and the latest due time of the copies in force that differ from the letter's."""
    due_ahead: int
    """Recipients that owe something by a due time still to come."""
    acknowledged_before: int
    """Recipients of a withdrawn letter that had confirmed it."""
    completed_before: int
    """Those of them that had answered it as well."""
    in_force: int
    """Recipients whose copy of this revision counts: not returned, withdrawn, or replaced by a later one."""
    acknowledged_on_behalf: int
    """Those of the acknowledged, before a withdrawal too, that only the sender recorded."""
    completed_on_behalf: int
    """The same of the completed."""

    @property
    def moved_due(self) -> datetime | None:
        """The due time of all copies in force if it is one and the same, and not the letter's."""
        moved = 0 < self.longer + self.shorter == self.in_force and self.due_first == self.due_last
        return self.due_last if moved else None

    @property
    def acknowledged(self) -> int:
        confirmed = self.stages.get(Stage.ACKNOWLEDGED, 0) + self.stages.get(Stage.COMPLETED, 0)
        return confirmed + self.acknowledged_before

    @property
    def completed(self) -> int:
        return self.stages.get(Stage.COMPLETED, 0) + self.completed_before

    @property
    def returned(self) -> int:
        return self.stages.get(Stage.RETURNED, 0)

    @property
    def superseded(self) -> int:
        return self.stages.get(Stage.SUPERSEDED, 0)

    @property
    def opened(self) -> int:
        return self.stages.get(Stage.OPENED, 0)

    @property
    def outstanding(self) -> int:
        return sum(self.stages.get(stage, 0) for stage in NOT_CONFIRMED)

    @property
    def needs_attention(self) -> bool:
        """Whether a recipient stands otherwise than confirmed, beside what the sentence on what is left to do says."""
        return bool(self.without_people or self.superseded)


def letter_figures(circular: Circular) -> LetterFigures:
    """Progress of the letter, in one query for any number of recipients.

    Removed recipients don't count, added ones do. Those of a withdrawn letter count as they stood when it was
    withdrawn, like in the list of sent letters.
    """
    nobody = Q(pk=None)
    ended = NOT_REMOVED & Q(withdrawn_at__isnull=False)
    in_force = LIVE & Q(revised_at=None)
    other_due = in_force & ~Q(due_at=circular.due_at) if circular.due_at else nobody
    counted = ended | Q(stage__in=(Stage.ACKNOWLEDGED, Stage.COMPLETED))
    deliveries = Delivery.objects.direct().filter(circular=circular)
    by_stage = {f"stage_{stage}": Count("pk", filter=Q(stage=stage)) for stage in Stage}
    acted_for = Membership.objects.active(timezone.localdate()).filter(
        role=Role.RECIPIENT, user__is_active=True
    )
    counts = deliveries.annotate(answering=Coalesce("successor", "agency")).aggregate(
        **by_stage,
        without_notice=Count("pk", filter=got_no_notice(circular)),
        without_people=Count(
            "pk", filter=nobody if circular.is_withdrawn else ~Q(answering__in=acted_for.values("agency"))
        ),
        undecided_returns=Count("pk", filter=nobody if circular.is_withdrawn else undecided_return()),
        longer=Count("pk", filter=in_force & Q(due_at__gt=circular.due_at) if circular.due_at else nobody),
        shorter=Count("pk", filter=in_force & Q(due_at__lt=circular.due_at) if circular.due_at else nobody),
        due_first=Min("due_at", filter=other_due),
        due_last=Max("due_at", filter=other_due),
        due_ahead=Count("pk", filter=OWING & Q(due_at__gt=timezone.now())),
        acknowledged_before=Count("pk", filter=ended & Q(acknowledged_at__isnull=False)),
        completed_before=Count("pk", filter=ended & Q(completed_at__isnull=False)),
        in_force=Count("pk", filter=in_force),
        acknowledged_on_behalf=Count("pk", filter=counted & Q(acknowledged_on_behalf=True)),
        completed_on_behalf=Count("pk", filter=counted & Q(completed_on_behalf=True)),
    )
    stages = {stage.value: counts.pop(name) for stage, name in zip(Stage, by_stage, strict=True)}
    return LetterFigures(recipients=circular.recipient_count, stages=stages, **counts)


@dataclass
class LineFigures:
    """One printed line with the progress of its units."""

    line: DistributionLine
    recipients: int
    acknowledged: int
    on_behalf: int
    """Those of the acknowledged that only the sender recorded."""
    delivery: Delivery | None
    below: Below | None = None
    noted: int = 0
    """Units with an internal note of the reader's unit; set by `mark_lines` only."""

    @property
    def outstanding(self) -> int:
        return self.recipients - self.acknowledged

    @property
    def names_its_unit(self) -> bool:
        """Whether the printed text is just the unit's own name, so that the name need not be shown as well."""
        return self.delivery is not None and self.delivery.agency.is_named(self.line.name)


def line_figures(circular: Circular) -> list[LineFigures]:
    """All printed lines in order, in at most three queries. A line for a single unit includes its delivery."""
    counting = Q() if circular.is_withdrawn else Q(deliveries__withdrawn_at=None)
    lines = (
        circular.lines.annotate(
            recipients=Count("deliveries", filter=counting),
            acknowledged=Count("deliveries", filter=counting & Q(deliveries__acknowledged_at__isnull=False)),
            on_behalf=Count("deliveries", filter=counting & Q(deliveries__acknowledged_on_behalf=True)),
        )
        .select_related("group")
        .order_by("position")
    )
    single = {
        delivery.line_id: delivery
        for delivery in circular.deliveries.filter(line__agency__isnull=False).select_related(
            "agency",
            "acknowledged_by",
            "acknowledged_for",
            "successor",
            "superseded_by__agency",
            "superseded_by__successor",
        )
    }
    below = figures_below_lines(circular) if getattr(circular, "has_copies_below", True) else {}
    figures = [
        LineFigures(
            line, line.recipients, line.acknowledged, line.on_behalf, single.get(line.pk), below.get(line.pk)
        )
        for line in lines
    ]
    for each in figures:
        if each.delivery is not None:
            each.delivery.below = each.below
    return figures


def added_to(circular: Circular) -> QuerySet[Delivery]:
    """Direct recipients added after the dispatch, which no printed line names."""
    added = (
        circular.deliveries.direct()
        .filter(line=None)
        .select_related(
            "agency",
            "acknowledged_by",
            "acknowledged_for",
            "successor",
            "superseded_by__agency",
            "superseded_by__successor",
            "instead_of__delivery__agency",
        )
    )
    return added.order_by("agency__protocol_order", "agency__sort_key", "pk")


def recipients_of(circular: Circular) -> QuerySet[Delivery]:
    """The direct recipients, also those whose copy ended, as the letter prints them; added ones last."""
    return circular.deliveries.direct().order_by(
        F("line__purpose").asc(nulls_last=True),
        F("line__position").asc(nulls_last=True),
        "agency__protocol_order",
        "agency__sort_key",
        "pk",
    )


def passed_on_below(circular: Circular) -> QuerySet[Delivery]:
    """Every copy that a recipient passed on, each followed by those below it."""
    return circular.deliveries.filter(parent__isnull=False).order_by(place_in_tree())


def by_purpose(lines: list[LineFigures]) -> list[tuple[Purpose, list[LineFigures]]]:
    """The lines by purpose, Gereği first; purposes without lines are omitted."""
    heads = [(purpose, [each for each in lines if each.line.purpose == purpose]) for purpose in Purpose]
    return [(purpose, under) for purpose, under in heads if under]
