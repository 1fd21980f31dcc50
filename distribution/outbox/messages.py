"""Text of a notice in Turkish: subject, plain text and HTML, from the templates of its kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from agencies.models import ContactCorrection
from agencies.models.contact_details.channel import channel_label
from circulars.models import Circular
from distribution.links import expiry, link_url
from distribution.models import Delivery, LinkCode, Notice, NoticeKind, NotSentReason
from distribution.models.notices.notice_details import (
    AddressDecidedDetails,
    AddressDetails,
    ChannelAwayDetails,
    CodeDetails,
    ContactCodeDetails,
    EscalationDetails,
    ExtensionAskedDetails,
    NotDispatchedDetails,
    TakeBackAskedDetails,
)
from distribution.outbox.mail_merge import placeholders
from distribution.outbox.managers import context_for_manager
from distribution.queries.digests import entries_of, link_for
from distribution.queries.sending.proposed_addresses import after_decision

FOLDER = "distribution/mail"


@dataclass(frozen=True)
class Message:
    """A rendered message; `subject` is one line."""

    subject: str
    text: str
    html: str


def compose(notice: Notice, *, attached: Sequence[str] = (), with_placeholders: bool = False) -> Message:
    """Render a notice. The templates are `KIND_subject.txt`, `KIND.txt` and `KIND.html`.

    `attached` are the names of attached files. `with_placeholders` renders placeholders where recipients of a
    letter differ: see `distribution.outbox.mail_merge`.
    """
    with translation.override("tr"):
        context = context_of(notice) | {"attached": attached}
        in_text = context | placeholders(notice, part="text") if with_placeholders else context
        in_html = context | placeholders(notice, part="html") if with_placeholders else context
        name = f"{FOLDER}/{notice.kind}"
        return Message(
            subject=" ".join(render_to_string(f"{name}_subject.txt", in_text).split()),
            text=render_to_string(f"{name}.txt", in_text),
            html=render_to_string(f"{name}.html", in_html),
        )


def context_of(notice: Notice) -> dict[str, Any]:
    """Template context common to all kinds; `details` is the data of the notice."""
    details, delivery = notice.details, notice.delivery
    context: dict[str, Any] = {"notice": notice, "details": details, "unit": notice.agency}
    if notice.kind == NoticeKind.DIGEST:
        entries = entries_of(notice)
        inbox = reverse("unit_inbox", args=[notice.agency_id]) if notice.agency_id else reverse("home")
        context |= {
            "entries": entries,
            "overdue": sum(entry.is_overdue for entry in entries),
            "links": any(entry.without_account for entry in entries),
            "inbox_url": settings.SITE_URL + inbox,
        }
    if isinstance(details, EscalationDetails) and delivery is not None:
        context["told_url"] = link_for(delivery, details.told_as)
    if delivery is not None:
        context |= {
            "delivery": delivery,
            "circular": delivery.circular,
            "agency": delivery.answering_unit,
            "closed_unit": delivery.agency if delivery.successor else None,
            "letter_url": settings.SITE_URL + reverse("delivery", args=[delivery.public_id]),
            "link_access_url": settings.SITE_URL + reverse("revoke_links", args=[delivery.public_id]),
            "inbox_url": settings.SITE_URL + reverse("unit_inbox", args=[delivery.answering_unit.pk]),
            "sender_url": settings.SITE_URL + reverse("letter", args=[delivery.circular.public_id]),
            "recipient_url": settings.SITE_URL
            + reverse("recipient", args=[delivery.circular.public_id, delivery.public_id]),
            "giver_url": settings.SITE_URL + giver_path(delivery),
        }
        open_still = delivery.can_be_confirmed or delivery.can_be_objected_to or delivery.is_unanswered
        if notice.agency == delivery.answering_unit and open_still:
            at = timezone.now()
            context |= {"link_url": link_url(delivery, at=at), "link_until": expiry(at=at)}
    if isinstance(details, NotDispatchedDetails):
        circular = Circular.objects.get(pk=details.circular)
        context |= {
            "circular": circular,
            "agency": circular.issuer,
            "why": NotSentReason(details.reason).label,
            "review_url": settings.SITE_URL + reverse("review", args=[circular.public_id]),
        }
    if isinstance(details, ChannelAwayDetails):
        since = date_format(timezone.localtime(details.suspended_at), "DATETIME_FORMAT")
        context |= {"channel": channel_label(details.channel), "when": since}
    if isinstance(details, ExtensionAskedDetails):
        context["decide_url"] = settings.SITE_URL + reverse("decide_extension", args=[details.request])
    if isinstance(details, TakeBackAskedDetails):
        context["decide_url"] = settings.SITE_URL + reverse("decide_take_back", args=[details.request])
    if isinstance(details, AddressDetails):
        context["contact_url"] = settings.SITE_URL + reverse("agency_contact", args=[details.unit])
    if isinstance(details, ContactCodeDetails):
        found = ContactCorrection.objects.select_related("agency", "asked_by")
        context["correction"] = found.get(pk=details.correction)
    if isinstance(details, AddressDecidedDetails) and delivery is not None:
        context["follows"] = after_decision(delivery, details.address)
    if isinstance(details, CodeDetails):
        context["code"] = LinkCode.objects.get(pk=details.code)
    return context | context_for_manager(notice)


def giver_path(delivery: Delivery) -> str:
    """Path of the page where the unit that gave the letter to the recipient follows it."""
    if delivery.parent is not None:
        return reverse("delivery", args=[delivery.parent.public_id])
    return reverse("recipient", args=[delivery.circular.public_id, delivery.public_id])
