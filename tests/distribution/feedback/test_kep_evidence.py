"""KEP evidence: matching to notices, effect on deliveries, independence of the order of arrival."""

from datetime import UTC, datetime, timedelta

import pytest

from agencies.models import Agency, User
from distribution.feedback import kep_evidence
from distribution.feedback.kep_evidence import (
    Imported,
    NotMatchable,
    candidates,
    dismiss_evidence,
    import_evidence,
    match_evidence,
)
from distribution.models import (
    Channel,
    Delivery,
    DeliveryEvent,
    EventKind,
    KepEvidence,
    Notice,
    NoticeState,
    Stage,
)
from tests.consistency import findings
from tests.distribution import kep
from tests.factories import MOMENT, AgencyFactory, UserFactory, claimed, dispatched_to, left, sender_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kep_account")]
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
ADDRESS = "birim@hs01.kep.tr"
EVIDENCE_AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def notice() -> Notice:
    """A notice sent by KEP."""
    return sent()


def sent(agency: Agency | None = None) -> Notice:
    agency = agency or AgencyFactory(email="", kep_address=ADDRESS)
    dispatched_to(agency)
    notice = claimed()
    assert notice.channel == Channel.KEP
    left(notice)
    return notice


def take(*files: bytes, at: datetime = NOW, by: User | None = None) -> Imported:
    named = [(f"delil{number}.xml", content) for number, content in enumerate(files)]
    return import_evidence(files=named, by=by or UserFactory(), at=at)


def evidence(notice: Notice, code: int, evidence_id: str = "", at: str = kep.AT) -> bytes:
    row = {"delilId": evidence_id or f"D-{code}", "delilTurId": str(code), "tarih": at}
    return kep.answer(row, message_id=notice.message_id)


def test_delivery_into_the_mailbox_is_the_milestone_reached_at_the_time_of_the_evidence(
    notice: Notice,
) -> None:
    result = take(evidence(notice, 40))

    assert [each.notice for each in result.matched] == [notice]
    delivery = Delivery.objects.get()
    assert delivery.reached_at == EVIDENCE_AT
    assert delivery.stage == Stage.REACHED
    event = delivery.events.get(kind=EventKind.REACHED)
    assert (event.at, event.data["code"]) == (EVIDENCE_AT, 40)


def test_the_names_of_etsi_do_the_same(notice: Notice) -> None:
    take(kep.rem(message_id=notice.message_id, recipient=ADDRESS))

    assert Delivery.objects.get().reached_at == EVIDENCE_AT


def test_a_reading_in_the_mailbox_proves_the_mailbox_and_nothing_more(notice: Notice) -> None:
    take(evidence(notice, 60))

    delivery = Delivery.objects.get()
    assert delivery.reached_at == EVIDENCE_AT
    assert (delivery.opened_at, delivery.acknowledged_at) == (None, None)
    assert delivery.events.filter(kind=EventKind.READ_IN_MAILBOX).count() == 1


@pytest.mark.parametrize("order", [(40, 60), (60, 40)])
def test_the_order_of_the_files_does_not_matter(notice: Notice, order: tuple[int, int]) -> None:
    later = "2026-03-02T14:00:00+03:00"
    files = {40: evidence(notice, 40), 60: evidence(notice, 60, at=later)}

    take(*(files[code] for code in order))

    delivery = Delivery.objects.get()
    assert delivery.reached_at == EVIDENCE_AT
    kinds = list(delivery.events.values_list("kind", flat=True))[-2:]
    assert kinds == [EventKind.REACHED, EventKind.READ_IN_MAILBOX]


def test_a_milestone_that_was_set_is_not_moved_by_evidence_that_comes_late(notice: Notice) -> None:
    take(evidence(notice, 60, at="2026-03-02T14:00:00+03:00"))
    before = Delivery.objects.get().reached_at

    take(evidence(notice, 40))

    assert Delivery.objects.get().reached_at == before


def test_the_other_provider_s_acceptance_is_on_the_way(notice: Notice) -> None:
    take(evidence(notice, 20))

    delivery = Delivery.objects.get()
    assert delivery.reached_at is None
    assert delivery.events.filter(kind=EventKind.RELAYED).count() == 1


@pytest.mark.parametrize("code", [11, 21, 31, 41])
def test_after_a_failure_the_next_channel_takes_over(code: int) -> None:
    agency = AgencyFactory(email="birim@kurum.example", kep_address=ADDRESS, channels=["kep", "email"])
    notice = sent(agency)

    take(evidence(notice, code))

    notice.refresh_from_db()
    assert notice.state == NoticeState.FAILED
    assert Notice.objects.get(replaces=notice).channel == Channel.EMAIL
    event = Delivery.objects.get().events.get(kind=EventKind.BOUNCED)
    assert event.at == EVIDENCE_AT


def test_a_failure_after_the_mailbox_was_proved_changes_nothing(notice: Notice) -> None:
    take(evidence(notice, 40))

    take(evidence(notice, 41))

    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT
    assert Delivery.objects.get().reached_at == EVIDENCE_AT


def test_what_reaches_the_mailbox_after_a_failure_has_reached_it(notice: Notice) -> None:
    take(evidence(notice, 31))

    take(evidence(notice, 40))

    assert Delivery.objects.get().reached_at == EVIDENCE_AT


def test_acceptance_reported_after_the_failure_notifies_nobody(notice: Notice) -> None:
    take(evidence(notice, 41))

    take(evidence(notice, 20))

    assert Delivery.objects.get().notified_at is None
    assert findings() == []


def test_our_provider_s_acceptance_shows_that_a_worker_had_sent_before_it_died() -> None:
    dispatched_to(AgencyFactory(email="", kep_address=ADDRESS))
    notice = claimed()

    take(evidence(notice, 10))

    notice.refresh_from_db()
    assert (notice.state, notice.sent_at) == (NoticeState.SENT, EVIDENCE_AT)
    delivery = Delivery.objects.get()
    assert delivery.notified_at == EVIDENCE_AT
    assert delivery.events.filter(kind=EventKind.NOTIFIED).count() == 1


def test_importing_the_same_file_again_changes_nothing(notice: Notice) -> None:
    files = [evidence(notice, code) for code in (10, 20, 40, 60)]
    take(*files)
    events = DeliveryEvent.objects.count()

    result = take(*files)

    assert len(result.repeated) == 4
    assert not result.matched
    assert (KepEvidence.objects.count(), DeliveryEvent.objects.count()) == (4, events)


def test_without_a_message_id_the_one_notice_to_that_address_is_meant(notice: Notice) -> None:
    result = take(kep.answer({"delilId": "1"}, recipient="BIRIM@HS01.KEP.TR"))

    assert [each.notice for each in result.matched] == [notice]


def test_two_notices_to_the_same_address_are_not_matched_automatically(notice: Notice) -> None:
    sent(Agency.objects.get(kep_address=ADDRESS))

    result = take(kep.answer({"delilId": "1"}, recipient=ADDRESS))

    assert [each.notice for each in result.unmatched] == [None]
    assert not Delivery.objects.exclude(reached_at=None).exists()


def test_a_notice_that_has_this_evidence_already_is_not_meant_again(notice: Notice) -> None:
    take(evidence(notice, 40))
    second = sent(Agency.objects.get(kep_address=ADDRESS))

    result = take(kep.answer({"delilId": "2"}, recipient=ADDRESS))

    assert [each.notice for each in result.matched] == [second]


def test_a_notice_sent_after_the_evidence_is_not_meant(notice: Notice) -> None:
    early = (MOMENT - timedelta(days=1)).isoformat()

    result = take(kep.answer({"delilId": "1", "tarih": early}, recipient=ADDRESS))

    assert len(result.unmatched) == 1


def test_evidence_for_another_recipient_than_the_notice_s_is_not_matched(notice: Notice) -> None:
    result = take(kep.rem(message_id=notice.message_id, recipient="baska@hs02.kep.tr"))

    assert len(result.unmatched) == 1
    assert Delivery.objects.get().reached_at is None


def test_evidence_of_another_message_to_the_same_address_is_not_matched(notice: Notice) -> None:
    result = take(kep.rem(message_id="<baska-yazi@ebys.example>", recipient=ADDRESS))

    assert len(result.unmatched) == 1
    assert Delivery.objects.get().reached_at is None


def test_a_provider_s_own_number_is_no_message_id(notice: Notice) -> None:
    result = take(kep.answer({"delilId": "1"}, message_id="KEP-2026-77", recipient=ADDRESS))

    assert [each.notice for each in result.matched] == [notice]


def test_an_import_takes_no_more_than_it_has_room_for(
    notice: Notice, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = evidence(notice, 40)
    monkeypatch.setattr(kep_evidence, "LARGEST_TOTAL", len(first) + 10)

    result = take(first, evidence(notice, 60))

    assert [each.code for each in result.matched] == [40]
    assert [name for name, _reason in result.unreadable] == ["delil1.xml"]


def test_evidence_of_a_message_that_was_no_kep_is_not_matched() -> None:
    dispatched_to(AgencyFactory(email="birim@kurum.example", kep_address=""))
    notice = Notice.objects.get()

    assert len(take(evidence(notice, 40)).unmatched) == 1


def test_nothing_of_an_import_is_lost(notice: Notice) -> None:
    archive = kep.zipped(
        iyi=evidence(notice, 40),
        yabanci=kep.rem(evidence_id="F-1", message_id="baska@yer", recipient="baska@hs02.kep.tr"),
        bozuk=b"<not xml",
    )

    result = import_evidence(files=[("deliller.zip", archive)], by=UserFactory(), at=NOW)

    assert [each.file_name for each in result.matched] == ["deliller.zip / iyi.xml"]
    assert [each.file_name for each in result.unmatched] == ["deliller.zip / yabanci.xml"]
    assert [name for name, _reason in result.unreadable] == ["deliller.zip / bozuk.xml"]
    assert bytes(KepEvidence.objects.get(evidence_id="D-40").content) == evidence(notice, 40)


def test_evidence_dated_in_the_future_is_refused(notice: Notice) -> None:
    result = take(evidence(notice, 40), at=EVIDENCE_AT - timedelta(days=2))

    assert len(result.unreadable) == 1
    assert not KepEvidence.objects.exists()


@pytest.fixture
def unmatched(notice: Notice) -> KepEvidence:
    file = kep.answer({"delilId": "1"}, recipient="takma-ad@hs01.kep.tr")
    (kept,) = take(file, by=own_sender(notice)).unmatched
    return kept


def own_sender(notice: Notice) -> User:
    assert notice.delivery is not None
    return sender_of(notice.delivery.circular.issuer)


def test_a_sender_matches_by_hand_and_it_acts_as_if_found(notice: Notice, unmatched: KepEvidence) -> None:
    by = own_sender(notice)
    assert candidates(unmatched, by) == [notice]

    match_evidence(evidence=unmatched.pk, notice=notice.pk, by=by, at=NOW)

    delivery = Delivery.objects.get()
    assert delivery.reached_at == EVIDENCE_AT
    assert delivery.events.get(kind=EventKind.REACHED).data["matched_by"] == str(by)
    unmatched.refresh_from_db()
    assert (unmatched.notice, unmatched.matched_by) == (notice, by)


def test_a_sender_of_another_unit_matches_nothing_of_ours(notice: Notice, unmatched: KepEvidence) -> None:
    stranger = sender_of(AgencyFactory())

    assert candidates(unmatched, stranger) == []
    with pytest.raises(Notice.DoesNotExist):
        match_evidence(evidence=unmatched.pk, notice=notice.pk, by=stranger, at=NOW)
    assert Delivery.objects.get().reached_at is None


def test_a_sender_settles_no_evidence_that_another_unit_imported(
    notice: Notice, unmatched: KepEvidence
) -> None:
    foreign = dispatched_to(AgencyFactory(kep_address="yabanci@hs01.kep.tr"))
    stranger = sender_of(foreign.issuer)
    theirs = Notice.objects.get(delivery__circular=foreign)
    Notice.objects.filter(pk=theirs.pk).update(channel=Channel.KEP)

    with pytest.raises(KepEvidence.DoesNotExist):
        match_evidence(evidence=unmatched.pk, notice=theirs.pk, by=stranger, at=NOW)
    with pytest.raises(KepEvidence.DoesNotExist):
        dismiss_evidence(pk=unmatched.pk, by=stranger)

    unmatched.refresh_from_db()
    assert (unmatched.notice, unmatched.dismissed_by) == (None, None)


def test_what_is_settled_is_not_settled_again(notice: Notice, unmatched: KepEvidence) -> None:
    by = own_sender(notice)
    assert dismiss_evidence(pk=unmatched.pk, by=by)

    assert not dismiss_evidence(pk=unmatched.pk, by=by)
    with pytest.raises(NotMatchable):
        match_evidence(evidence=unmatched.pk, notice=notice.pk, by=by, at=NOW)
    assert Delivery.objects.get().reached_at is None
