"""The sender's pages: list of letters, letter with its lines, progress, report."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agencies.models import Agency, User
from circulars.models import Circular
from distribution.event_log import BouncedData
from distribution.models import Delivery, DeliveryEvent, Heartbeat, Notice, NoticeState
from distribution.outbox.outages.heartbeat import beat
from distribution.outbox.record import give_up
from distribution.outbox.send import send_due
from distribution.queries.sending.board import letter_figures, line_figures, with_progress
from distribution.services.follow_up.recipients import remove_recipient
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.distribution.status_reports import report_of
from tests.factories import (
    AgencyFactory,
    AgencyGroupFactory,
    CircularFactory,
    LineFactory,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db


def to_group(size: int, issuer: Agency) -> Circular:
    group = AgencyGroupFactory()
    group.members.set(AgencyFactory.create_batch(size))
    circular = draft_to(AgencyFactory(name="Tek Başkanlığı"), issuer=issuer)
    LineFactory(circular=circular, position=1, agency=None, group=group, text=f"{size} Sınama Başkanlığına")
    return dispatch(circular=circular, by=circular.recorded_by, at=timezone.now()).circular


def test_the_list_shows_drafts_and_sent_letters_of_the_unit_with_progress(signed_in: SignIn) -> None:
    issuer, agency = AgencyFactory(), AgencyFactory()
    dispatched_to(agency, AgencyFactory(), issuer=issuer, subject="Giden Yazı")
    draft_to(agency, issuer=issuer, subject="Taslak Yazı")
    dispatched_to(agency, subject="Yabancı Yazı")
    acknowledge(
        delivery=Delivery.objects.filter(circular__issuer=issuer, agency=agency).get().public_id,
        by=recipient_of(agency),
        at=timezone.now(),
    )

    response = signed_in(sender_of(issuer)).get(reverse("letters"))

    page = response.content.decode()
    assert "Giden Yazı" in page
    assert "Taslak Yazı" in page
    assert "Yabancı Yazı" not in page
    (row,) = response.context["table"].data.data
    assert (row.recipient_count, row.acknowledged_count, row.outstanding_count) == (2, 1, 1)


def test_the_list_is_searched_with_turkish_letters_folded(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    dispatched_to(AgencyFactory(), issuer=issuer, subject="IĞDIR Şoförleri")
    dispatched_to(AgencyFactory(), issuer=issuer, subject="Ardahan Köprüsü")

    page = signed_in(sender_of(issuer)).get(reverse("letters"), {"q": "iğdır sofor"}).content.decode()

    assert "IĞDIR Şoförleri" in page
    assert "Ardahan Köprüsü" not in page


def test_the_list_asks_as_many_questions_for_20_letters_as_for_2(signed_in: SignIn) -> None:
    beat(job=Heartbeat.Job.SWEEP, at=timezone.now())
    issuer, counts = AgencyFactory(), []
    client = signed_in(sender_of(issuer))
    for more in (2, 18):
        for _ in range(more):
            dispatched_to(AgencyFactory(), issuer=issuer)
            draft_to(AgencyFactory(), issuer=issuer)
        client.get(reverse("letters"))
        counts.append(query_count(client.get, reverse("letters")))
    assert counts[0] == counts[1] <= 15


def test_a_letter_shows_its_lines_as_printed_in_their_order_with_stages(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    circular = to_group(3, issuer)

    response = signed_in(sender_of(issuer)).get(reverse("letter", args=[circular.public_id]))

    ((_, lines),) = response.context["heads"]
    assert [(each.line.text, each.recipients) for each in lines] == [
        ("Tek Başkanlığı", 1),
        ("3 Sınama Başkanlığına", 3),
    ]


def test_printed_lines_stand_in_their_printed_order_everywhere(signed_in: SignIn) -> None:
    """Not in the order in which their rows were written, nor in that of the alphabet."""
    issuer = AgencyFactory()
    circular = CircularFactory(issuer=issuer)
    for position, name in ((2, "Bolu"), (0, "Çorum"), (3, "Adana"), (1, "Düzce")):
        LineFactory(circular=circular, position=position, text=name)
    printed = ["Çorum", "Düzce", "Bolu", "Adana"]
    client = signed_in(sender_of(issuer))

    assert [line.text for line in circular.lines.all()] == printed
    page = client.get(reverse("review", args=[circular.public_id])).content.decode()
    assert sorted(printed, key=page.index) == printed

    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())
    assert [each.line.text for each in line_figures(circular)] == printed
    page = client.get(reverse("letter", args=[circular.public_id])).content.decode()
    assert sorted(printed, key=page.index) == printed


def test_the_units_of_a_line_are_shown_with_who_confirmed(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    circular = to_group(3, issuer)
    line = circular.lines.get(position=1)
    confirmed = line.deliveries.first()
    assert confirmed is not None
    acknowledge(
        delivery=confirmed.public_id,
        by=recipient_of(confirmed.agency),
        at=timezone.now(),
        register_number="77",
    )
    url = reverse("line_units", args=[circular.public_id, line.pk])
    client = signed_in(sender_of(issuer))

    whole = client.get(url).content.decode()
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()

    assert "77" in whole
    assert "77" in part
    assert "<html" in whole
    assert "<html" not in part


@pytest.mark.parametrize("size", [2, 20])
def test_a_letters_page_asks_a_fixed_number_of_questions(signed_in: SignIn, size: int) -> None:
    issuer = AgencyFactory()
    circular = to_group(size, issuer)
    client = signed_in(sender_of(issuer))
    client.get(reverse("letter", args=[circular.public_id]))

    assert query_count(client.get, reverse("letter", args=[circular.public_id])) == 14


@pytest.mark.parametrize("name", ["letter", "letter_progress"])
@pytest.mark.parametrize("role_of", [sender_of, recipient_of, manager_of])
def test_a_stranger_finds_nothing(signed_in: SignIn, role_of: Callable[..., User], name: str) -> None:
    circular = dispatched_to(AgencyFactory())

    response = signed_in(role_of(AgencyFactory())).get(reverse(name, args=[circular.public_id]))

    assert response.status_code == 404


def test_a_manager_of_the_ministry_sees_the_letters_of_its_units_but_no_drafts(signed_in: SignIn) -> None:
    ministry = AgencyFactory()
    unit = AgencyFactory(parent=ministry)
    sent, draft = dispatched_to(AgencyFactory(), issuer=unit), draft_to(AgencyFactory(), issuer=unit)
    client = signed_in(manager_of(ministry))

    assert client.get(reverse("letter", args=[sent.public_id])).status_code == 200
    assert client.get(reverse("letter", args=[draft.public_id])).status_code == 404


def test_looking_changes_nothing(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    circular = to_group(2, issuer)
    client = signed_in(sender_of(issuer))
    before = (list(Delivery.objects.values()), DeliveryEvent.objects.count(), list(Notice.objects.values()))

    client.get(reverse("letter", args=[circular.public_id]))
    client.get(reverse("letter", args=[circular.public_id]) + "?show=outstanding")
    client.get(reverse("letter_progress", args=[circular.public_id]))

    assert (
        list(Delivery.objects.values()),
        DeliveryEvent.objects.count(),
        list(Notice.objects.values()),
    ) == before


def test_the_progress_asks_again_until_everything_has_left(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    circular = dispatched_to(AgencyFactory(), AgencyFactory(), issuer=issuer)
    client = signed_in(sender_of(issuer))
    url = reverse("letter_progress", args=[circular.public_id])

    assert 'hx-trigger="every' in client.get(url).content.decode()
    Notice.objects.update(state=NoticeState.SENT)
    assert 'hx-trigger="every' not in client.get(url).content.decode()
    assert client.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"


def test_what_could_not_be_sent_is_named_with_its_reason_and_sent_again(signed_in: SignIn) -> None:
    issuer, agency = AgencyFactory(), AgencyFactory(name="Adressiz Başkanlığı")
    circular = dispatched_to(agency, AgencyFactory(), issuer=issuer)
    Notice.objects.filter(delivery__agency=agency).update(
        state=NoticeState.FAILED, last_error="550 No such user"
    )
    client = signed_in(sender_of(issuer))

    page = client.get(reverse("letter", args=[circular.public_id])).content.decode()
    assert "Adressiz Başkanlığı" in page
    assert "550 No such user" in page

    client.post(reverse("retry_notices", args=[circular.public_id]))
    assert not Notice.objects.exclude(state=NoticeState.WAITING).exists()


@pytest.mark.parametrize("role_of", [manager_of, recipient_of])
def test_only_a_sender_sends_again(signed_in: SignIn, role_of: Callable[..., User]) -> None:
    issuer = AgencyFactory()
    circular = dispatched_to(AgencyFactory(), issuer=issuer)
    Notice.objects.update(state=NoticeState.FAILED)

    assert (
        signed_in(role_of(issuer)).post(reverse("retry_notices", args=[circular.public_id])).status_code
        == 404
    )
    assert Notice.objects.filter(state=NoticeState.FAILED).exists()


def test_units_without_address_or_people_are_counted_after_the_dispatch(signed_in: SignIn) -> None:
    issuer, silent, staffed = AgencyFactory(), AgencyFactory(email=""), AgencyFactory()
    recipient_of(staffed)
    circular = dispatched_to(silent, staffed, issuer=issuer)

    figures = (
        signed_in(sender_of(issuer)).get(reverse("letter", args=[circular.public_id])).context["figures"]
    )

    assert (figures.without_notice, figures.without_people) == (1, 1)


def test_every_unit_that_no_notice_told_is_counted_and_named_with_its_reason(
    signed_in: SignIn, postbox: Postbox
) -> None:
    issuer, silent, told = AgencyFactory(), AgencyFactory(email=""), AgencyFactory()
    refused, back, by_hand = AgencyFactory.create_batch(3)
    postbox.answers = {unit.email: "550 5.1.0 Refused" for unit in (refused, by_hand)}
    circular = dispatched_to(silent, refused, back, by_hand, told, issuer=issuer)
    send_due()
    give_up(notice=Notice.objects.get(agency=back), reason="550 back", at=timezone.now(), event=BouncedData)
    Delivery.objects.filter(agency=by_hand).update(notified_at=timezone.now())

    response = signed_in(sender_of(issuer)).get(reverse("letter", args=[circular.public_id]))

    figures, sending = response.context["figures"], response.context["sending"]
    assert (figures.without_notice, sending.failed) == (3, 2)
    named = {each.delivery.agency: each.answer or each.why for each in response.context["without_notice"]}
    assert set(named) == {silent, refused, back}
    assert "Refused" in named[refused]
    assert named[back] == "550 back"
    assert "bir adresi yoktu" in named[silent]
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(report_of(circular))).pages)
    assert "3 bildirim gitmeyen" in " ".join(text.split())


def test_a_notice_on_its_way_and_a_removed_recipient_are_not_counted(signed_in: SignIn) -> None:
    issuer, removed = AgencyFactory(), AgencyFactory()
    circular = dispatched_to(AgencyFactory(), removed, issuer=issuer)
    Notice.objects.filter(agency=removed).update(state=NoticeState.FAILED)
    Delivery.objects.filter(agency=removed).update(withdrawn_at=timezone.now())

    context = signed_in(sender_of(issuer)).get(reverse("letter", args=[circular.public_id])).context

    assert (context["figures"].without_notice, context["sending"].failed) == (0, 0)
    assert context["without_notice"] == []


def test_the_report_is_a_tagged_pdf_that_names_every_unit_in_turkish() -> None:
    issuer = AgencyFactory(name="Çalışma Genel Müdürlüğü")
    circular = to_group(30, issuer)

    reader = PdfReader(BytesIO(report_of(circular)))

    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Çalışma Genel Müdürlüğü" in text
    assert "Tek Başkanlığı" in text
    for delivery in circular.deliveries.exclude(line__group=None):
        assert delivery.agency.name in text.replace("\n", " ")


def test_the_figures_of_a_withdrawn_letter_agree_with_the_list_of_who_had_confirmed(
    signed_in: SignIn,
) -> None:
    issuer, confirmed, silent, removed = AgencyFactory(), *AgencyFactory.create_batch(3)
    due = timezone.now() - timedelta(days=1)
    circular = dispatched_to(confirmed, silent, removed, issuer=issuer, due_at=due)
    for agency in (confirmed, removed):
        delivery = Delivery.objects.get(agency=agency)
        acknowledge(delivery=delivery.public_id, by=recipient_of(agency), at=timezone.now())
    sender = sender_of(issuer)
    remove_recipient(
        delivery=Delivery.objects.get(agency=removed), by=sender, at=timezone.now(), reason="Yanlış"
    )
    sent = signed_in(sender).get(reverse("letter", args=[circular.public_id]))
    before = sent.context["figures"]
    assert (before.recipients, before.acknowledged) == (2, 1)

    withdraw(circular=circular, by=sender, at=timezone.now(), reason="Yanlış dosya")

    after = letter_figures(Circular.objects.get())
    assert with_progress(Circular.objects.all()).get().acknowledged_count == 1
    assert (after.recipients, after.acknowledged, after.outstanding, after.without_people) == (2, 1, 0, 0)
    page = " ".join(
        signed_in(sender).get(reverse("letter", args=[circular.public_id])).content.decode().split()
    )
    assert "Yazının 2 muhatabı vardı. Geri çekilmeden önce 1 muhatap teyit etmişti." in page
    assert "Süresi geçti" in sent.content.decode()
    assert "Süresi geçti" not in page


def test_the_letter_says_in_one_sentence_where_it_stands_and_names_only_what_there_is(
    signed_in: SignIn,
) -> None:
    issuer, first, second = AgencyFactory(), AgencyFactory(), AgencyFactory()
    circular = dispatched_to(first, second, issuer=issuer)
    send_due()

    def page() -> str:
        response = signed_in(sender_of(issuer)).get(reverse("letter", args=[circular.public_id]))
        return " ".join(response.content.decode().split())

    acknowledge(
        delivery=Delivery.objects.get(agency=first).public_id, by=recipient_of(first), at=timezone.now()
    )
    shown = page()
    assert "Yazının 2 muhatabı var. 1 muhatap teyit etti." in shown
    assert "1 muhatap henüz teyit etmedi" in shown
    assert "iade etti" not in shown
    acknowledge(
        delivery=Delivery.objects.get(agency=second).public_id, by=recipient_of(second), at=timezone.now()
    )
    shown = page()
    assert "Yazının 2 muhatabı var. Tamamı teyit etti." in shown
    assert "app-attention" not in shown
