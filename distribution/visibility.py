"""Who may see and do what with a delivery, and with a letter through its deliveries.

Each rule stands here once, as a condition; lists, counts, exports and single rows all ask it. A condition holds the
ids of the person's units, looked up in one query: a subquery beside an OR would make the database read everything.
`through` leads from another model to the delivery, as `delivery__`. What concerns a whole letter (its sender, the
manager above its issuer) is the rule of `circulars`: `sent_or_managed_by`.
"""

from collections.abc import Collection
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from agencies.access import holder
from agencies.models import Agency, Membership, Role, User
from circulars.models import Circular
from circulars.models.circular import sent_or_managed_by
from distribution.models import AnswerDocument, Delivery, ExtensionRequest
from distribution.models.answer import ExtensionRequestQuerySet
from distribution.models.conditions import answered_by, received_by
from distribution.models.delivery import DeliveryQuerySet


def units_of(user: User, role: Role) -> list[int]:
    """The ids of the units for which the person acts today in this role, as a deputy too. One query."""
    return list(Membership.objects.agencies_of(user, role))


def receives_for(user: User, unit: Agency) -> bool:
    """Whether the person receives for the unit today."""
    return Membership.objects.agencies_of(user, Role.RECIPIENT).filter(agency=unit).exists()


def visible_to(user: User) -> DeliveryQuerySet:
    """What the person's own units received, or took over. A recipient never sees another unit's delivery."""
    return Delivery.objects.filter(received_by(units_of(user, Role.RECIPIENT)))


def answerable_by(user: User) -> DeliveryQuerySet:
    """What the person may confirm, answer, return and pass on: that for which their receiving units answer."""
    return Delivery.objects.filter(answered_by(units_of(user, Role.RECIPIENT)))


def answerer(delivery: Delivery, user: User, on: date) -> User | None:
    """In whose role the person answers for this row on that day: the own one, or an absent person's; None: in nobody's.

    It is the rule of `answerable_by` for a row that is read and locked already: both ask for a recipient of the unit
    that answers for it, which `answering` and `Delivery.answering_unit` name.
    """
    return holder(user, delivery.answering_unit, Role.RECIPIENT, on)


def sent_by(user: User) -> DeliveryQuerySet:
    """Of letters for whose issuer the person sends, whoever passed them on."""
    return Delivery.objects.filter(_sent(units_of(user, Role.SENDER)))


def link_kept_by(user: User) -> DeliveryQuerySet:
    """Whose links the person may revoke: those of the own unit, and of letters that the person sends."""
    own = answered_by(units_of(user, Role.RECIPIENT))
    return Delivery.objects.filter(own | _sent(units_of(user, Role.SENDER)))


def followed_by(user: User) -> DeliveryQuerySet:
    """All of the letters that the person sends or manages, what was passed on as well."""
    return Delivery.objects.filter(sent_or_managed_by(user, "circular__"))


def tracked_by(user: User) -> DeliveryQuerySet:
    """What was sent directly of the letters that the person sends or manages."""
    return followed_by(user).direct()


def shown_to(user: User) -> DeliveryQuerySet:
    """What a unit's page may name to the person: what the own units received, and what the person tracks."""
    own = received_by(units_of(user, Role.RECIPIENT))
    return Delivery.objects.filter(own | Q(sent_or_managed_by(user, "circular__"), parent=None))


def branches_visible_to(user: User) -> DeliveryQuerySet:
    """Whose branches the person may see: those of units that the person receives for, or manages from above."""
    receives, manages = units_of(user, Role.RECIPIENT), units_of(user, Role.MANAGER)
    units = Agency.objects.filter(Q(pk__in=receives) | Q(path__overlap=manages)).order_by()
    return received_within(list(units.values_list("pk", flat=True)))


def received_within(units: Collection[int]) -> DeliveryQuerySet:
    """What the units received or took over, and what was received by units that were closed into them."""
    closed = Agency.objects.filter(active_to__lte=timezone.localdate()).filter(
        Q(successor__in=units)
        | Q(successor__successor__in=units)
        | Q(successor__successor__successor__in=units)
    )
    ids = list(closed.order_by().values_list("pk", flat=True))
    return Delivery.objects.filter(received_by(units) | Q(agency_id__in=ids))


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
    if follows_letter(user, delivery.circular_id):
        return chain
    visible = set(branches_visible_to(user).filter(pk__in=chain).values_list("pk", flat=True))
    return next((chain[index:] for index, pk in enumerate(chain) if pk in visible), [])


def follows_letter(user: User, circular: int) -> bool:
    """Whether the person sends or manages the letter with this id."""
    return Circular.objects.visible_to(user).filter(pk=circular).exists()


def documents_visible_to(user: User) -> QuerySet[AnswerDocument]:
    """For the recipient, for the unit that passed the letter on, and for those who see the sent letter."""
    own = units_of(user, Role.RECIPIENT)
    return AnswerDocument.objects.filter(
        received_by(own, "delivery__")
        | received_by(own, "delivery__parent__")
        | sent_or_managed_by(user, "delivery__circular__")
    )


def decidable_by(user: User) -> ExtensionRequestQuerySet:
    """Requests for more time of what the person's units sent, and of what they passed on."""
    return ExtensionRequest.objects.filter(
        Q(_sent(units_of(user, Role.SENDER), "delivery__"), delivery__parent=None)
        | answered_by(units_of(user, Role.RECIPIENT), "delivery__parent__")
    )


def _sent(units: Collection[int], through: str = "") -> Q:
    return Q(**{f"{through}circular__issuer_id__in": units})
