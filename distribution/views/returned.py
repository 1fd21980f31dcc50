"""Returned mail and KEP evidence that a person has to settle."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.services.refusal import ActionRefused
from agencies.views.acting import ActingRequest
from circulars.models import Circular
from distribution.feedback.kep_evidence import (
    Imported,
    NotMatchable,
    candidates,
    dismiss_evidence,
    import_evidence,
    match_evidence,
)
from distribution.feedback.settle_mail import BY_A_PERSON, deliveries_of, is_address_closed, settle_mail
from distribution.forms.import_evidence import ImportEvidenceForm
from distribution.models import Delivery, KepEvidence, Notice, ReturnedMail, Settlement
from distribution.outbox.channels.no_mailbox import says_no_mailbox
from distribution.views.lists.way_back import redirect_with_way_back
from distribution.views.recipient import visible_recipient
from distribution.visibility import evidence_of, mails_to_settle, returned_mails_of

MOST_SHOWN = 100
LONGEST_ID = 19
TO_THE_LETTER = [
    f"{through}__delivery__{end}" for through in ("notice", "presumed") for end in ("circular", "agency")
]


@dataclass(frozen=True)
class ResultLine:
    """One imported piece of evidence; the letter is named only for users who may see it."""

    evidence: KepEvidence
    notice: Notice | None


@dataclass(frozen=True)
class ListedMail:
    """A mail to settle with the deliveries that it may be about."""

    mail: ReturnedMail
    deliveries: list[Delivery]

    @property
    def says_no_mailbox(self) -> bool:
        """Whether a server says in it that nobody is reached at the address."""
        return says_no_mailbox(self.mail.diagnosis, status=self.mail.status)


@require_safe
def returned(request: ActingRequest) -> HttpResponse:
    """The import form, and the items that a user has to settle."""
    return _page(request, _import_form(request))


@require_POST
def import_files(request: ActingRequest) -> HttpResponse:
    """Import the files and show the result of each piece of evidence."""
    _sender(request)
    form = ImportEvidenceForm(request.POST, request.FILES, issuers=request.acting.sends_for)
    if not form.is_valid():
        return _page(request, form)
    uploads: list[UploadedFile[bytes]] = form.cleaned_data["evidence"]
    result = import_evidence(
        files=((upload.name or "", upload.read()) for upload in uploads),
        by=request.user,
        issuer=form.cleaned_data.get("issuer"),
        at=timezone.now(),
    )
    return _page(request, _import_form(request), result)


@require_http_methods(["GET", "HEAD", "POST"])
def match(request: ActingRequest, pk: int) -> HttpResponse:
    """Select the notice to which a piece of evidence belongs."""
    _sender(request)
    evidence = get_object_or_404(evidence_of(request.user).defer("content"), pk=pk)
    if evidence.notice_id is not None or evidence.dismissed_by_id is not None:
        return _settled_before(request)
    if request.method == "POST":
        chosen = request.POST.get("notice", "")
        if chosen.isdecimal() and len(chosen) < LONGEST_ID:
            return _matched(request, evidence, int(chosen))
    found = candidates(evidence, request.user)
    context = {
        "section": "letters",
        "evidence": evidence,
        "candidates": found,
        "nothing_chosen": request.method == "POST",
    }
    return render(request, "distribution/match_evidence.html", context)


@require_POST
def dismiss_kep(request: ActingRequest, pk: int) -> HttpResponse:
    """Dismiss evidence that belongs to no letter."""
    _settler(request)
    get_object_or_404(evidence_of(request.user).only("pk"), pk=pk)
    if dismiss_evidence(pk=pk, by=request.user):
        messages.success(request, _("The evidence is off the list and stays in the records."))
    else:
        _say_settled_before(request)
    return redirect("returned")


@require_POST
def settle(request: ActingRequest, pk: int) -> HttpResponse:
    """Say what a returned mail means. What is refused is said above the list, which is as it was."""
    if not returned_mails_of(request.user).filter(pk=pk).exists():
        raise Http404
    chosen = request.POST.get("settled_as", "")
    if chosen not in BY_A_PERSON:
        return redirect("returned")
    letter = request.POST.get("delivery", "")
    try:
        done = settle_mail(
            pk=pk,
            settled_as=Settlement(chosen),
            by=request.user,
            at=timezone.now(),
            delivery=UUID(letter) if letter else None,
            nobody_there="nobody_there" in request.POST,
        )
    except (ReturnedMail.DoesNotExist, ValueError) as error:
        raise Http404 from error
    except ActionRefused as refused:
        messages.error(request, str(refused))
        return redirect("returned")
    if done is None:
        _say_settled_before(request)
    else:
        messages.success(request, _done(done))
    return redirect("returned")


@require_safe
def mail_file(request: ActingRequest, pk: int) -> FileResponse:
    """A returned mail as it came, for those who settle it."""
    _settler(request)
    returned = get_object_or_404(mails_to_settle(request.user).exclude(file=""), pk=pk)
    try:
        content = returned.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=True,
        filename=f"e-posta-{returned.pk}.eml",
        content_type="message/rfc822",
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def evidence_file(request: ActingRequest, letter: UUID, delivery: UUID, pk: int) -> HttpResponse:
    """The original file of a piece of evidence, for users who may see the letter."""
    found = visible_recipient(request, letter, delivery)
    of_delivery = Q(notice__delivery=found) | Q(notice__members__delivery=found)
    evidence = get_object_or_404(KepEvidence.objects.filter(of_delivery).distinct(), pk=pk)
    response = HttpResponse(bytes(evidence.content), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="kep-delil-{evidence.code}-{evidence.pk}.xml"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _import_form(request: ActingRequest) -> ImportEvidenceForm:
    return ImportEvidenceForm(issuers=request.acting.sends_for)


def _page(request: ActingRequest, form: ImportEvidenceForm, result: Imported | None = None) -> HttpResponse:
    _settler(request)
    mails = mails_to_settle(request.user).select_related(*TO_THE_LETTER)
    evidence = evidence_of(request.user).unsettled().defer("content")
    context = {
        "section": "letters",
        "form": form,
        "result": result,
        "result_lines": _lines(request, result) if result else None,
        "mails": _listed(request, mails[:MOST_SHOWN]),
        "mail_count": mails.count(),
        "evidence": evidence[:MOST_SHOWN],
        "evidence_count": evidence.count(),
    }
    return render(request, "distribution/returned.html", context)


def _settler(request: ActingRequest) -> None:
    """Senders settle what concerns their letters, administrators what concerns none."""
    if not request.acting.sends_for and not request.user.is_superuser:
        raise Http404


def _sender(request: ActingRequest) -> None:
    if not request.acting.sends_for:
        raise Http404


def _listed(request: ActingRequest, mails: QuerySet[ReturnedMail]) -> list[ListedMail]:
    """The mails with the letters that they may answer; only a digest needs a query of its own."""
    listed = []
    for mail in mails:
        notice = mail.notice or mail.presumed
        alone = [notice.delivery] if notice is not None and notice.delivery is not None else None
        listed.append(ListedMail(mail, deliveries_of(mail, request.user) if alone is None else alone))
    return listed


def _lines(request: ActingRequest, result: Imported) -> dict[str, list[ResultLine]]:
    kept = [*result.matched, *result.repeated]
    notices = Notice.objects.select_related("delivery__circular", "delivery__agency").in_bulk(
        [each.notice_id for each in kept if each.notice_id]
    )
    circulars = {notice.delivery.circular_id for notice in notices.values() if notice.delivery}
    visible = set(
        Circular.objects.visible_to(request.user).filter(pk__in=circulars).values_list("pk", flat=True)
    )

    def line(evidence: KepEvidence) -> ResultLine:
        notice = notices.get(evidence.notice_id or 0)
        shown = notice is not None and notice.delivery is not None and notice.delivery.circular_id in visible
        return ResultLine(evidence, notice if shown else None)

    return {
        name: [line(each) for each in part[:MOST_SHOWN]]
        for name, part in (
            ("matched", result.matched),
            ("unmatched", result.unmatched),
            ("repeated", result.repeated),
        )
    }


def _matched(request: ActingRequest, evidence: KepEvidence, notice: int) -> HttpResponse:
    try:
        kept = match_evidence(evidence=evidence.pk, notice=notice, by=request.user, at=timezone.now())
    except Notice.DoesNotExist as error:
        raise Http404 from error
    except NotMatchable:
        return _settled_before(request)
    messages.success(request, _("The evidence belongs to its notice now, and the delivery shows it."))
    delivery = kept.notice.delivery if kept.notice else None
    if delivery is None:
        return redirect("returned")
    return redirect_with_way_back(request, "recipient", delivery.circular.public_id, delivery.public_id)


def _settled_before(request: ActingRequest) -> HttpResponse:
    """Message without details, since the item may now belong to a letter that the user may not see."""
    messages.info(request, _("This evidence has been settled meanwhile. Nothing is changed."))
    return redirect("returned")


def _done(returned: ReturnedMail) -> str:
    """What was done by settling the mail."""
    match returned.settled_as:
        case Settlement.ANSWER:
            return _("The mail is kept with the documents of the answer.")
        case Settlement.AWAY:
            return _("Recorded as out of office. The notice stays as it is.")
        case Settlement.NOTHING:
            return _("Recorded: nothing to do. The mail stays in the records.")
    if is_address_closed(returned):
        return _("The notice is recorded as undelivered. Nothing is sent to its address any more.")
    return _("The notice is recorded as undelivered.")


def _say_settled_before(request: ActingRequest) -> None:
    messages.info(request, _("Somebody has settled it meanwhile. Nothing is changed."))
