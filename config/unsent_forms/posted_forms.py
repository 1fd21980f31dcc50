"""Every address that takes a form: what the form does, on what, and the page on which it stands.

A new address that takes a form gets a line in POSTED_FORMS; `tests/config/test_posted_forms.py` fails without it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agencies.models import AgencyWording, GroupWording
from config.unsent_forms import form_subjects as about
from config.unsent_forms.form_subjects import Subject, Values
from distribution.models import InternalNote
from distribution.views.internal_notes import page_of_note

PersonId = int | None


@dataclass(frozen=True)
class PostedForm:
    """The form of one address.

    `page` is the page it stands on: the name of an address, with those values of the form's own address that `takes`
    names, or a function of them; "" if the address itself shows the form. `needs` are the file fields without which it
    is refused. `is_kept` is False where sending it a second time would repeat what was done.
    """

    does: str | Promise
    about: Subject = about.nothing
    page: str | Callable[[Values, PersonId], str] = ""
    takes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    is_kept: bool = True

    def page_path(self, values: Values, person: PersonId) -> str:
        """Path of the page, for a person's id (None if signed out); "" if the address itself shows the form."""
        if callable(self.page):
            return self.page(values, person)
        return reverse(self.page, kwargs={name: values[name] for name in self.takes}) if self.page else ""


def _on_letter(does: Promise, page: str = "letter", **more: object) -> PostedForm:
    return PostedForm(does, about.letter, page, ("letter",), **more)  # type: ignore[arg-type]


def _on_recipient(does: Promise, **more: object) -> PostedForm:
    return PostedForm(does, about.delivery, "recipient", ("letter", "delivery"), **more)  # type: ignore[arg-type]


def _on_delivery(does: Promise, subject: Subject = about.delivery, **more: object) -> PostedForm:
    return PostedForm(does, subject, "delivery", ("delivery",), **more)  # type: ignore[arg-type]


def _page_of_group_wording(values: Values, person: PersonId) -> str:
    found = GroupWording.objects.filter(pk=values["pk"]).first()
    return reverse("group", args=[found.group_id]) if found else reverse("groups")


def _page_of_note(values: Values, person: PersonId) -> str:
    """For its author only: the address of the page has the letter's id in it."""
    found = InternalNote.objects.filter(pk=values["pk"], written_by=person).first()
    return page_of_note(found) if found else reverse("home")


def _page_of_agency_wording(values: Values, person: PersonId) -> str:
    found = AgencyWording.objects.filter(pk=values["pk"]).first()
    return reverse("agency", args=[found.agency_id]) if found else reverse("directory")


POSTED_FORMS = {
    "act_for": PostedForm(_("Choice of the unit"), about.chosen_unit, "home"),
    # -- the directory
    "new_deputy": PostedForm(_("Appointment of a deputy")),
    "end_deputy": PostedForm(_("End of a deputyship"), about.deputyship, "deputies"),
    "use_addresses_again": PostedForm(_("Use of all addresses again")),
    "use_address_again": PostedForm(_("Use of an address again"), about.unit, "undeliverable_addresses"),
    "use_person_address_again": PostedForm(_("Use of a person's address again"), page="home"),
    "take_back_group_wording": PostedForm(
        _("Removal of a wording"), about.group_wording, _page_of_group_wording
    ),
    "take_back_agency_wording": PostedForm(
        _("Removal of a wording"), about.agency_wording, _page_of_agency_wording
    ),
    "directory_imports": PostedForm(_("Check of a directory file"), needs=("file",)),
    "directory_import_confirm": PostedForm(
        _("Writing of an import"), about.directory_import, "directory_import", ("pk",)
    ),
    "directory_import_discard": PostedForm(
        _("Discarding of an import"), about.directory_import, "directory_import", ("pk",)
    ),
    "agency_contact": PostedForm(_("Contact details of a unit"), about.unit),
    "undo_correction": PostedForm(_("Undoing of a correction"), about.correction, "contact_corrections"),
    "accept_correction": PostedForm(
        _("Acceptance of a KEP address"), about.correction, "contact_corrections"
    ),
    "refuse_correction": PostedForm(_("Refusal of a KEP address"), about.correction, "contact_corrections"),
    "agency_rename": PostedForm(_("New name of a unit"), about.unit),
    "agency_reopen": PostedForm(_("Reopening of a unit"), about.unit),
    "agency_close": PostedForm(_("Closing of a unit"), about.unit),
    "agency_merge": PostedForm(_("Merging of a unit"), about.unit),
    "leaves": PostedForm(_("Declaration of leave")),
    "take_back_leave": PostedForm(_("Revocation of leave"), about.leave, "leaves"),
    # -- a letter before its dispatch
    "record": PostedForm(_("Recording of a letter")),
    "record_replacement": PostedForm(_("Recording of the right letter"), about.letter),
    "dismiss_reading": PostedForm(
        _("Cancelling of a reading"), about.letter_reading, "letter_reading", ("reading",)
    ),
    "record_by_hand": PostedForm(
        _("Recording of a letter by hand"), about.letter_reading, "letter_reading", ("reading",)
    ),
    "review": PostedForm(_("Draft of a letter"), about.letter),
    "discard_unsaved": _on_letter(_("Discarding of unsaved changes"), "review"),
    "delete_draft": PostedForm(_("Deletion of a draft"), about.letter),
    "attach": _on_letter(_("Upload of attachments"), "review", needs=("files",)),
    "detach": _on_letter(_("Removal of an attachment's file"), "review"),
    "settle_line": PostedForm(_("Meaning of a distribution line"), about.line),
    "add_agency": PostedForm(_("New unit for a distribution line"), about.line),
    "use_plan": PostedForm(_("Use of a distribution plan"), about.letter),
    "new_plan": PostedForm(_("New distribution plan")),
    "edit_plan": PostedForm(_("New version of a distribution plan"), about.plan),
    "retire_plan": PostedForm(_("Retirement of a distribution plan"), about.plan),
    "touched": PostedForm(_("Recipients of a correction"), about.letter),
    "choose_file": PostedForm(_("Letter file of a draft"), about.letter),
    "dispatch": PostedForm(_("Dispatch of a letter"), about.letter),
    "propose_address": PostedForm(_("Address of a recipient"), about.letter),
    "decide_address": PostedForm(_("Decision on an address"), about.proposed_address),
    "cancel_dispatch": _on_letter(_("Cancelling of a scheduled dispatch"), "dispatch"),
    "dispatch_without_waiting": _on_letter(_("Dispatch of a letter"), "dispatch"),
    "preview_mail": PostedForm(_("Trial mail of a letter"), about.letter),
    # -- a sent letter
    "letter_report": _on_letter(_("Status report of a letter")),
    "retry_notices": _on_letter(_("Repeated sending of notices")),
    "retry_notices_of_one": _on_recipient(_("Repeated sending of notices")),
    "send_another_way": _on_letter(_("Sending by another channel")),
    "send_now": _on_letter(_("Sending of waiting notices")),
    "try_channel": PostedForm(_("New try of a channel"), about.channel, "sending_state"),
    "hand_over": _on_recipient(_("Record of a handover"), needs=("proof",)),
    "remind_by_hand": PostedForm(_("Manual reminder"), about.letter),
    "remind_by_hand_outstanding": PostedForm(_("Manual reminder")),
    "remind_by_hand_outstanding_letters": PostedForm(_("Manual reminder")),
    "choose_rows": PostedForm(_("Choice of recipients"), about.followed, "outstanding"),
    "give_more_time": PostedForm(_("More time for several recipients"), about.followed),
    "choose_columns": PostedForm(_("Choice of columns"), page="outstanding"),
    "save_view": PostedForm(_("Saving of a view")),
    "change_view": PostedForm(_("Change of a view"), about.saved_view),
    "delete_view": PostedForm(_("Deletion of a view"), about.saved_view, "outstanding"),
    "record_on_behalf": _on_recipient(_("Record on a unit's behalf")),
    "take_back_record": _on_recipient(_("Taking back of a record on a unit's behalf")),
    "record_on_behalf_of_several": PostedForm(_("Record on the behalf of several units"), about.letter),
    "record_below": PostedForm(_("Record on a unit's behalf"), about.delivery),
    "take_back_record_below": PostedForm(
        _("Taking back of a record on a unit's behalf"), about.delivery, "record_below", ("delivery",)
    ),
    "note_on_letter": PostedForm(_("Internal note"), about.letter),
    "note_on_recipient": PostedForm(_("Internal note"), about.delivery),
    "strike_note": PostedForm(_("Striking out of an internal note"), page=_page_of_note),
    "note_call": PostedForm(_("Note of a call"), about.unit),
    "send_again": PostedForm(_("Sending of a returned copy again"), about.delivery),
    "send_instead": PostedForm(_("Sending to another unit instead"), about.delivery),
    "accept_return": PostedForm(_("Acceptance of a return"), about.delivery),
    "decide_take_back": PostedForm(_("Decision on a request to take back"), about.take_back_request),
    "tekit": PostedForm(_("Draft of a tekit"), about.letter),
    "letter_reminders": PostedForm(_("Reminder schedule of a letter"), about.letter),
    "default_reminders": PostedForm(_("Default reminder schedule")),
    "add_recipient": PostedForm(_("New recipient of a letter"), about.letter_and_unit),
    "remove_recipient": PostedForm(_("Removal of a recipient"), about.delivery),
    "change_due": PostedForm(_("More time for all recipients"), about.letter),
    "change_due_of_one": PostedForm(_("More time for a recipient"), about.delivery),
    "decide_extension": PostedForm(_("Decision on a request for more time"), about.decision),
    "correct": _on_letter(_("Correction of a letter")),
    "withdraw": PostedForm(_("Withdrawal of a letter"), about.letter),
    "pause_sending": _on_letter(_("Pause of the sending")),
    "resume_sending": _on_letter(_("Resumption of the sending")),
    "import_evidence": PostedForm(
        _("Import of KEP evidence"), page="returned", needs=("evidence",), is_kept=False
    ),
    "match_evidence": PostedForm(_("Assignment of KEP evidence"), about.kep_evidence),
    "dismiss_evidence": PostedForm(_("Dismissal of KEP evidence"), about.kep_evidence, "returned"),
    "settle_mail": PostedForm(_("Meaning of a returned mail"), about.returned_mail, "returned"),
    "prepare_list": PostedForm(_("Preparation of a list")),
    "cancel_prepared_file": PostedForm(
        _("Cancelling of a file's preparation"), page="prepared_file", takes=("file",)
    ),
    # -- a manager's own
    "look_at_all": PostedForm(_("Note that you looked at what became overdue"), page="late"),
    "board_mails": PostedForm(_("Choice of e-mails to you as manager")),
    "board_of_unit": PostedForm(_("Choice of the unit"), about.chosen_unit),
    # -- a received letter
    "confirm_several": PostedForm(_("Choice of letters to confirm"), about.deliveries),
    "acknowledge_several": PostedForm(
        _("Confirmation of several letters"), about.deliveries, "unit_inbox", ("agency",)
    ),
    "choose_letters": PostedForm(_("Choice of letters"), about.deliveries, "unit_inbox", ("agency",)),
    "answer_several": PostedForm(_("Answer to several letters"), about.deliveries),
    "return_several": PostedForm(_("Return of several letters"), about.deliveries),
    "ask_extension_for_several": PostedForm(_("Request for more time for several letters"), about.deliveries),
    "save_filter": PostedForm(_("Saving of a filter"), about.inbox, "unit_inbox", ("agency",)),
    "delete_filter": PostedForm(_("Deletion of a filter"), about.saved_filter, "unit_inbox", ("agency",)),
    "acknowledge": _on_delivery(_("Confirmation of a letter")),
    "answer": _on_delivery(_("Answer to a letter"), about.answer),
    "add_documents": _on_delivery(_("Further answer documents"), needs=("documents",)),
    "return_letter": _on_delivery(_("Return of a letter")),
    "ask_extension": _on_delivery(_("Request for more time")),
    "change_register_number": _on_delivery(_("Change of a register number")),
    "correct_contact": PostedForm(_("Contact details of a unit"), about.inbox),
    "confirm_contact": PostedForm(
        _("Confirmation of a unit's new address"), about.inbox, "correct_contact", ("agency",), is_kept=False
    ),
    "send_contact_code_again": PostedForm(
        _("Sending of a code again"), about.inbox, "correct_contact", ("agency",)
    ),
    "assign": _on_delivery(_("Assignment of a letter")),
    "unassign": _on_delivery(_("Removal of an assignment")),
    "assign_several": PostedForm(_("Assignment of several letters"), about.deliveries),
    "object_to_record": _on_delivery(_("Objection to a record of the sender")),
    "take_back": _on_delivery(_("Taking back of an act")),
    "ask_take_back": _on_delivery(_("Request to take back")),
    "take_back_several": PostedForm(_("Taking back of several acts"), about.deliveries),
    "note_on_own_copy": PostedForm(_("Internal note"), about.delivery),
    "pass_on": PostedForm(_("Passing on of a letter"), about.delivery),
    "retry_below": PostedForm(_("Repeated sending of notices"), about.delivery, "branch", ("delivery",)),
    "revoke_links": PostedForm(_("Revocation of links"), about.delivery),
    "send_link": PostedForm(_("Sending of a new link"), about.delivery, "revoke_links", ("delivery",)),
    # -- of the library for administration
    "admin:logout": PostedForm(_("Sign out"), page="admin:index", is_kept=False),
}

BY_SCRIPT = {"keep_unsaved"}
"""Addresses to which a page posts by itself. A person has sent nothing, so nothing is kept once the session ends."""


def posted_form_at(path: str) -> tuple[PostedForm, Values] | None:
    """The form of a path (with or without a query) and the values in it; None if the path takes none."""
    try:
        return posted_form_of(resolve(path.partition("?")[0]))
    except Resolver404:
        return None


def posted_form_of(match: ResolverMatch | None) -> tuple[PostedForm, Values] | None:
    """The form of an address that was resolved, and the values in it."""
    form = POSTED_FORMS.get(match.view_name) if match else None
    return (form, match.kwargs) if match and form else None
