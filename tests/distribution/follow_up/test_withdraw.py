"""Withdrawing a sent letter: notifications, effects, access."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from agencies.models import User
from circulars.models import Circular
from distribution.models import (
    ChangeKind,
    CircularChange,
    Delivery,
    DeliveryEvent,
    EventKind,
    Notice,
    NoticeKind,
    NoticeState,
    Stage,
)
from distribution.outbox.messages import compose
from distribution.services.follow_up.pause import pause
from distribution.services.follow_up.withdraw import AlreadyWithdrawn, BadSuccessor, withdraw
from distribution.services.receiving.acknowledge import NotAcknowledgeable, acknowledge
from distribution.services.receiving.read import record_opened
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    UserFactory,
    claimed,
    copy_below,
    dispatched_to,
    draft_to,
    left,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
REASON = "Yanlış dağıtım listesi"


def withdraw_letter(circular: Circular, **more: object) -> object:
    return withdraw(
        circular=circular,
        reason=REASON,
        by=circular.recorded_by,
        at=timezone.now(),
        **more,  # type: ignore[arg-type]
    )


def url(circular: Circular, name: str = "withdraw") -> str:
    return reverse(name, args=[circular.public_id])


def test_every_live_copy_is_closed_with_the_reason_and_an_event() -> None:
    circular = dispatched_to(*AgencyFactory.create_batch(3))

    withdraw_letter(circular)

    assert {delivery.stage for delivery in Delivery.objects.all()} == {Stage.WITHDRAWN}
    assert set(Delivery.objects.values_list("withdrawal_reason", flat=True)) == {REASON}
    events = DeliveryEvent.objects.filter(kind=EventKind.WITHDRAWN)
    assert events.count() == 3
    assert events[0].data == {"reason": REASON, "name": str(circular.recorded_by)}
    circular.refresh_from_db()
    assert circular.withdrawn_by == circular.recorded_by
    assert CircularChange.objects.get().kind == ChangeKind.WITHDRAWN


def test_what_was_passed_on_is_withdrawn_with_it() -> None:
    circular = dispatched_to(AgencyFactory())
    parent = Delivery.objects.get()
    below = copy_below(parent, AgencyFactory(), created_at=timezone.now())

    withdraw_letter(circular)

    below.refresh_from_db()
    assert below.withdrawn_at is not None


def test_pending_notices_are_cancelled_and_only_units_that_knew_are_notified() -> None:
    knows, opened, ignorant = AgencyFactory.create_batch(3)
    circular = dispatched_to(knows, opened, ignorant)
    notice = claimed()
    assert notice.agency == knows
    left(notice)
    delivery = Delivery.objects.get(agency=opened)
    record_opened(delivery=delivery, by=recipient_of(opened), at=timezone.now())

    outcome = withdraw_letter(circular)

    letters = Notice.objects.filter(kind=NoticeKind.LETTER)
    assert dict(letters.values_list("agency", "state")) == {
        knows.pk: NoticeState.SENT,
        opened.pk: NoticeState.CANCELLED,
        ignorant.pk: NoticeState.CANCELLED,
    }
    told = Notice.objects.filter(kind=NoticeKind.WITHDRAWN)
    assert set(told.values_list("agency", flat=True)) == {knows.pk, opened.pk}
    assert {notice.state for notice in told} == {NoticeState.WAITING}
    assert outcome.told == 2  # type: ignore[attr-defined]


def test_a_unit_whose_notice_is_being_sent_is_notified_as_well() -> None:
    circular = dispatched_to(AgencyFactory())
    claimed()

    withdraw_letter(circular)

    assert Notice.objects.filter(kind=NoticeKind.WITHDRAWN).count() == 1


def test_an_earlier_confirmation_is_kept_and_a_later_one_is_refused() -> None:
    first, second = AgencyFactory(), AgencyFactory()
    circular = dispatched_to(first, second)
    early, late = Delivery.objects.get(agency=first), Delivery.objects.get(agency=second)
    acknowledge(delivery=early.public_id, by=recipient_of(first), at=timezone.now())

    withdraw_letter(circular)

    early.refresh_from_db()
    assert early.acknowledged_at is not None and early.stage == Stage.WITHDRAWN
    with pytest.raises(NotAcknowledgeable):
        acknowledge(delivery=late.public_id, by=recipient_of(second), at=timezone.now())


def test_withdrawing_ends_a_pause_and_plans_no_reminder() -> None:
    circular = dispatched_to(AgencyFactory())
    pause(circular=circular, by=circular.recorded_by, at=timezone.now())
    Delivery.objects.update(next_reminder_at=timezone.now())

    withdraw_letter(circular)

    circular.refresh_from_db()
    assert circular.paused_at is None
    assert Delivery.objects.get().next_reminder_at is None
    assert {notice.state for notice in Notice.objects.all()} == {NoticeState.CANCELLED}


def test_withdrawing_twice_changes_nothing() -> None:
    circular = dispatched_to(AgencyFactory())
    withdraw_letter(circular)
    events = DeliveryEvent.objects.count()

    with pytest.raises(AlreadyWithdrawn):
        withdraw_letter(circular)

    assert (DeliveryEvent.objects.count(), CircularChange.objects.count()) == (events, 1)


def test_a_draft_cannot_be_withdrawn() -> None:
    with pytest.raises(Circular.DoesNotExist):
        withdraw_letter(draft_to(AgencyFactory()))


def test_a_letter_of_another_issuer_and_a_withdrawn_one_replace_nothing() -> None:
    circular = dispatched_to(AgencyFactory())
    withdrawn = dispatched_to(AgencyFactory(), issuer=circular.issuer)
    withdraw_letter(withdrawn)

    for successor in (dispatched_to(AgencyFactory()), withdrawn, circular):
        with pytest.raises(BadSuccessor):
            withdraw_letter(circular, successor=successor)

    circular.refresh_from_db()
    assert circular.withdrawn_at is None
    assert Delivery.objects.filter(circular=circular, withdrawn_at=None).exists()


def test_the_queries_dont_grow_with_the_recipients() -> None:
    counts = []
    for size in (2, 20):
        circular = dispatched_to(*AgencyFactory.create_batch(size))
        Delivery.objects.filter(circular=circular).update(notified_at=timezone.now())
        counts.append(query_count(withdraw_letter, circular))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("secrecy", ["", "HİZMETE ÖZEL"])
def test_the_message_says_why_and_tells_no_restricted_subject(secrecy: str) -> None:
    circular = dispatched_to(AgencyFactory(), secrecy=secrecy)
    Delivery.objects.update(notified_at=timezone.now())
    successor = dispatched_to(AgencyFactory(), issuer=circular.issuer)
    withdraw_letter(circular, successor=successor)

    words = compose(Notice.objects.get(kind=NoticeKind.WITHDRAWN))

    for part in (words.text, words.html):
        assert circular.number in part
        assert successor.number in part
    whole = words.subject + words.text + words.html
    assert (circular.subject in whole) is not bool(secrecy)
    assert (REASON in whole) is not bool(secrecy)


def test_the_page_lists_who_had_opened_the_letter_and_withdraws_it(signed_in: SignIn) -> None:
    agency = AgencyFactory(name="Kars Valiliği")
    circular = dispatched_to(agency, AgencyFactory(name="Görmeyen Başkanlık"))
    delivery = Delivery.objects.get(agency=agency)
    acknowledge(delivery=delivery.public_id, by=recipient_of(agency), at=timezone.now())
    client = signed_in(sender_of(circular.issuer))

    page = client.get(url(circular)).content.decode()
    assert "Kars Valiliği" in page
    assert "Görmeyen Başkanlık" not in page
    assert Delivery.objects.live().count() == 2

    response = client.post(url(circular), {"ground": "wrong_file", "text": "Eski sürüm"}, follow=True)

    page = response.content.decode()
    assert "Yanlış dosya: Eski sürüm" in page
    assert "Kars Valiliği" in page
    assert not Delivery.objects.live().exists()
    assert client.get(url(circular), follow=True).redirect_chain[-1][0] == url(circular, "letter")


@pytest.mark.parametrize(
    "data", [{}, {"ground": "other", "text": " "}, {"ground": "wrong_list", "text": "a" * 401}]
)
def test_without_a_reason_nothing_is_withdrawn(signed_in: SignIn, data: dict[str, str]) -> None:
    circular = dispatched_to(AgencyFactory())

    response = signed_in(sender_of(circular.issuer)).post(url(circular), data)

    assert response.status_code == 200
    assert "invalid-feedback" in response.content.decode()
    assert data.get("text", "") in response.content.decode()
    assert Delivery.objects.live().exists()


def test_a_successor_is_found_by_search_and_named_everywhere(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    Delivery.objects.update(notified_at=timezone.now())
    successor = dispatched_to(agency, issuer=circular.issuer, subject="Düzeltilmiş Şehirlerarası Tarife")
    client = signed_in(sender_of(circular.issuer))

    found = client.post(
        url(circular), {"ground": "other", "text": "Yenisi çıktı", "q": "sehirlerarasi", "find": "1"}
    ).content.decode()
    assert str(successor.public_id) in found
    assert "Yenisi çıktı" in found
    assert Delivery.objects.live().count() == 2

    client.post(
        url(circular), {"ground": "other", "text": "Yenisi çıktı", "successor": str(successor.public_id)}
    )

    assert successor.number in client.get(url(circular, "letter")).content.decode()
    reader = signed_in(recipient_of(agency))
    old, new = (Delivery.objects.get(circular=each) for each in (circular, successor))
    page = reader.get(reverse("delivery", args=[old.public_id])).content.decode()
    assert "Yenisi çıktı" in page
    assert reverse("delivery", args=[new.public_id]) in page
    inbox = reader.get(reverse("unit_inbox", args=[agency.pk])).content.decode()
    assert reverse("delivery", args=[old.public_id]) in inbox
    assert "Yenisi çıktı" in inbox


def test_a_recipient_without_the_successor_reads_its_number_without_a_link(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    successor = dispatched_to(AgencyFactory(), issuer=circular.issuer)
    withdraw_letter(circular, successor=successor)
    client = signed_in(recipient_of(agency))
    delivery = Delivery.objects.get(circular=circular)

    page = client.get(reverse("delivery", args=[delivery.public_id])).content.decode()

    assert successor.number in page
    assert str(Delivery.objects.get(circular=successor).public_id) not in page


def test_what_was_withdrawn_long_ago_or_never_known_is_not_shown_in_the_inbox(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    long_ago, unknown = dispatched_to(agency), dispatched_to(agency)
    for circular in (long_ago, unknown):
        withdraw_letter(circular)
    Delivery.objects.filter(circular=long_ago).update(
        notified_at=timezone.now(), withdrawn_at=timezone.now() - timedelta(days=15)
    )

    response = signed_in(recipient_of(agency)).get(reverse("unit_inbox", args=[agency.pk]))

    assert not response.context["withdrawn"]


def test_a_recipient_reads_the_text_but_gets_no_file_any_more(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    circular = draft_to(agency)
    circular.source_name = "genelge.pdf"
    circular.source_file.save("genelge.pdf", ContentFile(b"%PDF-1.7 mektup"))
    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())
    withdraw_letter(circular)
    delivery = Delivery.objects.get()
    client = signed_in(recipient_of(agency))

    page = client.get(reverse("delivery", args=[delivery.public_id])).content.decode()
    response = client.get(reverse("delivery_file", args=[delivery.public_id]))

    assert "Bilindiği üzere" in page
    assert reverse("delivery_file", args=[delivery.public_id]) not in page
    assert response.status_code == 302
    assert not DeliveryEvent.objects.filter(kind=EventKind.DOWNLOADED).exists()


@pytest.mark.parametrize("role_of", [sender_of, recipient_of, manager_of])
@pytest.mark.parametrize("name", ["withdraw", "pause_sending", "resume_sending"])
def test_a_stranger_can_not_withdraw_it(signed_in: SignIn, role_of: Callable[..., User], name: str) -> None:
    circular = dispatched_to(AgencyFactory())
    client = signed_in(role_of(AgencyFactory()))

    assert client.post(url(circular, name), {"ground": "wrong_list"}).status_code == 404
    assert Delivery.objects.live().exists()


def test_a_manager_sees_and_does_not_act(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())
    withdraw_letter(circular)
    client = signed_in(manager_of(circular.issuer))

    assert REASON in client.get(url(circular, "letter")).content.decode()
    assert client.get(url(circular, "readership")).status_code == 200
    assert client.get(url(circular)).status_code == 404


def test_who_had_seen_it_can_be_exported_and_is_hidden_from_strangers(signed_in: SignIn) -> None:
    agency = AgencyFactory(name="Iğdır Valiliği")
    circular = dispatched_to(agency)
    record_opened(delivery=Delivery.objects.get(), by=recipient_of(agency), at=timezone.now())

    response = signed_in(sender_of(circular.issuer)).get(url(circular, "readership"), {"_export": "csv"})
    assert "Iğdır Valiliği" in b"".join(response).decode("utf-8-sig")
    person = recipient_of(agency)
    acknowledge(delivery=Delivery.objects.get().public_id, by=person, at=timezone.now())
    linked = dispatched_to(AgencyFactory(), issuer=circular.issuer)
    Delivery.objects.filter(circular=linked).update(
        acknowledged_at=timezone.now(), acknowledged_name="Ayşe Öz", acknowledged_sha256="0" * 64
    )
    for letter, words in ((circular, (str(person),)), (linked, ("Ayşe Öz", "bağlantıyla"))):
        exported = signed_in(sender_of(letter.issuer)).get(url(letter, "readership"), {"_export": "csv"})
        text = b"".join(exported).decode("utf-8-sig")
        assert all(word in text for word in words)
    assert signed_in(UserFactory()).get(url(circular, "readership")).status_code == 404


def test_the_list_of_who_had_seen_it_asks_as_many_questions_for_20_units_as_for_2(signed_in: SignIn) -> None:
    counts = []
    for size in (2, 20):
        circular = dispatched_to(*AgencyFactory.create_batch(size))
        Delivery.objects.filter(circular=circular).update(opened_at=timezone.now())
        client = signed_in(sender_of(circular.issuer))
        client.get(url(circular, "readership"))
        counts.append(query_count(client.get, url(circular, "readership")))
    assert counts[0] == counts[1]


def test_a_long_reason_is_cut_in_the_inbox_and_whole_on_the_page(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency, at=timezone.now())
    withdraw_letter(circular)
    Delivery.objects.update(
        notified_at=timezone.now(), withdrawal_reason="Yanlış dosya. " * 25 + "Böyle biter."
    )
    reader = signed_in(recipient_of(agency))
    delivery = Delivery.objects.get()

    assert "Böyle biter." not in reader.get(reverse("unit_inbox", args=[agency.pk])).content.decode()
    assert "Böyle biter." in reader.get(reverse("delivery", args=[delivery.public_id])).content.decode()
