"""How far a letter got below each recipient: the figures, to any depth, and the parts of the tree that pages show."""

from collections.abc import Iterable
from dataclasses import fields

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from agencies.models import Agency, Membership, Role, User
from circulars.models import Circular, Purpose
from distribution.models import Below, Delivery, Notice
from distribution.models.conditions import LIVE, LONG_TEXTS

FIGURES_OF_EACH = """
    SELECT top.id,
        count(*),
        count(*) FILTER (WHERE coalesce(
            below.reached_at, below.opened_at, below.acknowledged_at, below.completed_at) IS NOT NULL),
        count(*) FILTER (WHERE below.acknowledged_at IS NOT NULL),
        count(*) FILTER (WHERE below.purpose = %(action)s),
        count(*) FILTER (WHERE below.completed_at IS NOT NULL)
    FROM unnest(%(tops)s::bigint[]) AS top (id)
    JOIN distribution_delivery below ON below.path @> ARRAY[top.id]
    WHERE below.returned_at IS NULL AND below.withdrawn_at IS NULL AND below.superseded_at IS NULL
    GROUP BY top.id
"""

REACHED = (
    Q(reached_at__isnull=False)
    | Q(opened_at__isnull=False)
    | Q(acknowledged_at__isnull=False)
    | Q(completed_at__isnull=False)
)


def figures_below(tops: Iterable[int]) -> dict[int, Below]:
    """The figures of what stands below each of these deliveries, to any depth, in one query.

    A delivery below which nothing counts has no entry.
    """
    ids = list(tops)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIGURES_OF_EACH, {"tops": ids, "action": Purpose.ACTION.value})
        return {top: Below(*figures) for top, *figures in cursor.fetchall()}


def with_below(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries, each with `below` set to its figures, or None if nothing counts below it; one query."""
    found = list(deliveries)
    figures = figures_below(delivery.pk for delivery in found)
    for delivery in found:
        delivery.below = figures.get(delivery.pk)
    return found


def figures_below_lines(circular: Circular) -> dict[int, Below]:
    """What stands below the recipients of each printed line, by the line's id; one query."""
    top = Delivery.objects.filter(pk=OuterRef("path__0")).values("line")
    counted = (
        circular.deliveries.filter(LIVE, parent__isnull=False)
        .annotate(top_line=Subquery(top))
        .order_by()
        .values("top_line")
        .annotate(
            units=Count("pk"),
            reached=Count("pk", filter=REACHED),
            acknowledged=Count("pk", filter=Q(acknowledged_at__isnull=False)),
            for_action=Count("pk", filter=Q(purpose=Purpose.ACTION)),
            done=Count("pk", filter=Q(completed_at__isnull=False)),
        )
    )
    names = [field.name for field in fields(Below)]
    return {line: Below(*figures) for line, *figures in counted.values_list("top_line", *names)}


def children_of(delivery: Delivery) -> QuerySet[Delivery]:
    """What was passed on directly from this delivery, in protocol order, with what the tree shows of each."""
    return (
        delivery.children.select_related(
            "agency",
            "acknowledged_by",
            "acknowledged_for",
            "successor",
            "superseded_by__agency",
            "superseded_by__successor",
        )
        .annotate(
            has_children=Exists(Delivery.objects.filter(parent=OuterRef("pk"))),
            notice_failed=Exists(Notice.objects.given_up().filter(delivery=OuterRef("pk"))),
        )
        .order_by("agency__protocol_order", "agency__sort_key", "pk")
    )


def branches_of(unit: Agency) -> QuerySet[Delivery]:
    """The unit's deliveries that were passed on, those of units closed into it included, the latest first."""
    return (
        Delivery.objects.of_units(Agency.objects.filter(pk=unit.pk))
        .filter(Exists(Delivery.objects.filter(parent=OuterRef("pk"))))
        .select_related("circular__issuer", "agency", "successor")
        .defer(*LONG_TEXTS)
        .order_by("-created_at", "-pk")
    )


def outstanding_below(unit: Agency) -> QuerySet[Delivery]:
    """What the unit itself passed on and nobody has confirmed yet, the most pressing first."""
    passed_on = Delivery.objects.filter(
        parent__in=Delivery.objects.of_units(Agency.objects.filter(pk=unit.pk))
    )
    return (
        passed_on.outstanding()
        .select_related("circular__issuer", "agency", "successor")
        .defer(*LONG_TEXTS)
        .order_by(F("due_at").asc(nulls_last=True), "created_at", "pk")
    )


def may_follow(user: User, unit: Agency) -> bool:
    """Whether the person may see all branches of the unit: receives for it, or manages it, there or from above."""
    acted = Membership.objects.acted_by(user)
    mine = Q(role=Role.RECIPIENT, agency=unit) | Q(role=Role.MANAGER, agency__in=unit.path)
    return acted.filter(mine).exists()


def chain_seen_by(user: User, delivery: Delivery) -> list[int]:
    """The ids of the deliveries above it that the person may see, the topmost first, and its own; [] if not even that.

    A sender or manager of the letter sees from the direct recipient down, everybody else from a unit of their own.
    """
    chain = [*delivery.path, delivery.pk]
    if Circular.objects.visible_to(user).filter(pk=delivery.circular_id).exists():
        return chain
    held = set(Delivery.objects.filter(pk__in=chain).held_by(user).values_list("pk", flat=True))
    return next((chain[index:] for index, pk in enumerate(chain) if pk in held), [])
