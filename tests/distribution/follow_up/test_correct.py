"""Correcting a sent letter by a new revision."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Attachment, Circular, Purpose, Reference, Urgency
from circulars.services.attachments import detach
from circulars.services.correct import NotCorrectable
from circulars.services.draft import discard
from distribution.models import (
    Anchor,
    ChangeKind,
    Delivery,
    EventKind,
    Notice,
    NoticeKind,
    NoticeState,
    ReminderStep,
    Stage,
    StepAction,
    StepUnit,
)
from distribution.outbox.messages import compose
from distribution.queries.sending.board import letter_figures
from distribution.reminders.remind_by_hand import WhyNotReminded, plan_manual_reminders
from distribution.reminders.tekit import plan_tekit
from distribution.services.follow_up.change_due import change_due
from distribution.services.follow_up.correct import choose_touched
from distribution.services.follow_up.recipients import add_recipient
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import NotAcknowledgeable, acknowledge
from distribution.services.sending.change_schedule import set_letter_schedule
from distribution.services.sending.dispatch import NotReady, dispatch
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import begin, confirm, copy_of, send, url
from tests.factories import (
    AgencyFactory,
    copy_below,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db


def test_a_correction_begins_with_everything_that_the_letter_has() -> None:
    circular = draft_to(AgencyFactory(), AgencyFactory(), verification_code="ABC123")
    circular.source_name, circular.source_sha256 = "genelge.pdf", "a" * 64
    circular.source_file.save("genelge.pdf", ContentFile(b"mektup"))
    Reference.objects.create(circular=circular, position=0, text="Bir yazı")
    attachment = Attachment(
        circular=circular, title="Takvim", file_name="takvim.pdf", sha256="b" * 64, size=2
    )
    attachment.file.save("takvim.pdf", ContentFile(b"ek"))
    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())

    draft = begin(circular)

    assert (draft.number, draft.verification_code) == (circular.number, "ABC123")
    assert (draft.revision_number, draft.corrects_id, draft.is_draft) == (2, circular.pk, True)
    assert list(draft.lines.values_list("text", "agency")) == list(
        circular.lines.values_list("text", "agency")
    )
    assert draft.references.get().text == "Bir yazı"
    copy = draft.attachments.get()
    assert copy.file.name != attachment.file.name
    assert draft.source_file.name != circular.source_file.name
    assert set(draft.touched.all()) == set(Agency.objects.filter(deliveries__circular=circular))
    assert begin(circular) == draft


def test_a_correction_keeps_the_own_reminder_schedule_of_the_letter_also_once_it_has_left() -> None:
    circular = dispatched_to(AgencyFactory(), at=timezone.now())
    steps = [
        ReminderStep(anchor=Anchor.SENT, amount=amount, unit=StepUnit.WORKING_DAYS, action=StepAction.REMIND)
        for amount in (7, 9)
    ]
    set_letter_schedule(circular=circular, steps=steps, by=circular.recorded_by, at=timezone.now())

    draft = begin(circular)
    draft.number, draft.change_note = "E-12345678-010.06.02-9", "Tarih düzeltildi."
    draft.save()
    sent = dispatch(circular=draft, by=circular.recorded_by, at=timezone.now()).circular

    assert sent.has_own_reminders
    for letter in (circular, sent):
        assert [step.amount for step in letter.reminder_steps.order_by("amount")] == [7, 9]


def test_taking_a_file_from_the_draft_or_deleting_it_leaves_the_letter_whole(
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    circular = draft_to(AgencyFactory())
    attachment = Attachment(circular=circular, title="Takvim", file_name="takvim.pdf", sha256="b" * 64)
    attachment.file.save("takvim.pdf", ContentFile(b"ek"))
    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())
    draft = begin(circular)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        detach(attachment=draft.attachments.get())
        discard(circular=draft)

    assert attachment.file.storage.exists(attachment.file.name or "")
    assert not circular.corrections.exists()
    assert begin(circular).revision_number == 2


def test_only_the_recipients_concerned_get_the_revision_and_confirm_again() -> None:
    confirmed, waiting, untouched = AgencyFactory.create_batch(3)
    circular = dispatched_to(confirmed, waiting, untouched)
    first = confirm(circular, confirmed)
    kept = confirm(circular, untouched)

    revision = send(begin(circular), confirmed, waiting)

    assert set(Delivery.objects.filter(circular=revision).values_list("agency", flat=True)) == {
        confirmed.pk,
        waiting.pk,
    }
    first.refresh_from_db()
    assert (first.stage, first.acknowledged_sha256) == (Stage.ACKNOWLEDGED, circular.content_sha256)
    assert revision.content_sha256 != circular.content_sha256
    assert not Delivery.objects.filter(pk=first.pk).owing().exists()
    old = copy_of(circular, waiting)
    assert (old.stage, old.superseded_by) == (Stage.SUPERSEDED, copy_of(revision, waiting))
    for each in (first, old):
        event = each.events.get(kind=EventKind.CORRECTED)
        assert (event.data["revision"], event.data["reason"]) == (2, "Tarih düzeltildi")
    kept.refresh_from_db()
    assert not kept.events.filter(kind=EventKind.CORRECTED).exists()
    assert Delivery.objects.filter(pk=kept.pk).owing().exists()
    with pytest.raises(NotAcknowledgeable):
        acknowledge(delivery=old.public_id, by=recipient_of(waiting), at=timezone.now())
    assert confirm(revision, confirmed).acknowledged_sha256 == revision.content_sha256
    circular.refresh_from_db()
    assert circular.superseded_by == revision
    assert circular.changes.get().kind == ChangeKind.CORRECTED
    assert letter_figures(revision).recipients == 2


def test_those_whom_a_correction_leaves_alone_can_still_be_reminded_of_the_first_revision() -> None:
    touched, untouched = AgencyFactory.create_batch(2)
    circular = dispatched_to(touched, untouched, at=timezone.now() - timedelta(days=9))
    Notice.objects.update(state=NoticeState.SENT)
    send(begin(circular), touched)
    circular.refresh_from_db()

    plan = plan_manual_reminders(deliveries=circular.deliveries.all(), at=timezone.now())
    tekit = plan_tekit(circular=circular, at=timezone.now())

    assert [each.unit for each in plan.reminded] == [untouched]
    assert [each.why for each in plan.skipped] == [WhyNotReminded.ENDED]
    assert [each.unit for each in tekit.owing] == [untouched]


def test_what_waits_of_the_old_copy_is_stopped_and_the_new_notice_names_the_revision() -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)

    revision = send(begin(circular), agency)

    assert Notice.objects.get(delivery__circular=circular).state == NoticeState.CANCELLED
    notice = Notice.objects.get(delivery__circular=revision)
    assert notice.kind == NoticeKind.LETTER
    words = compose(notice)
    for text in (words.text, words.html):
        assert "2. sürüm" in text
        assert "Tarih düzeltildi" in text
    assert words.subject == f"DÜZELTME (2. sürüm): {revision.subject} ({revision.number})"
    Circular.objects.filter(pk=revision.pk).update(secrecy="GİZLİ")
    secret = compose(Notice.objects.get(pk=notice.pk)).subject
    assert secret == f"DÜZELTME (2. sürüm): Resmî yazı ({revision.number})"


def test_lists_and_pages_of_sender_recipient_and_manager_mark_a_revision(signed_in: SignIn) -> None:
    agency, issuer = AgencyFactory(), AgencyFactory()
    circular = dispatched_to(agency, issuer=issuer)
    mark = '<span class="badge app-revision">2. sürüm</span>'

    def pages(letter: Circular) -> list[str]:
        copy = copy_of(letter, agency)
        recipient, sender, manager = recipient_of(agency), sender_of(issuer), manager_of(issuer)
        found = [
            signed_in(recipient).get(reverse("unit_inbox", args=[agency.pk])),
            signed_in(recipient).get(reverse("delivery", args=[copy.public_id])),
            signed_in(sender).get(reverse("letters")),
            signed_in(sender).get(url("letter", letter)),
            signed_in(sender).get(url("recipient", letter, copy)),
            signed_in(manager).get(reverse("outstanding")),
        ]
        return [" ".join(each.content.decode().split()).replace("> ", ">") for each in found]

    assert not any(mark in page for page in pages(circular))
    revision = send(begin(circular), agency)

    assert [mark in page for page in pages(revision)] == [True] * 6


def test_what_was_passed_on_gets_the_revision_below_the_new_copy() -> None:
    agency, below, deeper = AgencyFactory.create_batch(3)
    circular = dispatched_to(agency)
    parent = copy_of(circular, agency)
    child = copy_below(
        parent, below, purpose=Purpose.INFORMATION, note="İlgililere", created_at=timezone.now()
    )
    copy_below(child, deeper, purpose=Purpose.ACTION, created_at=timezone.now())

    revision = send(begin(circular), agency)

    new, new_child, new_deeper = (copy_of(revision, each) for each in (agency, below, deeper))
    assert (new_child.parent, new_child.path) == (new, [new.pk])
    assert (new_child.note, new_child.purpose) == ("İlgililere", Purpose.INFORMATION)
    assert new_deeper.path == [new.pk, new_child.pk]
    assert new_child.events.get().kind == EventKind.RECEIVED_BELOW
    assert Notice.objects.filter(delivery__circular=revision).count() == 3
    assert {each.stage for each in Delivery.objects.filter(circular=circular)} == {Stage.SUPERSEDED}
    assert revision.recipient_count == 1


@pytest.mark.parametrize(
    ("urgency", "days", "expected"),
    [(Urgency.URGENT, None, None), (Urgency.TIMED, 9, 5), (Urgency.NORMAL, 3, 3)],
)
def test_a_copy_passed_on_keeps_the_earlier_due_time_unless_the_letter_is_acele(
    urgency: Urgency, days: int | None, expected: int | None
) -> None:
    agency, below = AgencyFactory.create_batch(2)
    now = timezone.now()
    due = now + timedelta(days=days) if days else None
    circular = dispatched_to(agency, at=now, urgency=urgency, due_at=due)
    parent = copy_of(circular, agency)
    copy_below(parent, below, purpose=Purpose.ACTION, created_at=now, due_at=now + timedelta(days=5))

    revision = send(begin(circular), agency)

    assert copy_of(revision, below).due_at == (now + timedelta(days=expected) if expected else None)


def test_a_recipient_added_later_and_an_extended_due_time_go_along() -> None:
    agency, added = AgencyFactory(), AgencyFactory()
    now = timezone.now()
    due = now + timedelta(days=3)
    circular = dispatched_to(agency, urgency=Urgency.TIMED, due_at=due)
    add_recipient(
        circular=circular, agency=added, purpose="information", due_at=due, by=circular.recorded_by, at=now
    )
    later = due + timedelta(days=4)
    change_due(
        circular=circular,
        until=later,
        reason="",
        by=circular.recorded_by,
        at=now,
        delivery=copy_of(circular, agency),
    )

    revision = send(begin(circular), agency, added)

    assert copy_of(revision, agency).due_at == later
    new = copy_of(revision, added)
    assert (new.line, new.purpose, new.due_at) == (None, Purpose.INFORMATION, due)


def test_working_days_start_again_and_a_later_due_time_is_kept() -> None:
    agency, extended = AgencyFactory(), AgencyFactory()
    now = timezone.now()
    circular = dispatched_to(agency, extended, at=now, urgency=Urgency.TIMED, due_working_days=5)
    later = now + timedelta(days=60)
    change_due(
        circular=circular,
        until=later,
        reason="",
        by=circular.recorded_by,
        at=now,
        delivery=copy_of(circular, extended),
    )

    revision = send(begin(circular), agency, extended)

    assert copy_of(revision, extended).due_at == later
    assert copy_of(revision, agency).due_at == revision.due_at


def test_the_old_copies_and_the_lines_left_alone_say_that_the_letter_was_corrected(
    english: Client, signed_in: SignIn
) -> None:
    touched, untouched = AgencyFactory(), AgencyFactory()
    circular = dispatched_to(touched, untouched)
    revision = send(begin(circular), touched)
    client = signed_in(sender_of(circular.issuer))

    for address in (url("letter", circular), url("recipient", circular, copy_of(circular, touched))):
        page = client.get(address).content.decode()
        assert "A corrected revision took the place of this copy." in page
        assert "Closed unit" not in page
    page = client.get(url("letter", revision)).content.decode()
    assert page.count("No unit gets this revision through this line.") == 1
    assert "counts there" not in page


def test_a_correction_of_a_correction_reaches_those_whom_the_first_left_alone() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    circular = dispatched_to(first, second)
    two = send(begin(circular), first)

    three = send(begin(two), first, second, note="Adres düzeltildi")

    assert three.revision_number == 3
    assert copy_of(two, first).superseded_by == copy_of(three, first)
    assert copy_of(circular, second).superseded_by == copy_of(three, second)
    circular.refresh_from_db()
    assert circular.superseded_by == two


def test_a_correction_needs_a_note_and_somebody_touched() -> None:
    agency = AgencyFactory()
    draft = begin(dispatched_to(agency))
    for touched, note in (([agency], " "), ([], "Bir değişiklik"), ([AgencyFactory()], "Bir değişiklik")):
        choose_touched(correction=draft, note=note, agencies=touched)
        with pytest.raises(NotReady):
            dispatch(circular=draft, by=draft.recorded_by, at=timezone.now())
    assert Delivery.objects.count() == 1


def test_a_withdrawn_letter_is_not_corrected() -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    draft = begin(circular)
    choose_touched(correction=draft, note="Bir değişiklik", agencies=[agency])
    withdraw(circular=circular, reason="Yanlış", by=circular.recorded_by, at=timezone.now())

    with pytest.raises(NotReady):
        dispatch(circular=draft, by=draft.recorded_by, at=timezone.now())
    with pytest.raises(NotCorrectable):
        begin(circular)
