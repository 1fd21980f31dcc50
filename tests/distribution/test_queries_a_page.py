"""The most used pages of senders and managers ask at most 15 queries, with all that they usually show."""

from datetime import time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.calendar import WorkingCalendar, moment_on
from agencies.models import Agency, AgencyKind, DeclaredLeave, Role, User
from circulars.models import Attachment, Circular, DraftEditing, Reference, Urgency
from distribution.models import CallOutcome, Delivery, Duty, Heartbeat, LearnedLateness, ReturnGround
from distribution.models.lateness import Lateness, Method
from distribution.outbox.outages.heartbeat import beat
from distribution.services.follow_up.note_call import Outcome, note_call
from distribution.services.internal_notes import write_note_on_letter
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.extension import ask_extension
from distribution.services.receiving.return_letter import return_letter
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    AgencyGroupFactory,
    LineFactory,
    MembershipFactory,
    UserFactory,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
NOW = timezone.now()
IN_20_DAYS = timezone.localdate(NOW) + timedelta(days=20)
# A full working day but for the leave that is declared below, in Turkish time whatever the hour of the run.
DUE = moment_on(WorkingCalendar().next_full_day(IN_20_DAYS), time(17))


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü", parent=AgencyFactory())


@pytest.fixture(autouse=True)
def at_work(issuer: Agency) -> None:
    """The sweep runs, leave is declared, lateness was learned, and recipients have done what they may do."""
    beat(job=Heartbeat.Job.SWEEP, at=timezone.now())
    DeclaredLeave.objects.create(
        first_day=timezone.localdate(DUE),
        last_day=timezone.localdate(DUE),
        reason="Yoğun kar",
        entered_by=UserFactory(),
        entered_at=NOW,
    )
    for duty in Duty:
        data = Lateness(method=Method.UNOPENED).to_json()
        LearnedLateness.objects.create(duty=duty, learned_at=NOW, data=data)
    sender = sender_of(issuer)
    for days in (30, 6):
        sent_before(issuer, sender, days)


def sent_before(issuer: Agency, sender: User, days: int) -> None:
    """A letter of so many days ago: confirmed, returned, asked more time for, rung about, and open."""
    sent = NOW - timedelta(days=days)
    units = AgencyFactory.create_batch(5)
    letter = dispatched_to(*units, issuer=issuer, at=sent, urgency=Urgency.TIMED, due_at=DUE)
    confirmed, returned, asking, rung = (letter.deliveries.get(agency=unit).public_id for unit in units[:4])
    acknowledge(delivery=confirmed, by=recipient_of(units[0]), at=sent + timedelta(days=1))
    return_letter(
        delivery=returned, ground=ReturnGround.NOT_ADDRESSEE, reason="Bize değil.", by=recipient_of(units[1]),
        at=NOW - timedelta(days=2),
    )  # fmt: skip
    ask_extension(
        delivery=asking, by=recipient_of(units[2]), at=sent + timedelta(days=1), wanted=DUE + timedelta(days=9),
        reason="Veriler geç geldi.",
    )  # fmt: skip
    note_call(
        agency=units[3], unit=issuer, deliveries=[rung], by=sender, at=NOW - timedelta(hours=1),
        outcome=Outcome(
            outcome=CallOutcome.NOT_REACHED, number=units[3].phone, ring_again_at=NOW + timedelta(days=1)
        ),
    )  # fmt: skip
    write_note_on_letter(letter=letter.public_id, text="Bakan yardımcısı izliyor.", by=sender, at=NOW)


def draft_of(issuer: Agency, writer: User, **fields: object) -> Circular:
    """A draft to units, a class and a line in other words, with a reference, an attachment, two unsaved texts."""
    draft = draft_to(*AgencyFactory.create_batch(3), issuer=issuer, **fields)
    court = AgencyFactory(kind=AgencyKind.HIGH_COURT)
    group = AgencyGroupFactory(rule_kind=court.kind)
    LineFactory(circular=draft, position=3, agency=None, group=group, text="Yüksek Mahkemelere")
    LineFactory(circular=draft, position=4, text="Ardahan Kurumuna")
    Attachment.objects.create(circular=draft, title="Kılavuz", printed=True)
    cited = Circular.objects.exclude(pk=draft.pk).filter(issuer=issuer)[0]
    Reference.objects.create(circular=draft, position=0, text=cited.number, target=cited)
    for person in (writer, sender_of(issuer)):
        DraftEditing.objects.create(
            circular=draft,
            person=person,
            opened_at=NOW,
            seen_at=NOW,
            kept_at=NOW,
            values={"subject": "Yarım"},
        )
    return draft


@pytest.mark.parametrize("name", ["board", "call_list", "outstanding", "outstanding_letters"])
def test_a_managers_page(name: str, signed_in: SignIn, issuer: Agency) -> None:
    client = signed_in(manager_of(issuer))
    client.get(reverse(name))

    assert query_count(client.get, reverse(name)) <= 15


@pytest.mark.parametrize("name", ["call_list", "letters"])
def test_a_senders_page(name: str, signed_in: SignIn, issuer: Agency) -> None:
    writer = sender_of(issuer)
    draft_of(issuer, writer)
    client = signed_in(writer)
    client.get(reverse(name))

    assert query_count(client.get, reverse(name)) <= 15


def test_a_page_of_who_sends_for_one_unit_and_manages_another(signed_in: SignIn, issuer: Agency) -> None:
    person = manager_of(issuer)
    elsewhere = MembershipFactory(user=person, agency=AgencyFactory(), role=Role.SENDER).agency
    dispatched_to(AgencyFactory(), issuer=elsewhere)
    client = signed_in(person)

    for name in ("board", "call_list", "outstanding"):
        client.get(reverse(name))
        assert query_count(client.get, reverse(name)) <= 15, name


@pytest.mark.parametrize("due", [{"due_at": DUE}, {"due_working_days": 15}], ids=["moment", "working days"])
@pytest.mark.parametrize("name", ["review", "dispatch"])
def test_a_page_of_a_draft(name: str, due: dict[str, object], signed_in: SignIn, issuer: Agency) -> None:
    writer = sender_of(issuer)
    draft = draft_of(issuer, writer, urgency=Urgency.TIMED, **due)
    client = signed_in(writer)
    page = reverse(name, args=[draft.public_id])

    shown = client.get(page).content.decode()

    assert "Kılavuz" in shown and "Yüksek Mahkemelere" in shown
    assert query_count(client.get, page) <= 15


def test_what_the_pages_of_a_draft_show_is_there(signed_in: SignIn, issuer: Agency) -> None:
    writer = sender_of(issuer)
    draft = draft_of(issuer, writer, urgency=Urgency.TIMED, due_at=DUE)
    client = signed_in(writer)

    reviewed = client.get(reverse("review", args=[draft.public_id])).context
    checked = client.get(reverse("dispatch", args=[draft.public_id])).context

    assert len(reviewed["others"]) == len(reviewed["offered"]) == len(reviewed["references"]) == 1
    assert not checked["found"].blocks
    assert len(checked["others"]) == 2
    assert checked["dropped"].previous == issuer.circulars.exclude(pk=draft.pk).latest("dispatched_at")
    assert len(checked["dropped"].agencies) == 5
    assert len(checked["free_due_days"]) == len(reviewed["form"].fields["issuer"].choices) == 1


def test_a_list_of_letters_shows_what_is_to_be_decided(signed_in: SignIn, issuer: Agency) -> None:
    page = signed_in(sender_of(issuer)).get(reverse("letters")).context

    assert len(page["open_requests"]) == len(page["returns"]) == 2
    assert len(page["due_in_leave"]) == 2
    assert Delivery.objects.count() == 10
