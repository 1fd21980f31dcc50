"""The entry of each kind of notice: its data, its wording, and its rules on pausing and digests."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.template.loader import get_template
from django.utils import timezone

from distribution.models import Delivery, Notice, NoticeKind
from distribution.models.notices.notice_details import (
    AddressDecidedDetails,
    AddressDetails,
    AssignedDetails,
    ChannelAwayDetails,
    CodeDetails,
    ContactChangedDetails,
    ContactCodeDetails,
    DigestDetails,
    DueChangedDetails,
    EndsWith,
    EscalationDetails,
    ExtensionAskedDetails,
    ExtensionDecidedDetails,
    LateAlertDetails,
    NotDispatchedDetails,
    NoticeDetails,
    ObjectedDetails,
    OnBehalfDetails,
    RecordTakenBackDetails,
    ReminderDetails,
    ReturnedDetails,
    ReturnTakenBackDetails,
    SentAgainDetails,
    TakeBackAskedDetails,
    TakeBackDecidedDetails,
    Told,
    WeeklyDigestDetails,
    WithdrawnDetails,
)
from distribution.models.notices.notice_kind import KINDS, stored_details
from distribution.outbox.write import to_unit
from tests.factories import AgencyFactory, dispatched_to

DUE = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
EXAMPLES: dict[NoticeKind, NoticeDetails] = {
    NoticeKind.LETTER: NoticeDetails(),
    NoticeKind.REMINDER: ReminderDetails(
        ends_with=EndsWith.ACKNOWLEDGEMENT, due_at=DUE, by_hand=True, by="Gülşah İĞDIRLI"
    ),
    NoticeKind.ESCALATION: EscalationDetails(due_at=DUE, told_as=Told.GIVER, no_unit_above=True),
    NoticeKind.DIGEST: DigestDetails(by_hand=True, by="Gülşah İĞDIRLI"),
    NoticeKind.RETURNED: ReturnedDetails(name="Çağrı IŞIK", job_title="Müdür", reason="Muhatabı değiliz."),
    NoticeKind.SENT_AGAIN: SentAgainDetails(name="Çağrı IŞIK", reason="Göreviniz.", agency="Iğdır Valiliği"),
    NoticeKind.EXTENSION_ASKED: ExtensionAskedDetails(
        name="Çağrı IŞIK", reason="Veri bekleniyor.", due="09.03.2026 17:00", request="0b6d"
    ),
    NoticeKind.EXTENSION_DECIDED: ExtensionDecidedDetails(
        name="Çağrı IŞIK", agency="Iğdır Valiliği", granted=False, reason="Süre yeterlidir."
    ),
    NoticeKind.DUE_CHANGED: DueChangedDetails(due="09.03.2026 17:00"),
    NoticeKind.WITHDRAWN: WithdrawnDetails(reason="Yanlış ek.", only_this_unit=True),
    NoticeKind.CODE: CodeDetails(code=7),
    NoticeKind.ADDRESS_ASKED: AddressDetails(
        unit=7, unit_name="Iğdır Valiliği", channel="email", address="igdir@kurum.example", answer="550"
    ),
    NoticeKind.TAKEN_BACK: ReturnTakenBackDetails(name="Çağrı IŞIK", job_title="Müdür"),
    NoticeKind.TAKE_BACK_ASKED: TakeBackAskedDetails(
        name="Çağrı IŞIK", reason="Yanlış yazı.", act="completed", request="0b6d"
    ),
    NoticeKind.TAKE_BACK_DECIDED: TakeBackDecidedDetails(
        name="Çağrı IŞIK", act="completed", agency="Iğdır Valiliği", granted=False, reason="Cevap uygun."
    ),
    NoticeKind.ON_BEHALF: OnBehalfDetails(
        name="Çağrı IŞIK", job_title="Müdür", answers=True, said_through="kep", said_at="09.03.2026 17:00"
    ),
    NoticeKind.NOT_DISPATCHED: NotDispatchedDetails(
        circular=7, leaves_at="09.03.2026 17:00", reason="blocked", failed_at=DUE
    ),
    NoticeKind.CHANNEL_AWAY: ChannelAwayDetails(channel="kep", suspended_at=DUE, units=3, elsewhere=2),
    NoticeKind.ASSIGNED: AssignedDetails(name="Çağrı IŞIK", job_title="Müdür", reason="Cuma'ya kadar."),
    NoticeKind.ASSIGNED_REMINDER: ReminderDetails(ends_with=EndsWith.ANSWER, due_at=DUE),
    NoticeKind.CONTACT_CODE: ContactCodeDetails(correction=7),
    NoticeKind.CONTACT_CHANGED: ContactChangedDetails(
        name="Çağrı IŞIK", unit_name="Iğdır Valiliği", address="yeni@kurum.example"
    ),
    NoticeKind.OBJECTED: ObjectedDetails(name="Çağrı IŞIK", job_title="Müdür", reason="Kimse aranmadı."),
    NoticeKind.RECORD_TAKEN_BACK: RecordTakenBackDetails(name="Çağrı IŞIK", reason="Yanlış birim."),
    NoticeKind.ADDRESS_DECIDED: AddressDecidedDetails(
        name="Çağrı IŞIK", address="igdir@kurum.example", outcome="refused", reason="Başka birimin."
    ),
    NoticeKind.WEEKLY_DIGEST: WeeklyDigestDetails(digest=7),
    NoticeKind.LATE_ALERT: LateAlertDetails(alert=7, unit=8, is_urgent=True),
}


def test_every_kind_has_an_entry() -> None:
    assert set(KINDS) == set(EXAMPLES) == set(NoticeKind)


@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.parametrize("part", ["_subject.txt", ".txt", ".html"])
def test_every_kind_has_its_wording(kind: NoticeKind, part: str) -> None:
    assert get_template(f"distribution/mail/{kind}{part}")


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_details_of_every_kind_are_read_as_they_were_written(kind: NoticeKind) -> None:
    notice = Notice(kind=kind, data=stored_details(kind, EXAMPLES[kind]))

    assert notice.details == EXAMPLES[kind]
    assert type(notice.details) is KINDS[kind].details


@pytest.mark.parametrize(
    ("kind", "stored", "read"),
    [
        ("letter", {}, {}),
        ("digest", {}, {"by": None}),
        ("digest", {"nudge": True, "by": "Ada"}, {"by_hand": True, "by": "Ada"}),
        (
            "reminder",
            {"nudge": True, "by": "Ada", "ends_with": "acknowledgement"},
            {"by_hand": True, "by": "Ada", "ends_with": EndsWith.ACKNOWLEDGEMENT, "due_at": None},
        ),
        ("reminder", {"due_at": "2026-03-09T14:00:00+00:00"}, {"due_at": DUE, "ends_with": EndsWith.ANSWER}),
        ("reminder", {}, {"ends_with": EndsWith.ANSWER, "due_at": None, "by": None}),
        (
            "escalation",
            {"told_as": "above", "no_unit_above": True},
            {"told_as": Told.ABOVE, "no_unit_above": True},
        ),
        ("escalation", {}, {"told_as": None, "no_unit_above": None}),
        (
            "returned",
            {"name": "Ada", "job_title": "", "agency": "X", "ground": "not_fit", "reason": "Eksik."},
            {"name": "Ada", "reason": "Eksik."},
        ),
        (
            "extension_decided",
            {"name": "Ada", "agency": "X", "granted": True, "due": "1"},
            {"granted": True, "due": "1"},
        ),
        ("due_changed", {"due": "1", "name": "Ada", "as_deputy_of": "B"}, {"due": "1", "reason": None}),
        ("withdrawn", {"reason": "R"}, {"reason": "R", "only_this_unit": False}),
    ],
)
def test_rows_that_earlier_versions_wrote_stay_readable(
    kind: str, stored: dict[str, Any], read: dict[str, Any]
) -> None:
    details = asdict(Notice(kind=kind, data=stored).details)

    assert {name: details[name] for name in read} == read


@pytest.mark.parametrize("kind", NoticeKind)
def test_details_of_another_kind_are_refused(kind: NoticeKind) -> None:
    other = next(details for details in EXAMPLES.values() if type(details) is not KINDS[kind].details)

    with pytest.raises(TypeError, match=kind):
        stored_details(kind, other)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [kind for kind, entry in KINDS.items() if not entry.may_wait])
def test_what_can_not_wait_is_never_held_for_a_digest(kind: NoticeKind) -> None:
    dispatched_to(AgencyFactory())
    delivery = Delivery.objects.get()

    with pytest.raises(ValueError, match="waits for no digest"):
        to_unit(
            delivery.agency,
            delivery=delivery,
            kind=kind,
            at=timezone.now(),
            details=EXAMPLES[kind],
            in_digest=True,
        )


@pytest.mark.django_db
def test_a_message_id_has_one_index_which_keeps_it_unique() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'distribution_notice' AND indexdef LIKE %s",
            ["%message_id%"],
        )
        found = [definition for (definition,) in cursor.fetchall()]

    assert len(found) == 1
    assert found[0].startswith("CREATE UNIQUE INDEX notice_message_id ")
