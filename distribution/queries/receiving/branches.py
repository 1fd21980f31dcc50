"""Progress of a letter below its recipients: counts at any depth, and the parts of the tree shown on pages."""

from collections.abc import Iterable
from dataclasses import fields

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery

from agencies.models import Agency
from circulars.models import Circular, Purpose
from distribution.models import Below, Delivery, Notice, NoticeKind
from distribution.models.deliveries.conditions import LONG_TEXTS, NOT_REMOVED, any_of
from distribution.queries.paging import bounded_count
from distribution.visibility import received_within

PASSED_ON_COUNTED = 100

FIGURES_OF_EACH = """
    SELECT top.id,
        count(*),
        count(*) FILTER (WHERE coalesce(
            below.reached_at, below.opened_at, below.acknowledged_at, below.completed_at) IS NOT NULL),
        count(*) FILTER (WHERE below.acknowledged_at IS NOT NULL),
        count(*) FILTER (WHERE below.purpose = %(action)s),
        count(*) FILTER (WHERE below.completed_at IS NOT NULL),
        count(*) FILTER (WHERE below.acknowledged_on_behalf),
        count(*) FILTER (WHERE below.completed_on_behalf)
    FROM distribution_delivery below
    CROSS JOIN LATERAL unnest(below.path) AS top (id)
    WHERE below.parent_id IS NOT NULL AND below.path && %(tops)s::bigint[] AND top.id = ANY(%(tops)s::bigint[])
        AND below.returned_at IS NULL AND below.superseded_at IS NULL
        AND (below.withdrawn_at IS NULL OR below.withdrawn_at >= (
            SELECT letter.withdrawn_at FROM circulars_circular letter WHERE letter.id = below.circular_id))
    GROUP BY top.id
"""

"""The condition is on the path itself with literal ids: with a join, the GIN index couldn't be used.

Copies of a withdrawn letter count as they stood when it was withdrawn, like its recipients.
"""

REACHED = (
    Q(reached_at__isnull=False)
    | Q(opened_at__isnull=False)
    | Q(acknowledged_at__isnull=False)
    | Q(completed_at__isnull=False)
)


def figures_below(tops: Iterable[int]) -> dict[int, Below]:
    """Figures of the deliveries below each of these, at any depth, in one query.

    Deliveries with nothing to count below them are missing from the result.
    """
    ids = list(tops)
    if not ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(FIGURES_OF_EACH, {"tops": ids, "action": Purpose.ACTION.value})
        return {top: Below(*figures) for top, *figures in cursor.fetchall()}


def with_below(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """The deliveries with `below` set to their figures, or to None if there is nothing to count; one query."""
    found = list(deliveries)
    figures = figures_below(delivery.pk for delivery in found)
    for delivery in found:
        delivery.below = figures.get(delivery.pk)
    return found


def figures_below_lines(circular: Circular) -> dict[int, Below]:
    """Figures of the deliveries below the recipients of each printed line, by line id; one query."""
    top = Delivery.objects.filter(pk=OuterRef("path__0")).values("line")
    counted = (
        circular.deliveries.filter(
            NOT_REMOVED, parent__isnull=False, returned_at__isnull=True, superseded_at__isnull=True
        )
        .annotate(top_line=Subquery(top))
        .order_by()
        .values("top_line")
        .annotate(
            units=Count("pk"),
            reached=Count("pk", filter=REACHED),
            acknowledged=Count("pk", filter=Q(acknowledged_at__isnull=False)),
            for_action=Count("pk", filter=Q(purpose=Purpose.ACTION)),
            done=Count("pk", filter=Q(completed_at__isnull=False)),
            on_behalf=Count("pk", filter=Q(acknowledged_on_behalf=True)),
            done_on_behalf=Count("pk", filter=Q(completed_on_behalf=True)),
        )
    )
    names = [field.name for field in fields(Below)]
    return {line: Below(*figures) for line, *figures in counted.values_list("top_line", *names)}


def children_of(delivery: Delivery) -> QuerySet[Delivery]:
    """Deliveries passed on directly from this one, in protocol order, with the rows shown in the tree.

    `notice_failed` is set also where none could be written.
    """
    notices = Notice.objects.filter(delivery=OuterRef("pk"))
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
            notice_failed=Exists(notices.given_up())
            | Q(~Exists(notices.filter(kind=NoticeKind.LETTER)), notified_at=None),
        )
        .order_by("agency__protocol_order", "agency__sort_key", "pk")
    )


def branch_below(delivery: Delivery) -> QuerySet[Delivery]:
    """All deliveries below this one at any depth, each followed by those below it."""
    return Delivery.objects.filter(path__overlap=[delivery.pk]).order_by(place_in_tree())


def place_in_tree() -> Func:
    """Expression that sorts each copy before those below it."""
    return Func(F("path"), F("pk"), function="array_append", output_field=ArrayField(BigIntegerField()))


def branches_of(unit: Agency) -> QuerySet[Delivery]:
    """Deliveries of the unit that were passed on, including those of units closed into it, latest first.

    Uses two queries: the ids are few, whereas a bounded count with a condition on other rows would read all
    units' rows.
    """
    received = list(received_within([unit.pk]).values_list("pk", flat=True))
    passed_on = Delivery.objects.filter(any_of(F("parent_id"), received)).order_by()
    parents = list(passed_on.values_list("parent_id", flat=True).distinct())
    return (
        Delivery.objects.filter(any_of(F("pk"), parents))
        .select_related("circular__issuer", "agency", "successor")
        .defer(*LONG_TEXTS)
        .order_by("-created_at", "-pk")
    )


def passed_on_count(unit: Agency) -> str:
    """Number of letters that the unit passed on, as shown: exact up to a hundred, then “100+”. Two queries."""
    below = Delivery.objects.filter(parent=OuterRef("pk"))
    found = bounded_count(received_within([unit.pk]).filter(Exists(below)), PASSED_ON_COUNTED + 1)
    return f"{PASSED_ON_COUNTED}+" if found > PASSED_ON_COUNTED else str(found)


def outstanding_below(unit: Agency) -> QuerySet[Delivery]:
    """Unconfirmed deliveries that the unit passed on, most urgent first."""
    received = list(received_within([unit.pk]).values_list("pk", flat=True))
    passed_on = Delivery.objects.filter(any_of(F("parent_id"), received))
    return (
        passed_on.outstanding()
        .select_related("circular__issuer", "agency", "successor")
        .defer(*LONG_TEXTS)
        .order_by(F("due_at").asc(nulls_last=True), "created_at", "pk")
    )
