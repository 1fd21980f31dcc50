"""Direct copies of one letter by how far they have got and by what they wait for: for its figures and their lists."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from circulars.models import Circular, Purpose
from distribution.models import Delivery, ExtensionRequest, Notice, NoticeKind, TakeBackRequest
from distribution.models.deliveries.conditions import NOT_REMOVED, OUTSTANDING, OWING, UNANSWERED, in_force
from distribution.models.deliveries.delivery import DeliveryQuerySet
from distribution.queries.sending.owed import Owes
from distribution.queries.sending.readership import OPENED_IN_TIME
from distribution.queries.sending.returns import undecided_return
from distribution.queries.sending.without_notice import got_no_notice


class FunnelStep(models.TextChoices):
    """How far a copy has got. Each step implies those before it."""

    SENT = "sent", pgettext_lazy("notice", "Sent")
    REACHED = "reached", _("Reached")
    OPENED = "opened", _("Opened")
    CONFIRMED = "confirmed", pgettext_lazy("count", "Confirmed")
    ANSWERED = "answered", _("Answered")


class Proof(models.TextChoices):
    """Who says that a copy has got so far."""

    OWN = "own", _("Proven, or done by the unit itself")
    RECORDED = "recorded", _("Recorded by the sender only")


class Waits(models.TextChoices):
    """What a copy waits for, beside a confirmation, an answer and a decision on its return."""

    MORE_TIME = "more_time", _("Decision on more time")
    TAKE_BACK = "take_back", _("Decision on taking back")
    CAME_BACK = "came_back", _("Notice that came back")
    NO_NOTICE = "no_notice", _("Notice that was never written")


CONFIRMED = NOT_REMOVED & Q(acknowledged_at__isnull=False, returned_at=None)
"""Of a withdrawn letter: confirmed before it was withdrawn."""

CONFIRMED_ITSELF = Q(acknowledged_at__isnull=False, acknowledged_on_behalf=False)
OPENED_ITSELF = OPENED_IN_TIME | CONFIRMED_ITSELF


def counted_copies(circular: Circular) -> DeliveryQuerySet:
    """Direct copies of the letter that count as its recipients: those that were not removed."""
    return Delivery.objects.direct().filter(NOT_REMOVED, circular=circular).order_by()


def reached_step(step: FunnelStep) -> Q:
    """Copies that have got so far, by whatever proof."""
    match step:
        case FunnelStep.SENT:
            return NOT_REMOVED
        case FunnelStep.REACHED:
            return NOT_REMOVED & (_proven(step) | CONFIRMED)
        case FunnelStep.OPENED:
            return NOT_REMOVED & (_proven(step) | CONFIRMED)
        case FunnelStep.CONFIRMED:
            return CONFIRMED
        case FunnelStep.ANSWERED:
            return CONFIRMED & Q(completed_at__isnull=False)


def proven_by(step: FunnelStep, proof: Proof) -> Q:
    """Those of them for which there is a proof, or for which there is the sender's record only."""
    return reached_step(step) & (_proven(step) if proof == Proof.OWN else ~_proven(step))


def _proven(step: FunnelStep) -> Q:
    match step:
        case FunnelStep.SENT:
            return NOT_REMOVED
        case FunnelStep.REACHED:
            return Q(reached_at__isnull=False) | OPENED_ITSELF
        case FunnelStep.OPENED:
            return OPENED_ITSELF
        case FunnelStep.CONFIRMED:
            return Q(acknowledged_on_behalf=False)
        case FunnelStep.ANSWERED:
            return Q(completed_on_behalf=False)


def asked_for(step: FunnelStep) -> Q:
    """Copies of which the step is expected: an answer of those for action only."""
    return NOT_REMOVED & Q(purpose=Purpose.ACTION) if step == FunnelStep.ANSWERED else NOT_REMOVED


OWED = {
    Owes.CONFIRMATION: OUTSTANDING,
    Owes.ANSWER: UNANSWERED,
    Owes.EITHER: OWING,
    Owes.ALL: in_force(),
}


def owing(what: Owes) -> Q:
    """Copies that owe it, or for which the sender does."""
    return undecided_return() if what == Owes.DECISION else OWED[what]


def waiting_for(what: Waits, circular: Circular) -> Q:
    """Copies of the letter that wait for it."""
    match what:
        case Waits.MORE_TIME:
            asked = ExtensionRequest.objects.filter(delivery=OuterRef("pk"), decided_at=None)
            return OWING & Q(Exists(asked.order_by()))
        case Waits.TAKE_BACK:
            return Q(Exists(TakeBackRequest.objects.undecided().filter(delivery=OuterRef("pk")).order_by()))
        case Waits.CAME_BACK:
            return OUTSTANDING & got_no_notice(circular) & Q(_came_back())
        case Waits.NO_NOTICE:
            return OUTSTANDING & got_no_notice(circular) & Q(~_came_back())


def _came_back() -> Exists:
    return Exists(Notice.objects.given_up().filter(delivery=OuterRef("pk"), kind=NoticeKind.LETTER))
