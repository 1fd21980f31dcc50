"""Apply returned mail to its notice, or list it for a person."""

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from agencies.models import Agency
from agencies.notation.addresses import AddressRefused, is_same_mailbox, normal_address
from agencies.services.account_mail import person_written_to
from agencies.services.contact_details.undeliverable import remember_undeliverable_people
from distribution.event_log import BouncedData, ReachedData, RelayedData, append_event
from distribution.feedback.bounces import Outcome, ReadMail, read_mail, unread_mail
from distribution.feedback.mail_parts import MOST_PARTS
from distribution.feedback.mailbox import MailboxAddress, MailboxFailed, unread_mails
from distribution.feedback.text import fit
from distribution.models import MailVerdict, Notice, NoticeState, ReturnedMail, Settlement
from distribution.models.deliveries.conditions import received_by
from distribution.outbox.channels.no_mailbox import says_no_mailbox
from distribution.outbox.channels.registry import sender_of, sending_codes
from distribution.outbox.record import HAS_LEFT, append_reached, defer, give_up, lock_notice, told_by

logger = logging.getLogger(__name__)

REPORTS = (
    MailVerdict.BOUNCED,
    MailVerdict.TEMPORARY,
    MailVerdict.DELAYED,
    MailVerdict.DELIVERED,
    MailVerdict.RELAYED,
)
PRESUMED_WITHIN = timedelta(days=30)
"""A report without an id of ours is presumed to be about a notice at most this old."""

LONGEST_TEXT = 20_000
"""Characters of a mail that are shown on the list; the file has the rest."""

LARGEST_KEPT = 25 * 1024 * 1024
"""Bytes of a mail that is kept as it came; a larger one is listed without its file."""


def read_mailbox(*, address: MailboxAddress, at: datetime) -> int:
    """Read every unread mail, and mark it as read once its row is stored. Returns how many were read.

    A mail whose effect can't be recorded is listed for a user. One that can't be stored stays unread. Neither
    stops the others. Raises MailboxFailed, at the end also if mails could not be stored.
    """
    count = 0
    refused: list[str] = []
    with unread_mails(address) as mails:
        for raw, mark_as_read in mails:
            try:
                receive_mail(raw=raw, at=at)
            except Exception as error:
                logger.exception("A returned mail could not be kept; it stays unread.")
                refused.append(f"{type(error).__name__}: {error}")
                continue
            mark_as_read()
            count += 1
    if refused:
        raise MailboxFailed(f"{len(refused)} × {refused[-1]}")
    return count


def receive_mail(*, raw: bytes, at: datetime) -> ReturnedMail:
    """Read one mail; if its effect can't be recorded, list it for a person. Raises any error of the database."""
    try:
        return read_returned_mail(raw=raw, at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        logger.exception("What a returned mail says could not be recorded; it is listed for a person.")
        return _list_for_a_person(raw, error, at)


@transaction.atomic
def _list_for_a_person(raw: bytes, error: Exception, at: datetime) -> ReturnedMail:
    mail = _read(raw)
    returned = ReturnedMail(
        digest=hashlib.sha256(raw).hexdigest(),
        received_at=at,
        verdict=MailVerdict.OTHER,
        sender=fit(mail.sender, 254),
        subject=fit(mail.subject, 300),
        text=fit(mail.text, LONGEST_TEXT),
        diagnosis=fit(f"{type(error).__name__}: {error}", 500),
    )
    _keep_file(returned, raw)
    returned.save()
    return returned


def read_returned_mail(*, raw: bytes, at: datetime) -> ReturnedMail:
    """Store the content of one raw mail and apply it once, however often it is received. Returns its first row.

    `failed` gives the notice up, so that the unit's next channel takes over, or sends it again if the failure is
    temporary; `delivered` sets the milestone "reached". A delay, a read receipt and an absence message are noted.
    Everything else, replies of people among it, waits for a person. To prevent forged failures, a report applies
    only to the notice whose Message-ID it contains and, if it names a recipient, only if that is the notice's own
    address, or the enclosed mail went there and was forwarded.
    """
    digest = hashlib.sha256(raw).hexdigest()
    stored: list[str] = []
    try:
        return _read_once(raw, digest, at, stored)
    except BaseException as error:
        for name in stored:
            default_storage.delete(name)
        twin = (
            ReturnedMail.objects.filter(digest=digest).first() if isinstance(error, IntegrityError) else None
        )
        if twin is None:
            raise
        return twin  # another process received the same mail at the same moment


@transaction.atomic
def _read_once(raw: bytes, digest: str, at: datetime, stored: list[str]) -> ReturnedMail:
    """Apply and store it unless it is known. Names of the files that are written are added to `stored`."""
    known = ReturnedMail.objects.filter(digest=digest).first()
    if known is not None:
        return known
    mail = _read(raw)
    kept: list[ReturnedMail] = []
    matches = _matches(mail)
    concerned = Notice.objects.filter(
        pk__in=[notice.pk for notice, _outcome in matches if notice is not None]
    )
    list(concerned.select_for_update(no_key=True).order_by("pk"))  # all before the first delivery
    for notice, outcome in matches:
        own = digest if not kept else _further_digest(digest, len(kept))
        kept.append(_keep(raw, own, mail, notice, outcome, at))
        for issuer in _further_issuers(kept[-1]):
            further = _keep(raw, _further_digest(digest, len(kept)), mail, notice, outcome, at)
            further.issuer_id = issuer
            kept.append(further)
    for row in kept:
        if row.file:
            stored.append(str(row.file.name))
        row.save()
    return kept[0]


def _further_issuers(returned: ReturnedMail) -> list[int]:
    """A digest may have letters of several issuers: what a person has to look at has a row for each of them.

    Sets the issuer of the first one, and returns the others.
    """
    about = returned.notice or returned.presumed
    if returned.settled_as or about is None:
        return []
    issuers = sorted(_issuers(about))[:MOST_PARTS]
    if len(issuers) < 2:
        return []
    returned.issuer_id, *others = issuers
    return others


def rows_of(first: ReturnedMail) -> list[ReturnedMail]:
    """All rows of a mail, given its first one: one for each notice that it is about."""
    digests = [first.digest, *(_further_digest(first.digest, number) for number in range(1, MOST_PARTS))]
    return list(ReturnedMail.objects.filter(digest__in=digests).order_by("pk"))


def _further_digest(digest: str, number: int) -> str:
    return hashlib.sha256(f"{digest} {number}".encode()).hexdigest()


def _keep(
    raw: bytes, digest: str, mail: ReadMail, notice: Notice | None, outcome: Outcome, at: datetime
) -> ReturnedMail:
    settled = _act(notice, outcome, at) if notice is not None else _act_on_account_mail(mail, outcome, at)
    returned = ReturnedMail(
        digest=digest,
        received_at=at,
        verdict=outcome.verdict,
        sender=fit(mail.sender, 254),
        subject=fit(mail.subject, 300),
        text=fit(mail.text, LONGEST_TEXT),
        original_message_id=fit(next(iter(mail.message_ids), ""), 200),
        recipient=fit(next(iter(outcome.recipients), ""), 254),
        status=fit(outcome.status, 20),
        diagnosis=fit(outcome.diagnosis, 500),
        notice=notice,
        presumed=None if notice is not None else _presumed(mail, outcome, at),
        settled_as=settled or "",
        settled_at=at if settled else None,
    )
    if not settled:
        _keep_file(returned, raw)
    return returned


def _keep_file(returned: ReturnedMail, raw: bytes) -> None:
    if len(raw) <= LARGEST_KEPT:
        returned.file.save("mail.eml", ContentFile(raw), save=False)


def _read(raw: bytes) -> ReadMail:
    try:
        return read_mail(raw)
    except Exception as error:
        logger.warning("A returned mail could not be read: %s: %s", type(error).__name__, error)
        broken = Outcome(MailVerdict.OTHER, diagnosis=f"{type(error).__name__}: {error}")
        return unread_mail(raw, broken)


def _matches(mail: ReadMail) -> list[tuple[Notice | None, Outcome]]:
    """Each notice that the mail is about with what it says of it; without a notice, the first outcome.

    A report may enclose several mails of ours. Ids that a mail only refers to belong to one conversation: of these
    the first known one counts.
    """
    by_id = {notice.message_id: notice for notice in Notice.objects.filter(message_id__in=mail.message_ids)}
    found: list[tuple[Notice | None, Outcome]] = []
    for message_id in mail.message_ids:
        notice = by_id.get(message_id)
        if notice is None or (found and message_id not in mail.original_to):
            continue
        outcome = _outcome_for(notice, mail)
        if outcome is not None:
            found.append((notice, outcome))
    return found or [(None, mail.outcomes[0])]


def _outcome_for(notice: Notice, mail: ReadMail) -> Outcome | None:
    """The worst outcome for the notice's address; if the enclosed mail went there, also one for another address."""
    if notice.channel not in sending_codes():
        return None
    channel = sender_of(notice.channel)
    own = (outcome for outcome in mail.outcomes if channel.is_returned(notice, outcome.recipients))
    first = next(own, None)
    if first is not None:
        return first
    sent_to = mail.original_to.get(notice.message_id)
    return mail.outcomes[0] if sent_to and channel.is_returned(notice, sent_to) else None


def _presumed(mail: ReadMail, outcome: Outcome, at: datetime) -> Notice | None:
    """For the person who reads it: the notice whose id the mail contains, though it names another recipient.

    Ids of enclosed mails count before those that are only referred to. Without an id of ours, the latest notice sent
    to the address that the report, or its sender, names. None if notices about several deliveries qualify: a mail
    for one issuer is not shown to another, and none is counted to a letter that it may not be about.
    """
    known = {notice.message_id: notice for notice in Notice.objects.filter(message_id__in=mail.message_ids)}
    if known:
        ids = [each for each in mail.message_ids if each in known]
        enclosed = [each for each in ids if each in mail.original_to]
        return _only_one([known[each] for each in enclosed or ids])
    named = _normal(outcome.recipients if outcome.verdict in REPORTS else [mail.sender, *mail.mentioned])
    sent = _sent_lately(named, at)
    found = _only_one(sent) if sent else None
    return found if found is not None and len(_issuers(found)) == 1 else None


def _only_one(notices: list[Notice]) -> Notice | None:
    """The first of at least one notice if all are about the same delivery. A digest counts only if it stands alone."""
    first, *others = notices
    if not others:
        return first
    same = first.delivery_id is not None and {each.delivery_id for each in others} == {first.delivery_id}
    return first if same else None


def _sent_lately(addresses: list[str], at: datetime) -> list[Notice]:
    """What was sent to these addresses of units before the moment, digests among it, the latest first."""
    units = list(Agency.objects.filter(email__in=addresses).values_list("pk", flat=True)[:MOST_PARTS])
    if not units:
        return []
    to_them = Notice.objects.filter(received_by(units, "delivery__"))
    digests = to_them.filter(bundle__address__in=addresses).order_by().values("bundle")
    single = to_them.filter(bundle=None, address__in=addresses).order_by().values("pk")
    carriers = Notice.objects.filter(pk__in=single.union(digests), state=NoticeState.SENT)
    sent = carriers.filter(sent_at__gt=at - PRESUMED_WITHIN, sent_at__lte=at)
    return list(sent.order_by("-sent_at", "-pk")[:MOST_PARTS])


def _issuers(notice: Notice) -> set[int]:
    """Ids of the issuers of the letters that the notice is about."""
    about = notice.members.all() if notice.delivery_id is None else Notice.objects.filter(pk=notice.pk)
    return set(about.values_list("delivery__circular__issuer_id", flat=True))


def _normal(addresses: Iterable[str]) -> list[str]:
    """The valid ones among them, as the directory stores them."""
    found = []
    for address in addresses:
        try:
            found.append(normal_address(address))
        except AddressRefused:
            continue
    return found


def _act(notice: Notice, outcome: Outcome, at: datetime) -> Settlement | None:
    """Apply the outcome. Returns None if a person has to look at the mail."""
    reason = f"{outcome.status} {outcome.diagnosis}".strip()
    locked = lock_notice(notice=notice, with_units=outcome.verdict == MailVerdict.BOUNCED)
    match outcome.verdict:
        case MailVerdict.BOUNCED if locked.state in HAS_LEFT:
            # A forwarding target that doesn't exist says nothing about the address itself.
            own = outcome.final and sender_of(locked.channel).is_returned(locked, outcome.final)
            is_missing = own and says_no_mailbox(reason, status=outcome.status)
            give_up(
                notice=locked,
                reason=reason or "Bounced",
                at=at,
                event=BouncedData,
                nobody_there=reason if is_missing else None,
            )
            return Settlement.APPLIED
        case MailVerdict.TEMPORARY if locked.state == NoticeState.SENT:
            defer(notice=locked, reason=reason or "Deferred", at=at)
            return Settlement.APPLIED
        case MailVerdict.DELIVERED | MailVerdict.RELAYED:
            for delivery in told_by(locked):
                if outcome.verdict == MailVerdict.DELIVERED:
                    reached = ReachedData(channel=locked.channel, address=locked.address)
                    append_reached(delivery=delivery, at=at, data=reached)
                else:
                    relayed = RelayedData(channel=locked.channel, address=locked.address)
                    append_event(delivery=delivery, data=relayed, at=at)
            return Settlement.APPLIED
        case MailVerdict.REPLY | MailVerdict.OTHER:
            return None
    return Settlement.NOTED


def _act_on_account_mail(mail: ReadMail, outcome: Outcome, at: datetime) -> Settlement | None:
    """A mail about an account that came back, e.g. for a new password: remember that nothing reaches the address."""
    if outcome.verdict != MailVerdict.BOUNCED:
        return None
    people = filter(None, map(person_written_to, mail.message_ids[:MOST_PARTS]))
    person = next((each for each in people if _is_named(each.email, outcome.final)), None)
    reason = f"{outcome.status} {outcome.diagnosis}".strip()
    if person is None or not says_no_mailbox(reason, status=outcome.status):
        return None
    remember_undeliverable_people(address=person.email, answer=reason, at=at)
    return Settlement.APPLIED


def _is_named(address: str, named: Iterable[str]) -> bool:
    return any(is_same_mailbox(address, each) for each in named)
