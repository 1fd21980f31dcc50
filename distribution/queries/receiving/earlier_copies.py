"""The copies that a unit has of the revisions of a letter: what becomes of earlier ones, and which is the newest."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.translation import ngettext

from agencies.models import Agency
from circulars.models import Circular
from circulars.services.correct import revisions_before
from circulars.services.revision_changes import Change, revision_changes
from distribution.models import Delivery, ExtensionRequest, Handover
from distribution.queries.sending.corrections import due_of, with_more_time


@dataclass(frozen=True)
class Named:
    """Units that have something on the copy that a correction replaces, and what becomes of it."""

    words: str
    agencies: list[Agency]
    is_request: bool = False


def what_becomes(
    *, correction: Circular, copies: Collection[Delivery], due: Callable[[Agency], datetime | None]
) -> list[Named]:
    """What becomes of extensions, requests, answers, handovers and returns on the copies that would be replaced.

    `copies` are direct ones, with those below them; `due` gives a recipient's due time by the correction. At most
    six queries for any number of recipients.
    """
    roots = [each.pk for each in copies]
    concerned = Delivery.objects.live().filter(Q(pk__in=roots) | Q(path__overlap=roots))
    ids = list(concerned.values_list("pk", flat=True))
    answered = Delivery.objects.filter(pk__in=ids, completed_at__isnull=False).select_related("agency")
    asked = ExtensionRequest.objects.filter(delivery__in=ids, decided_at=None)
    handed = Handover.objects.filter(delivery__in=ids)
    found = [
        *_more_time(correction, copies, due),
        _requests([each.delivery.agency for each in asked.select_related("delivery__agency")]),
        _answers([each.agency for each in answered]),
        _handovers([each.delivery.agency for each in handed.select_related("delivery__agency")]),
        _returns([each.agency for each in _returned(correction)]),
    ]
    return [named for named in found if named.agencies]


def _more_time(
    correction: Circular, copies: Collection[Delivery], due: Callable[[Agency], datetime | None]
) -> list[Named]:
    kept: list[Agency] = []
    overtaken: list[Agency] = []
    lost: list[Agency] = []
    given = with_more_time(copies)
    for each in copies:
        if each.pk in given:
            new = due_of(correction, each, due(each.agency), has_more_time=True)
            (lost if new is None else kept if new == each.due_at else overtaken).append(each.agency)
    return [
        Named(
            ngettext(
                "%(count)s unit was given more time than the letter says. It keeps its later due time.",
                "%(count)s units were given more time than the letter says. They keep their later due time.",
                len(kept),
            )
            % {"count": len(kept)},
            kept,
        ),
        Named(
            ngettext(
                "%(count)s unit was given more time, but not beyond the new due time. The new one counts for it.",
                "%(count)s units were given more time, but not beyond the new due time. The new one counts for them.",
                len(overtaken),
            )
            % {"count": len(overtaken)},
            overtaken,
        ),
        Named(
            ngettext(
                "%(count)s unit was given more time. The revision has no due time, so that ends.",
                "%(count)s units were given more time. The revision has no due time, so that ends.",
                len(lost),
            )
            % {"count": len(lost)},
            lost,
        ),
    ]


def _requests(units: list[Agency]) -> Named:
    words = ngettext(
        "%(count)s unit waits for an answer to its request for more time. The request ends with the earlier copy.",
        "%(count)s units wait for an answer to their request for more time. The requests end with the earlier copy.",
        len(units),
    )
    return Named(words % {"count": len(units)}, units, is_request=True)


def _answers(units: list[Agency]) -> Named:
    words = ngettext(
        "%(count)s unit has answered the letter. The answer stays with the earlier copy and is named on the new one.",
        "%(count)s units have answered the letter. The answers stay with the earlier copies and are named on the"
        " new ones.",
        len(units),
    )
    return Named(words % {"count": len(units)}, units)


def _handovers(units: list[Agency]) -> Named:
    words = ngettext(
        "%(count)s unit got the letter by hand or post. The proof stays with the earlier copy; hand the revision"
        " over as well.",
        "%(count)s units got the letter by hand or post. The proofs stay with the earlier copies; hand the revision"
        " over as well.",
        len(units),
    )
    return Named(words % {"count": len(units)}, units)


def _returns(units: list[Agency]) -> Named:
    words = ngettext(
        "%(count)s unit has returned the letter. It doesn't get the revision.",
        "%(count)s units have returned the letter. They don't get the revision.",
        len(units),
    )
    return Named(words % {"count": len(units)}, units)


def _returned(correction: Circular) -> list[Delivery]:
    """Direct copies of the earlier revisions that were returned by units which have no other one."""
    direct = Delivery.objects.direct().filter(circular__in=[each.pk for each in revisions_before(correction)])
    found = direct.filter(returned_at__isnull=False, withdrawn_at=None)
    others = direct.live().filter(agency__in=found.order_by().values_list("agency_id", flat=True))
    having = list(others.order_by().values_list("agency_id", flat=True))
    return list(found.exclude(agency__in=having).select_related("agency").order_by("agency__sort_key", "pk"))


def earlier_copies(delivery: Delivery) -> list[Delivery]:
    """The unit's copies of the earlier revisions that it had, the latest first. No query for a first revision."""
    letters = [each.pk for each in revisions_before(delivery.circular)]
    if not letters:
        return []
    found = Delivery.objects.filter(circular__in=letters, agency=delivery.agency_id, withdrawn_at=None)
    found = found.select_related("circular", "agency", "successor").prefetch_related(
        "handovers", "extension_requests"
    )
    return list(found.order_by("-circular__revision_number", "-pk"))


@dataclass(frozen=True)
class NewerCopy:
    """A unit's newest copy of what replaced a letter; the changes, if that is a later revision of the same letter."""

    copy: Delivery
    is_revision: bool
    changes: list[Change]


def newer_copy(delivery: Delivery) -> NewerCopy | None:
    """The unit's newest copy of the letters that replaced this one, one after the other; None without such a copy.

    A copy that is not withdrawn takes precedence. No query for a letter that nothing replaced.
    """
    later: list[int] = []
    following = delivery.circular.superseded_by
    while following is not None and following.pk not in later:
        later.append(following.pk)
        following = following.superseded_by
    if not later:
        return None
    copies = Delivery.objects.filter(circular__in=later, agency=delivery.agency_id)
    found = list(copies.select_related("circular__issuer", "agency", "successor").order_by("pk"))
    found.sort(key=lambda each: (each.withdrawn_at is None, later.index(each.circular_id), each.pk))
    if not found:
        return None
    letter = found[-1].circular
    is_revision = delivery.circular in revisions_before(letter)
    return NewerCopy(
        found[-1], is_revision, revision_changes(delivery.circular, letter) if is_revision else []
    )
