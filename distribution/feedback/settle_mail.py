"""A person says what a returned mail means."""

import hashlib
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, User
from agencies.models.contact_details.channel import is_undeliverable
from agencies.services.refusal import ActionRefused
from distribution.event_log import BouncedData, MailAnswerData, append_event, sender
from distribution.models import AnswerDocument, Delivery, Notice, ReturnedMail, Settlement
from distribution.outbox.record import HAS_LEFT, give_up
from distribution.visibility import returned_mail_units, returned_mails_of

BY_A_PERSON = (Settlement.FAILED, Settlement.ANSWER, Settlement.AWAY, Settlement.NOTHING)


def notice_of(returned: ReturnedMail) -> Notice | None:
    """The notice that the mail is about, or presumably about."""
    return returned.notice or returned.presumed


def is_address_closed(returned: ReturnedMail) -> bool:
    """Whether nothing is sent any more to the address of the mail's notice."""
    notice = notice_of(returned)
    if notice is None:
        return False
    if notice.person is not None:
        closed = notice.person.undeliverable_address
        return closed is not None and closed.address == notice.address
    if notice.agency_id is None:
        return False
    unit = Agency.objects.get(pk=notice.agency_id)
    return is_undeliverable(unit, notice.channel, notice.address)


def deliveries_of(returned: ReturnedMail, user: User) -> list[Delivery]:
    """Deliveries of the user's own letters that the mail is about: one, or those of a digest."""
    notice = notice_of(returned)
    if notice is None:
        return []
    about = [notice.delivery_id, *notice.members.values_list("delivery_id", flat=True)]
    units = [returned.issuer_id] if returned.issuer_id is not None else returned_mail_units(user)
    own = Delivery.objects.filter(pk__in=[pk for pk in about if pk is not None], circular__issuer__in=units)
    return list(own.select_related("circular", "agency").order_by("pk"))


@transaction.atomic
def settle_mail(
    *,
    pk: int,
    settled_as: Settlement,
    by: User,
    at: datetime,
    delivery: UUID | None = None,
    nobody_there: bool = False,
) -> ReturnedMail | None:
    """Settle a mail: its notice failed, it answers a letter, somebody is away, or there is nothing to do.

    `delivery` says to which letter an answer belongs; it may be omitted if there is only one. `nobody_there` says of
    a failed one that the address is not in use, so that nothing is sent there any more. Returns None if the
    mail is settled already. Raises ReturnedMail.DoesNotExist if the user has nothing to do with it, ActionRefused if
    no letter is known for it or several are, or if `nobody_there` is said of a mail that isn't settled as failed.
    """
    if not returned_mails_of(by).filter(pk=pk).exists():
        raise ReturnedMail.DoesNotExist
    returned = ReturnedMail.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if returned.settled_as:
        return None
    if nobody_there and settled_as != Settlement.FAILED:
        raise ActionRefused(
            "nobody_there",
            _(
                "Nothing was recorded: that the address is not in use goes only with “Could not be delivered”."
                " Press that, or take the tick away."
            ),
        )
    match settled_as:
        case Settlement.FAILED:
            _fail(returned, by, at, nobody_there)
        case Settlement.ANSWER:
            _keep_answer(returned, _chosen(returned, by, delivery), by, at)
    returned.settled_as, returned.settled_by, returned.settled_at = settled_as, by, at
    if settled_as in (Settlement.FAILED, Settlement.ANSWER):
        returned.notice = notice_of(returned)  # the user confirmed the presumption by it
    returned.save(update_fields=["settled_as", "settled_by", "settled_at", "notice"])
    return returned


def _fail(returned: ReturnedMail, by: User, at: datetime, nobody_there: bool) -> None:
    notice = notice_of(returned)
    if notice is None:
        raise ActionRefused(
            "settled_as", _("The mail belongs to no notice. Nothing could be marked as failed.")
        )
    if notice.state in HAS_LEFT:
        reason = " ".join((returned.diagnosis or returned.text or returned.subject).split())
        # What a person wrote stays with the letter; everybody may read what is kept of the address.
        answer = returned.diagnosis if nobody_there else None
        give_up(notice=notice, reason=reason, at=at, event=BouncedData, nobody_there=answer, decided_by=by)


def _chosen(returned: ReturnedMail, by: User, delivery: UUID | None) -> Delivery:
    about = deliveries_of(returned, by)
    found = [each for each in about if delivery in (None, each.public_id)]
    if len(found) != 1:
        raise ActionRefused("delivery", _("Choose the letter that the mail answers."))
    return Delivery.objects.select_for_update(of=("self",), no_key=True).get(pk=found[0].pk)


def _keep_answer(returned: ReturnedMail, delivery: Delivery, by: User, at: datetime) -> None:
    """Copy the mail to the documents of the answer. On failure the stored copy is deleted."""
    if not returned.file:
        raise ActionRefused("settled_as", _("The mail was too large to keep. Ask the unit for the document."))
    try:
        with returned.file.open() as mail:
            content = mail.read()
    except FileNotFoundError as error:
        raise ActionRefused(
            "settled_as", _("The file of the mail is missing in the storage. Tell the administrator.")
        ) from error
    name = f"e-posta-{returned.received_at:%Y-%m-%d}.eml"
    document = AnswerDocument(
        delivery=delivery,
        file_name=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        attached_by=by,
        attached_at=at,
    )
    document.file.save(name, ContentFile(content), save=False)
    try:
        document.save()
        kept = MailAnswerData(
            actor=sender(by, delivery.circular, at),
            address=returned.sender,
            file=name,
            sha256=document.sha256,
        )
        append_event(delivery=delivery, data=kept, at=at, by=by)
    except BaseException:
        default_storage.delete(document.file.name or "")
        raise
