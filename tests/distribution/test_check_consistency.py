"""`check_consistency` finds every kind of damage, and no findings in rows written by the services."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Circular, Purpose
from distribution.event_log import Actor, AddedData, Step, append_events, data_of
from distribution.models import Channel, Delivery, DeliveryEvent, Notice, NoticeState
from distribution.outbox.send import send_due
from distribution.queries.invariants.consistency_of_notices import Finding
from distribution.services import check_consistency as service
from distribution.services.check_consistency import Position, check_consistency
from distribution.services.follow_up.correct import begin_correction
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.pass_on import pass_on
from distribution.services.receiving.read import record_opened
from distribution.services.sending.dispatch import dispatch
from tests.consistency import findings
from tests.factories import AgencyFactory, dispatched_to, recipient_of
from tests.smtp import Postbox

SET = "UPDATE distribution_{table} SET {change} WHERE id = {row}"
DAMAGE = [
    ("chain-broken", "deliveryevent", 'data = \'{{"email": "baska@ornek.example"}}\''),
    ("chain-broken", "deliveryevent", "sequence = 7"),
    ("chain-beginning", "deliveryevent", "kind = 'downloaded'"),
    ("chain-broken", "deliveryevent", "kind = 'invented'"),
    ("event-unreadable", "deliveryevent", "kind = 'invented'"),
    ("event-unreadable", "deliveryevent", "data = '[]'"),
    ("milestone-without-event", "delivery", "opened_at = now()"),
    ("milestone-without-event", "delivery", "reached_at = now()"),
    ("event-without-milestone", "confirmed", "opened_at = NULL"),
    ("event-without-milestone", "confirmed", "notified_at = NULL"),
    ("hash-of-another-content", "confirmed", "acknowledged_sha256 = decode(repeat('ab', 32), 'hex')"),
    ("hash-not-in-event", "confirmed", "acknowledged_sha256 = decode(repeat('ab', 32), 'hex')"),
    ("register-number-not-in-event", "confirmed", "register_number = '2026/7'"),
    ("taken-back-at-another-time", "confirmed", "taken_back_at = now()"),
    ("row-unlike-events", "confirmed", "acknowledged_title = 'Müdür'"),
    ("row-unlike-events", "delivery", "due_at = due_at + interval '1 day'"),
    ("row-unlike-events", "delivery", "link_serial = 3"),
    ("row-unlike-events", "child", "note = 'Başka.'"),
    ("notice-unlike-event", "notice", "address = 'baska@ornek.example'"),
    ("notice-unlike-event", "notice", "sent_at = sent_at - interval '1 day'"),
    ("path-of-another-place", "child", "path = '{{}}'"),
    ("path-of-another-place", "delivery", "path = '{{1}}'"),
    ("due-after-parent", "child", "due_at = '2030-01-01'"),
    ("due-after-parent", "child", "due_at = NULL"),
    ("sent-without-event", "notice", "message_id = '<baska@ornek.example>'"),
    ("failed-unseen", "notice", "state = 'failed'"),
    ("stuck", "notice", "state = 'sending', claimed_at = now() - interval '1 hour'"),
    ("claimed-by-nobody", "notice", "state = 'sending'"),
    ("claimed-and-not-sending", "notice", "claimed_at = now()"),
    ("sent-without-moment", "notice", "sent_at = NULL"),
    ("sent-not-recorded", "notice", "recorded_at = NULL, sent_at = now() - interval '1 hour'"),
    ("bundled-in-nothing", "notice", "state = 'bundled'"),
    ("bundled-in-an-ended-digest", "notice", "state = 'bundled', bundle_id = id"),
    ("too-many-attempts", "notice", "state = 'waiting', attempts = 7"),
    ("too-many-attempts", "notice", "attempts = 8"),
    ("paused-alone", "notice", "state = 'paused'"),
    ("paused-and-never-may", "notice", "state = 'paused', kind = 'code'"),
]


@pytest.fixture
def world(postbox: Postbox) -> dict[str, int]:
    """A letter that was sent, opened, confirmed and passed on, notified by mail and in the inbox. Ids by name."""
    plain, in_product, below = AgencyFactory(), AgencyFactory(channels=[Channel.INBOX]), AgencyFactory()
    Agency.objects.filter(pk=below.pk).update(parent=plain)
    Agency.objects.rebuild_paths()
    person: User = recipient_of(plain)
    recipient_of(in_product)
    now = timezone.now()
    dispatched_to(plain, in_product, AgencyFactory(), at=now, urgency="GÜNLÜDÜR", due_at=now + timedelta(30))
    send_due()
    confirmed = Delivery.objects.get(agency=plain)
    record_opened(delivery=confirmed, by=person, at=timezone.now())
    acknowledge(delivery=confirmed.public_id, by=person, at=timezone.now())
    below.refresh_from_db()
    pass_on(
        delivery=confirmed.public_id,
        recipients=[(below, Purpose.ACTION)],
        note="",
        due_at=None,
        by=person,
        at=timezone.now(),
    )
    send_due()
    untouched = Delivery.objects.filter(parent=None, agency__channels=[]).latest("pk")
    return {
        "confirmed": confirmed.pk,
        "child": Delivery.objects.get(parent=confirmed).pk,
        "delivery": untouched.pk,
        "notice": untouched.notices.get().pk,
        "deliveryevent": untouched.events.earliest("sequence").pk,
    }


def damage(world: dict[str, int], what: str, change: str) -> None:
    table = "delivery" if what in ("confirmed", "child") else what
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE distribution_deliveryevent DISABLE TRIGGER USER")
        cursor.execute(SET.format(table=table, change=change.format(), row=world[what]))
        assert cursor.rowcount == 1


@pytest.mark.django_db
def test_what_the_services_wrote_agrees(world: dict[str, int]) -> None:
    assert findings() == []
    assert not [event for event in DeliveryEvent.objects.all() if data_of(event).to_json() != event.data]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "what", "change"), DAMAGE)
def test_damage_is_found(world: dict[str, int], kind: str, what: str, change: str) -> None:
    damage(world, what, change)

    found = findings()

    assert kind in {finding.what for finding in found}
    assert all(finding.problem and finding.mend for finding in found)


@pytest.mark.django_db
def test_each_notice_that_was_given_up_needs_its_event(world: dict[str, int]) -> None:
    unsent = dispatched_to(AgencyFactory(), AgencyFactory(), at=timezone.now()).deliveries.all()
    Notice.objects.filter(delivery__in=unsent).update(state=NoticeState.FAILED, attempts=1, last_error="550")

    assert [each.what for each in findings()] == ["failed-unseen"] * 2


@pytest.mark.django_db
def test_events_of_notices_that_are_all_gone_are_found(world: dict[str, int]) -> None:
    Notice.objects.filter(delivery=world["delivery"]).delete()

    assert "event-without-notice" in {each.what for each in findings()}


@pytest.mark.django_db
def test_a_live_copy_of_a_withdrawn_letter_is_found(world: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE circulars_circular SET withdrawn_at = now(), withdrawn_by_id = recorded_by_id,"
            " withdrawal_reason = 'yanlış liste'"
        )

    found = [finding.what for finding in findings()]

    assert found == ["live-though-withdrawn"] * Delivery.objects.count()


@pytest.mark.django_db
def test_a_copy_that_another_letter_covers_is_found(world: dict[str, int]) -> None:
    dispatched_to(AgencyFactory(), at=timezone.now())
    other = Delivery.objects.latest("pk")
    damage(world, "delivery", f"superseded_at = now(), superseded_by_id = {other.pk}")

    assert "covered-by-another-letter" in {finding.what for finding in findings()}


@pytest.mark.django_db
def test_a_corrected_letter_agrees_and_a_milestone_that_its_correction_lost_is_found(
    world: dict[str, int],
) -> None:
    """An open copy is covered by the new revision, a confirmed one stays confirmed for the earlier content."""
    letter = Circular.objects.get()
    draft = begin_correction(circular=letter, by=letter.recorded_by, at=timezone.now())
    draft.number, draft.date = "E-12345678-010.06.02-9", timezone.localdate()
    draft.change_note = "Tarih düzeltildi."
    draft.save()
    dispatch(circular=draft, by=letter.recorded_by, at=timezone.now())
    assert findings() == []

    damage(world, "confirmed", "revised_at = NULL")
    assert "event-without-milestone" in {finding.what for finding in findings()}
    damage(world, "confirmed", "revised_at = now() - interval '1 year'")
    assert "milestone-without-event" in {finding.what for finding in findings()}


@pytest.mark.django_db
def test_a_stuck_digest_is_found(world: dict[str, int]) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    Notice.objects.create(
        kind="digest", channel="email", message_id="<x@y>", next_attempt_at=long_ago,
        state="sending", claimed_at=long_ago,
    )  # fmt: skip

    assert [finding.what for finding in findings()] == ["stuck"]


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_it_found_and_fails(world: dict[str, int]) -> None:
    quiet = StringIO()
    call_command("check_consistency", stdout=quiet)
    assert quiet.getvalue() == "Everything agrees.\n"
    Notice.objects.filter(pk=world["notice"]).update(claimed_at=timezone.now())

    plain, as_json = StringIO(), StringIO()
    with pytest.raises(CommandError):
        call_command("check_consistency", stdout=plain)
    with pytest.raises(CommandError):
        call_command("check_consistency", "--json", stdout=as_json)

    assert plain.getvalue().startswith(f"claimed-and-not-sending notice {world['notice']}: ")
    assert json.loads(as_json.getvalue())["where"] == f"notice {world['notice']}"


@pytest.fixture
def many(db: None) -> list[int]:
    """2,100 copies, each with its first event, five of them damaged. Returns the ids of these, in order."""
    letter = dispatched_to(AgencyFactory(), at=timezone.now())
    first = Delivery.objects.get(circular=letter)
    units = Agency.objects.bulk_create(
        Agency(code=f"birim-{n}", name=f"Birim {n}", kind=first.agency.kind) for n in range(2099)
    )
    copies = Delivery.objects.bulk_create(
        Delivery(circular=letter, agency=unit, purpose=first.purpose, created_at=first.created_at)
        for unit in units
    )
    added = AddedData(actor=Actor(""), purpose=first.purpose, email="")
    append_events(steps=[Step(copy, added) for copy in copies], at=timezone.now())
    Circular.objects.filter(pk=letter.pk).update(recipient_count=2100)
    damaged = [copies[n].pk for n in (3, 498, 499, 1200, 2098)]
    Delivery.objects.filter(pk__in=damaged).update(opened_at=timezone.now())
    return damaged


def found_at(found: list[Finding]) -> list[str]:
    return [finding.where for finding in found]


@pytest.mark.django_db
def test_batches_find_the_same_as_one_go(many: list[int]) -> None:
    in_one_go = [batch.findings for batch in check_consistency(at=timezone.now(), size=10_000)]
    batches = list(check_consistency(at=timezone.now(), size=500))

    names = Delivery.objects.in_bulk(many)
    assert found_at(in_one_go[0]) == [f"delivery {names[pk].public_id}" for pk in many]
    assert [each for batch in batches for each in batch.findings] == in_one_go[0]
    assert [batch.rows for batch in batches] == [500, 500, 500, 500, 100, 0, 0, 0, 1, 0, 0]


@pytest.mark.django_db
def test_a_check_goes_on_after_any_batch(many: list[int]) -> None:
    batches = list(check_consistency(at=timezone.now(), size=500))

    for done, batch in enumerate(batches[:4], start=1):
        rest = check_consistency(at=timezone.now(), size=500, after=Position.parse(str(batch.position)))
        assert [each.findings for each in rest] == [each.findings for each in batches[done:]]


@pytest.mark.django_db
def test_a_batch_takes_the_same_number_of_queries_for_2_rows_and_for_20(
    many: list[int], django_assert_num_queries: Any
) -> None:
    for size in (2, 20):
        with django_assert_num_queries(6):
            next(check_consistency(at=timezone.now(), size=size))


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "12", "delivery:", "delivery:x", "letter:3"])
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="no position such as delivery:1234"):
        call_command("check_consistency", f"--after={text}")


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_check_is_resumed_where_it_stopped(
    many: list[int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    resume = f"--resume={tmp_path / 'position'}"
    ctrl_c_at = Delivery.objects.order_by("pk")[1100].pk
    real = service.check_delivery

    def interrupted(delivery: Delivery, at: datetime) -> Iterator[Finding]:
        if delivery.pk == ctrl_c_at:
            raise KeyboardInterrupt
        return real(delivery, at)

    first, progress, second, resumed = StringIO(), StringIO(), StringIO(), StringIO()
    monkeypatch.setattr(service, "check_delivery", interrupted)
    with pytest.raises(CommandError) as stopped:
        call_command("check_consistency", resume, stdout=first, stderr=progress)
    monkeypatch.setattr(service, "check_delivery", real)
    with pytest.raises(CommandError, match=r"^5 contradictions\."):
        call_command("check_consistency", resume, stdout=second, stderr=resumed)

    last_checked = Delivery.objects.order_by("pk")[999].pk
    assert stopped.value.returncode == 130
    assert str(stopped.value).endswith(f"check_consistency --after delivery:{last_checked}")
    assert f"1000 rows checked, 3 contradictions; at delivery:{last_checked} of" in progress.getvalue()
    assert resumed.getvalue().startswith(f"Going on after delivery:{last_checked}.")
    assert (len(first.getvalue().splitlines()), len(second.getvalue().splitlines())) == (3, 2)


@pytest.mark.django_db(transaction=True)
def test_after_a_check_that_ended_resume_begins_anew(world: dict[str, int], tmp_path: Path) -> None:
    resume = f"--resume={tmp_path / 'position'}"
    call_command("check_consistency", resume, stdout=StringIO(), stderr=StringIO())
    progress = StringIO()

    call_command("check_consistency", resume, stdout=StringIO(), stderr=progress)

    checked = Delivery.objects.count() + Circular.objects.count()
    assert f"{checked} rows checked, 0 contradictions" in progress.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_resumed_check_fails_for_what_was_found_before_it_stopped(
    world: dict[str, int], tmp_path: Path
) -> None:
    file = tmp_path / "position"
    file.write_text("digest:0 2\n")

    with pytest.raises(CommandError, match=r"^2 contradictions\."):
        call_command("check_consistency", f"--resume={file}", stdout=StringIO(), stderr=StringIO())

    assert not file.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "delivery", "delivery:1 x"])
def test_a_file_without_a_position_is_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "position"
    file.write_text(text)

    with pytest.raises(CommandError, match="holds no position"):
        call_command("check_consistency", f"--resume={file}", stdout=StringIO(), stderr=StringIO())


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["0", "-1", "x"])
def test_a_batch_has_rows(text: str) -> None:
    with pytest.raises(CommandError, match="no number of rows"):
        call_command("check_consistency", f"--batch={text}")
