"""For each line of the table of access one address of the world, with what a form needs to be more than refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.tokens import default_token_generator
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils.http import int_to_base36

from agencies.models import Deputyship, Role
from circulars.models import DistributionLine
from config.access.addresses import ADDRESSES
from config.access.parties import Member, Place
from distribution.links import link_token
from distribution.models import (
    AnswerDocument,
    ExtensionRequest,
    InternalNote,
    OnBehalfRecord,
    TakeBackRequest,
)
from tests.access.things import Things
from tests.access.world import World
from tests.use_cases.table import NOW

NO_TOKEN = "uydurma"

DRAFTS = {
    "review", "keep_unsaved", "discard_unsaved", "delete_draft", "choose_file", "attach", "detach", "settle_line",
    "add_agency", "use_plan", "propose_address", "preview_mail", "dispatch", "letter draft", "letter_file draft",
    "letter_page draft", "attachment_file draft", "letter_reminders draft",
}  # fmt: skip
LETTERS = dict.fromkeys(DRAFTS, "draft") | {
    "record_replacement": "withdrawn", "touched": "correction", "cancel_dispatch": "scheduled",
    "dispatch_without_waiting": "scheduled", "correct": "plain", "withdraw": "plain", "tekit": "plain",
    "record_on_behalf": "plain", "record_on_behalf_of_several": "plain", "remove_recipient": "plain",
    "change_due": "plain", "change_due_of_one": "plain", "hand_over": "plain", "take_back_record": "recorded",
    "send_again": "returned", "send_instead": "returned", "accept_return": "returned",
    "send_again below": "returned below", "send_instead below": "returned below",
    "accept_return below": "returned below", "record_below": "sent", "take_back_record_below": "sent",
    "acknowledge": "plain", "answer": "plain", "add_documents": "answered", "return_letter": "plain",
    "ask_extension": "plain", "object_to_record": "recorded", "take_back": "answered", "ask_take_back": "answered",
    "pass_on": "plain", "note_on_own_copy": "plain", "return_by_link": "link", "answer_by_link": "link",
    "ask_extension_by_link": "link", "ask_take_back_by_link": "link", "link": "link",
}  # fmt: skip
"""Which letter the address is about; usually the one that was sent and passed on."""

BELOW = {
    "record_below", "take_back_record_below", "send_again below", "send_instead below", "accept_return below",
}  # fmt: skip
"""Addresses about the copy of the unit to which the recipient passed the letter on."""

OF_ISSUER = {"board_of_unit"}

CLASSES_OF_LISTS = {
    "outstanding": "of_unit", "outstanding_letters": "of_unit", "month_review": "of_unit", "sent_letters": "of_unit",
    "archive": "of_unit", "recipients": "of_letter", "letter_outstanding": "of_letter", "readership": "of_letter",
    "branch": "of_delivery",
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One address. `forged` is the same address without the right of a link; `data` is what a form sends."""

    path: str
    forged: str
    data: Mapping[str, Any] = field(default_factory=dict)


def samples(world: World, things: Things) -> dict[str, Sample]:
    """One for each line of the table, without those of the raw tables."""
    return {key: _sample(key, world, things) for key in ADDRESSES if key != "admin"}


def _sample(key: str, world: World, things: Things) -> Sample:
    name, _blank, variant = key.partition(" ")
    values = _values(key, world, things)
    wanted = {converter: values[converter] for converter in _converters(name)}
    query = f"?{urlencode(_query(variant, world))}" if name == "prepare_list" else ""
    query = "?_export=csv" if name == "directory_export" else query
    path = reverse(name, kwargs=wanted) + query
    forged = reverse(name, kwargs=wanted | {"token": NO_TOKEN}) if "token" in wanted else path
    return Sample(path, forged, _data(key, world, things))


def _converters(name: str) -> list[str]:
    found = get_resolver().reverse_dict.getlist(name)
    if not found:
        raise NoReverseMatch(name)
    return list(found[0][0][0][1])


def _values(key: str, world: World, things: Things) -> dict[str, Any]:
    name, _blank, variant = key.partition(" ")
    letter = LETTERS.get(key, "sent")
    circular = world.letters[letter]
    delivered = letter not in ("draft", "scheduled", "correction")
    copy = world.copy(letter, Place.PASSED_TO if key in BELOW else Place.RECIPIENT) if delivered else None
    values = {
        "letter": circular.public_id,
        "page": 1,
        "agency": world.issuer.pk if key in OF_ISSUER else world.recipient.pk,
        "pk": _pk(key, world, things),
        "reading": things.reading.public_id,
        "editing": things.editing.public_id,
        "file": things.report.public_id,
        "channel": "email",
        "token": things.stop_token,
        "kind": {"waiting": "returns", "board_of_unit": "outstanding"}.get(name, variant),
    }
    if copy is not None:
        values["delivery"] = copy.public_id
        if name != "stop_mails":
            values["token"] = link_token(copy, at=NOW)
    if name == "account_reset_password_from_key":
        values |= _reset_key(world)
    place, below = (Place.PASSED_TO, " below") if variant == "below" else (Place.RECIPIENT, "")
    if name == "decide_extension":
        values["extension"] = ExtensionRequest.objects.get(
            delivery=world.copy(f"asked{below}", place)
        ).public_id
    if name == "decide_take_back":
        asked = TakeBackRequest.objects.get(delivery=world.copy(f"answered{below}", place))
        values["asked"] = asked.public_id
    return values


def _pk(key: str, world: World, things: Things) -> int:
    name = key.partition(" ")[0]
    draft = key in DRAFTS
    circular = world.letters[LETTERS.get(key, "sent")]
    match name:
        case "settle_line" | "add_agency":
            return DistributionLine.objects.filter(circular=circular).earliest("pk").pk
        case "line_units":
            return DistributionLine.objects.get(circular=circular, agency=world.recipient).pk
        case "attachment_file" | "detach" | "delivery_attachment" | "link_attachment":
            return circular.attachments.earliest("pk").pk
        case "plan" | "edit_plan" | "retire_plan":
            return things.plan.pk
        case "propose_address":
            assert draft
            return DistributionLine.objects.get(circular=circular, agency__email="").agency_id or 0
        case "end_deputy":
            return Deputyship.objects.latest("active_from").pk
        case "take_back_group_wording":
            return things.group_wording.pk
        case "take_back_agency_wording":
            return things.agency_wording.pk
        case "group":
            return things.group_wording.group_id
        case "use_person_address_again":
            return world.receiver.pk
        case "undo_correction" | "accept_correction" | "refuse_correction":
            return things.correction.pk
        case "decide_address":
            return things.address.pk
        case _ if name.startswith("directory_import"):
            return things.directory_import.pk
        case "take_back_leave":
            return things.leave.pk
        case "take_back_record" | "on_behalf_file":
            return OnBehalfRecord.objects.get(delivery=world.copy("recorded")).pk
        case "take_back_record_below":
            return OnBehalfRecord.objects.get(delivery=world.copy("sent", Place.PASSED_TO)).pk
        case "answer_document":
            return AnswerDocument.objects.get(delivery=world.copy("answered")).pk
        case "evidence_file":
            return things.evidence.pk
        case "handover_proof":
            return things.handover.pk
        case "match_evidence" | "dismiss_evidence":
            return things.unmatched.pk
        case "settle_mail" | "returned_mail_file":
            return things.mail.pk
        case "strike_note":
            return InternalNote.objects.get(by_sender=True).pk
        case "outstanding_view" | "change_view" | "delete_view":
            return things.view.pk
        case "delete_filter":
            return things.filter.pk
        case _:
            return world.recipient.pk


def _query(kind: str, world: World) -> dict[str, object]:
    match CLASSES_OF_LISTS[kind]:
        case "of_letter":
            return {"_export": "xlsx", "of_letter": world.letters["sent"].public_id}
        case "of_delivery":
            return {"_export": "xlsx", "of_delivery": world.copy("sent").public_id}
    unit = world.recipient if kind == "archive" else world.issuer
    return {"_export": "xlsx", "of_unit": unit.pk}


def _data(key: str, world: World, things: Things) -> dict[str, Any]:
    match key.partition(" ")[0]:
        case "act_for":
            return {"agency": world.issuer.pk}
        case "new_deputy":
            deputy = world.people[Member(Place.ISSUER, Role.MANAGER)]
            return {"absent": world.sender.pk, "unit": world.issuer.pk, "deputy": deputy.pk}
        case "letter_reminders":
            return {"act": "none"}
        case "default_reminders":
            return {"act": "none", "urgency": ""}
        case "keep_unsaved":
            return {"editing": things.editing.public_id}
    return {}


def _reset_key(world: World) -> dict[str, str]:
    person = world.receiver
    return {"uidb36": int_to_base36(person.pk), "key": default_token_generator.make_token(person)}
