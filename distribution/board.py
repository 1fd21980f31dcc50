"""The figures of senders and managers: one function for each page."""

from dataclasses import dataclass

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.models import Agency, Membership, Role, User
from circulars.models import Circular, DistributionLine, Purpose, Status
from distribution.models import Delivery, Notice, NoticeState, Stage


def _count(deliveries: QuerySet[Delivery]) -> Coalesce:
    """The number of those deliveries of each circular, counted only for the rows that are shown."""
    counted = (
        deliveries.filter(circular=OuterRef("pk"))
        .order_by()
        .values("circular")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_progress(circulars: QuerySet[Circular]) -> QuerySet[Circular]:
    """Each circular with `acknowledged_count` and `outstanding_count`."""
    return circulars.annotate(
        acknowledged_count=_count(Delivery.objects.filter(acknowledged_at__isnull=False)),
        outstanding_count=_count(Delivery.objects.outstanding()),
    )


def outstanding_for(user: User, agency: Agency) -> QuerySet[Delivery]:
    """The manager's list: what is outstanding of the letters of the unit and of everything below it."""
    return (
        Delivery.objects.tracked_by(user)
        .filter(circular__issuer__path__contains=[agency.pk])
        .outstanding()
        .for_board()
    )


def letters_outstanding_for(user: User, agency: Agency) -> QuerySet[Circular]:
    """Sent letters of the unit and of everything below it that somebody has not confirmed."""
    waiting = Delivery.objects.filter(circular=OuterRef("pk")).outstanding()
    circulars = Circular.objects.visible_to(user).issued_within(agency).filter(status=Status.DISPATCHED)
    return with_progress(circulars.filter(Exists(waiting)))


@dataclass(frozen=True)
class LetterFigures:
    """How far one letter got: recipients, by stage, and by state of their notices."""

    recipients: int
    stages: dict[str, int]
    sent: int
    waiting: int
    failed: int
    without_notice: int
    without_people: int

    @property
    def acknowledged(self) -> int:
        return self.stages.get(Stage.ACKNOWLEDGED, 0) + self.stages.get(Stage.COMPLETED, 0)

    @property
    def opened(self) -> int:
        return self.stages.get(Stage.OPENED, 0)

    @property
    def outstanding(self) -> int:
        closed = (Stage.RETURNED, Stage.WITHDRAWN)
        return self.recipients - self.acknowledged - sum(self.stages.get(stage, 0) for stage in closed)

    @property
    def notices(self) -> int:
        return self.sent + self.waiting + self.failed

    @property
    def is_sending(self) -> bool:
        return self.waiting > 0


def letter_figures(circular: Circular) -> LetterFigures:
    """Three queries, however many recipients."""
    stages = dict(
        Delivery.objects.filter(circular=circular).order_by().values_list("stage").annotate(n=Count("pk"))
    )
    recipients = sum(stages.values())
    states = dict(
        Notice.objects.filter(delivery__circular=circular)
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    today = timezone.localdate()
    acted_for = Membership.objects.active(today).filter(role=Role.RECIPIENT, user__is_active=True)
    unreached = Delivery.objects.filter(circular=circular).aggregate(
        without_notice=Count(
            "pk", filter=~Q(pk__in=Notice.objects.filter(delivery__circular=circular).values("delivery"))
        ),
        without_people=Count("pk", filter=~Q(agency__in=acted_for.values("agency"))),
    )
    return LetterFigures(
        recipients=recipients,
        stages=stages,
        sent=states.get(NoticeState.SENT, 0),
        waiting=states.get(NoticeState.WAITING, 0) + states.get(NoticeState.SENDING, 0),
        failed=states.get(NoticeState.FAILED, 0),
        **unreached,
    )


@dataclass
class LineFigures:
    """One printed line with how far its units got."""

    line: DistributionLine
    recipients: int
    acknowledged: int
    delivery: Delivery | None

    @property
    def outstanding(self) -> int:
        return self.recipients - self.acknowledged


def line_figures(circular: Circular) -> list[LineFigures]:
    """Every printed line in order, in two queries; a line that stands for one unit carries its delivery."""
    lines = (
        circular.lines.annotate(
            recipients=Count("deliveries"),
            acknowledged=Count("deliveries", filter=Q(deliveries__acknowledged_at__isnull=False)),
        )
        .select_related("group")
        .order_by("position")
    )
    single = {
        delivery.line_id: delivery
        for delivery in circular.deliveries.filter(line__group__isnull=True).select_related(
            "agency", "acknowledged_by"
        )
    }
    return [LineFigures(line, line.recipients, line.acknowledged, single.get(line.pk)) for line in lines]


def by_purpose(lines: list[LineFigures]) -> list[tuple[Purpose, list[LineFigures]]]:
    """The lines under the heads that the letter has, Gereği first."""
    heads = [(purpose, [each for each in lines if each.line.purpose == purpose]) for purpose in Purpose]
    return [(purpose, under) for purpose, under in heads if under]
