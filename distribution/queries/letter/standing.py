"""Where one letter stands: what is left to do, and how far its copies have got."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.translation import ngettext_lazy

from circulars.models import Circular
from distribution.models.deliveries.conditions import OUTSTANDING, UNANSWERED
from distribution.queries.letter.copies import (
    FunnelStep,
    Proof,
    Waits,
    asked_for,
    counted_copies,
    owing,
    proven_by,
    reached_step,
    waiting_for,
)
from distribution.queries.letter.listed import Listed, Lists
from distribution.queries.sending.owed import Due, Owes, due_when


@dataclass(frozen=True)
class Left:
    """One thing that is left to do, as a part of the sentence."""

    words: str
    figure: Listed


@dataclass(frozen=True)
class FunnelRow:
    """How many copies have got to a step, and for how many of them only the sender's record says so."""

    step: FunnelStep
    of: int
    """Copies of which the step is expected."""

    count: Listed
    recorded: Listed

    @property
    def label(self) -> str:
        return str(self.step.label)

    @property
    def share(self) -> int:
        """Per cent of the copies of which it is expected."""
        return round(100 * self.count.count / self.of) if self.of else 0


@dataclass(frozen=True)
class Standing:
    """What is left to do, the most pressing first, and the funnel from the first step to the last."""

    left: list[Left]
    funnel: list[FunnelRow]


def where_it_stands(circular: Circular, lists: Lists, *, at: datetime) -> Standing:
    """Both, in one query for any number of recipients. Nothing is left to do with a withdrawn letter."""
    late = due_when(Due.OVERDUE, at)
    steps = {
        f"{step}_{name}": Count("pk", filter=condition)
        for step in FunnelStep
        for name, condition in (
            ("of", asked_for(step)),
            ("count", reached_step(step)),
            ("recorded", proven_by(step, Proof.RECORDED)),
        )
    }
    counted = counted_copies(circular).aggregate(
        **steps,
        to_confirm=Count("pk", filter=OUTSTANDING),
        confirmations_overdue=Count("pk", filter=OUTSTANDING & late),
        to_answer=Count("pk", filter=UNANSWERED),
        answers_overdue=Count("pk", filter=UNANSWERED & late),
        returned=Count("pk", filter=owing(Owes.DECISION)),
        **{each.value: Count("pk", filter=waiting_for(each, circular)) for each in Waits},
    )
    left = [] if circular.is_withdrawn else _left(counted, lists)
    return Standing(left, _funnel(counted, lists))


def _funnel(counted: Mapping[str, int], lists: Lists) -> list[FunnelRow]:
    return [
        FunnelRow(
            step,
            counted[f"{step}_of"],
            lists.figure(counted[f"{step}_count"], step=step),
            lists.figure(counted[f"{step}_recorded"], step=step, proof=Proof.RECORDED),
        )
        for step in FunnelStep
        if counted[f"{step}_of"]
    ]


PARTS: list[tuple[str, Any, dict[str, str]]] = [
    (
        "to_confirm",
        ngettext_lazy(
            "Of %(all)s recipients %(count)s hasn't confirmed it yet",
            "Of %(all)s recipients %(count)s haven't confirmed it yet",
            "count",
        ),
        {"owes": Owes.CONFIRMATION},
    ),
    (
        "confirmations_overdue",
        ngettext_lazy("%(count)s confirmation is overdue", "%(count)s confirmations are overdue", "count"),
        {"owes": Owes.CONFIRMATION, "due": Due.OVERDUE},
    ),
    (
        "to_answer",
        ngettext_lazy(
            "%(count)s unit has confirmed and owes its answer",
            "%(count)s units have confirmed and owe their answer",
            "count",
        ),
        {"owes": Owes.ANSWER},
    ),
    (
        "answers_overdue",
        ngettext_lazy("%(count)s answer is overdue", "%(count)s answers are overdue", "count"),
        {"owes": Owes.ANSWER, "due": Due.OVERDUE},
    ),
    (
        "came_back",
        ngettext_lazy("%(count)s notice came back", "%(count)s notices came back", "count"),
        {"waits": Waits.CAME_BACK},
    ),
    (
        "no_notice",
        ngettext_lazy("%(count)s unit got no notice", "%(count)s units got no notice", "count"),
        {"waits": Waits.NO_NOTICE},
    ),
    (
        "returned",
        ngettext_lazy(
            "%(count)s returned copy waits for a decision",
            "%(count)s returned copies wait for a decision",
            "count",
        ),
        {"owes": Owes.DECISION},
    ),
    (
        "more_time",
        ngettext_lazy(
            "%(count)s request for more time waits for a decision",
            "%(count)s requests for more time wait for a decision",
            "count",
        ),
        {"waits": Waits.MORE_TIME},
    ),
    (
        "take_back",
        ngettext_lazy(
            "%(count)s request to take an act back waits for a decision",
            "%(count)s requests to take an act back wait for a decision",
            "count",
        ),
        {"waits": Waits.TAKE_BACK},
    ),
]
"""The parts of the sentence in their order: the figure, its words, and what narrows its list."""


def _left(counted: Mapping[str, int], lists: Lists) -> list[Left]:
    everybody = counted[f"{FunnelStep.SENT}_count"]
    return [
        Left(words % {"count": counted[name], "all": everybody}, lists.figure(counted[name], **narrowed))
        for name, words, narrowed in PARTS
        if counted[name]
    ]
