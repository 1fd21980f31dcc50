"""Import KEP evidence from files, match it to its notice, and apply it to the delivery.

Each piece of evidence is processed in its own transaction, so that a long import locks little and an
interrupted one keeps what was read. Importing a file again adds nothing. Milestones take their time from the
evidence, in whatever order it arrives.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from agencies.models import Agency, Membership, Role, User
from distribution.event_log import (
    BouncedData,
    ReachedData,
    ReadInMailboxData,
    RelayedData,
    ReportedData,
    append_event,
)
from distribution.feedback.kep_files import (
    LARGEST_TOTAL,
    EvidenceUnreadable,
    ReadEvidence,
    read_evidence,
    unpack,
)
from distribution.feedback.text import fit
from distribution.models import (
    Channel,
    Delivery,
    EvidenceCode,
    KepEvidence,
    Notice,
    NoticeState,
)
from distribution.outbox.record import (
    HAS_LEFT,
    append_reached,
    give_up,
    lock_notice,
    mark_sent,
    record_sent,
    told_by,
)
from distribution.visibility import evidence_of

logger = logging.getLogger(__name__)

Reported = TypeVar("Reported", bound=ReportedData)

FAILURES = (
    EvidenceCode.REFUSED,
    EvidenceCode.RELAY_REFUSED,
    EvidenceCode.RELAY_FAILED,
    EvidenceCode.UNDELIVERABLE,
)
IN_THE_MAILBOX = (EvidenceCode.DELIVERED, EvidenceCode.READ)

CLOCKS_DIFFER = timedelta(minutes=5)
"""Tolerated delay of the provider's clock behind ours."""

SEARCHED_BACK = timedelta(days=60)
MOST_CANDIDATES = 50


class NotMatchable(Exception):
    """The evidence has been matched or dismissed already, or the notice isn't a KEP notice."""


@dataclass
class Imported:
    """Result of an import, with every file and piece of evidence accounted for."""

    matched: list[KepEvidence] = field(default_factory=list)
    unmatched: list[KepEvidence] = field(default_factory=list)
    repeated: list[KepEvidence] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    """File name and reason for each unreadable item."""


def import_evidence(
    *, files: Iterable[tuple[str, bytes]], by: User | None, at: datetime, issuer: Agency | None = None
) -> Imported:
    """Store every piece of evidence in the files (name and content), and apply what matches a notice.

    What matches none is settled by the senders of `issuer`, or of the only unit for which the user sends.
    """
    result = Imported()
    issuer = issuer or _only_unit(by)
    found: list[tuple[str, ReadEvidence]] = []
    room = LARGEST_TOTAL
    for name, content in files:
        for part, data in unpack(name, content, room=room):
            room -= len(data) if isinstance(data, bytes) else 0
            for each in [data] if isinstance(data, EvidenceUnreadable) else read_evidence(data):
                if isinstance(each, EvidenceUnreadable):
                    result.unreadable.append((part, str(each)))
                elif each.at > at + timedelta(days=1):
                    result.unreadable.append(
                        (part, _("Evidence %(id)s is dated in the future.") % {"id": each.evidence_id})
                    )
                else:
                    found.append((part, each))
    for part, each in sorted(found, key=lambda pair: (pair[1].at, pair[1].code)):
        try:
            kept, created = _keep(read=each, file_name=part, by=by, issuer=issuer, at=at)
        except Exception as error:
            logger.exception("Evidence %s of %s could not be kept", each.evidence_id, part)
            result.unreadable.append((part, f"{type(error).__name__}: {error}"))
            continue
        bucket = result.matched if kept.notice_id else result.unmatched
        (bucket if created else result.repeated).append(kept)
    return result


def _only_unit(user: User | None) -> Agency | None:
    """The unit for which the user sends; None if there are several."""
    if user is None:
        return None
    units = list(Agency.objects.filter(pk__in=Membership.objects.agencies_of(user, Role.SENDER))[:2])
    return units[0] if len(units) == 1 else None


@transaction.atomic
def _keep(
    *, read: ReadEvidence, file_name: str, by: User | None, issuer: Agency | None, at: datetime
) -> tuple[KepEvidence, bool]:
    notice = _find_notice(read)
    kept, created = KepEvidence.objects.get_or_create(
        evidence_id=read.evidence_id,
        defaults={
            "code": read.code,
            "at": read.at,
            "provider": fit(read.provider, 120),
            "recipient": fit(read.recipient, 254),
            "original_message_id": fit(read.message_id, 200),
            "description": fit(read.description, 500),
            "error": fit(read.error, 500),
            "file_name": fit(file_name, 255),
            "content": read.content,
            "imported_by": by,
            "imported_at": at,
            "issuer": issuer,
            "notice": notice,
        },
    )
    if created and notice is not None:
        _act(kept, notice, at)
    return kept, created


def _find_notice(read: ReadEvidence) -> Notice | None:
    """Find the notice by Message-ID, or by the recipient's KEP address if exactly one notice to it qualifies.

    A recipient named in the evidence must be the notice's own address. Evidence with a Message-ID that isn't
    ours belongs to another message; a provider's own number, which contains no @, is ignored.
    """
    by_kep = Notice.objects.filter(channel=Channel.KEP)
    if "@" in read.message_id:
        named = by_kep.filter(message_id=read.message_id).first()
        same = named is not None and read.recipient.lower() in ("", named.address.lower())
        return named if same else None
    if not read.recipient:
        return None
    open_to_it = (
        by_kep.filter(address__iexact=read.recipient, sent_at__lte=read.at + CLOCKS_DIFFER)
        .exclude(evidence__code=read.code)
        .order_by("pk")[:2]
    )
    found = list(open_to_it)
    return found[0] if len(found) == 1 else None


@transaction.atomic
def match_evidence(*, evidence: int, notice: int, by: User, at: datetime) -> KepEvidence:
    """Match evidence to a notice at a user's request; it has the same effect as a match on import.

    Raises Notice.DoesNotExist if the user doesn't send for the letter's issuer, KepEvidence.DoesNotExist if the
    evidence isn't the user's to settle, and NotMatchable if it is settled already.
    """
    chosen = notices_of(by).get(pk=notice)
    kept = (
        KepEvidence.objects.filter(pk__in=evidence_of(by).values("pk")).select_for_update().get(pk=evidence)
    )
    if kept.notice_id is not None or kept.dismissed_by_id is not None:
        raise NotMatchable(kept.evidence_id)
    kept.notice = chosen
    kept.matched_by = by
    kept.save(update_fields=["notice", "matched_by"])
    _act(kept, chosen, at)
    return kept


@transaction.atomic
def dismiss_evidence(*, pk: int, by: User) -> bool:
    """Dismiss evidence that belongs to no notice. Returns False if it is settled already.

    Raises KepEvidence.DoesNotExist if the evidence isn't the user's to settle.
    """
    if not evidence_of(by).filter(pk=pk).exists():
        raise KepEvidence.DoesNotExist
    waiting = KepEvidence.objects.unsettled().filter(pk=pk)
    return bool(waiting.update(dismissed_by=by))


def notices_of(user: User) -> QuerySet[Notice]:
    """KEP notices of letters sent by the user's units, single or as members of a digest."""
    sends_for = Membership.objects.agencies_of(user, Role.SENDER)
    own = Q(delivery__circular__issuer_id__in=sends_for)
    own |= Q(members__delivery__circular__issuer_id__in=sends_for)
    return Notice.objects.filter(own, channel=Channel.KEP).distinct()


def candidates(evidence: KepEvidence, user: User) -> list[Notice]:
    """Notices that the evidence may belong to: those to the same address, otherwise all from the time before it."""
    before = notices_of(user).filter(sent_at__lte=evidence.at + CLOCKS_DIFFER)
    near = before.filter(sent_at__gte=evidence.at - SEARCHED_BACK)
    same = before.filter(address__iexact=evidence.recipient) if evidence.recipient else before.none()
    chosen = same if same.exists() else near
    return list(
        chosen.select_related("delivery__circular", "delivery__agency").order_by("-sent_at")[:MOST_CANDIDATES]
    )


def _act(evidence: KepEvidence, notice: Notice, at: datetime) -> None:
    """Apply the evidence. Runs once, since its row is inserted once."""
    locked = lock_notice(notice=notice)
    code = EvidenceCode(evidence.code)
    if code in FAILURES:
        proved = locked.evidence.filter(code__in=IN_THE_MAILBOX).exists()
        if locked.state in HAS_LEFT and not proved:
            reason = " · ".join(filter(None, [str(code.value), evidence.error or evidence.description]))
            give_up(notice=locked, reason=reason, at=evidence.at, event=BouncedData)
        return
    if locked.state in (NoticeState.WAITING, NoticeState.SENDING):
        mark_sent(notice=locked, at=evidence.at)
        record_sent(notices=[locked], at=at)
    for delivery in told_by(locked):
        _set_milestones(delivery, evidence, locked)


def _reported(event: type[Reported], evidence: KepEvidence, notice: Notice) -> Reported:
    return event(
        channel=notice.channel,
        address=notice.address,
        evidence=evidence.evidence_id,
        code=EvidenceCode(evidence.code).value,
        provider=evidence.provider,
        matched_by=str(evidence.matched_by) if evidence.matched_by is not None else None,
    )


def _set_milestones(delivery: Delivery, evidence: KepEvidence, notice: Notice) -> None:
    """Set the milestones of the evidence.

    READ proves that the mail is in the mailbox, not that the letter was opened or acknowledged here.
    """
    at = evidence.at
    match EvidenceCode(evidence.code):
        case EvidenceCode.DELIVERED:
            append_reached(delivery=delivery, at=at, data=_reported(ReachedData, evidence, notice))
            return
        case EvidenceCode.RELAYED:
            append_event(delivery=delivery, data=_reported(RelayedData, evidence, notice), at=at)
            if notice.state == NoticeState.FAILED:
                return
        case EvidenceCode.READ:
            delivery.reached_at = delivery.reached_at or at
            append_event(delivery=delivery, data=_reported(ReadInMailboxData, evidence, notice), at=at)
    delivery.notified_at = delivery.notified_at or at
    delivery.save(update_fields=["notified_at", "reached_at"])
