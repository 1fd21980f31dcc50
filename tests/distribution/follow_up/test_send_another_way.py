"""A channel that stands still for long: the sender is told, and has what waits sent by the units' other channels."""

from datetime import UTC, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Circular
from distribution.models import (
    Channel,
    ChannelStatus,
    DeliveryEvent,
    EventKind,
    Notice,
    NoticeKind,
    NoticeState,
)
from distribution.models.notices.channel_status import Fault
from distribution.outbox.digest import is_wanted
from distribution.outbox.messages import compose
from distribution.outbox.outages.suspension import resume, suspend
from distribution.outbox.send import send_due
from distribution.queries.sending.standing_channels import standing_channels
from distribution.services.follow_up.send_another_way import send_another_way
from distribution.services.tell_of_standing import tell_of_standing
from distribution.tasks import tell_senders_of_standing
from tests.at_once import at_once
from tests.conftest import SignIn
from tests.consistency import findings
from tests.factories import AgencyFactory, UserFactory, dispatched_to, manager_of, sender_of
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kep_account")]
KEP_FIRST = {"channels": ["kep", "email"]}


@pytest.fixture
def both() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği", kep_address="ardahan@hs01.kep.tr", **KEP_FIRST)


@pytest.fixture
def only_kep() -> Agency:
    return AgencyFactory(name="Bartın Valiliği", email="", kep_address="bartin@hs01.kep.tr")


@pytest.fixture
def letter(both: Agency, only_kep: Agency) -> Circular:
    return dispatched_to(both, only_kep, at=timezone.now() - timedelta(days=2))


@pytest.fixture
def sender(letter: Circular) -> User:
    return sender_of(letter.issuer)


def stand_still(hours: float, channel: str = Channel.KEP) -> None:
    since = timezone.now() - timedelta(hours=hours)
    suspend(channel=channel, fault=Fault.UNREACHABLE, answer="Connection refused", at=since)


def test_after_a_day_the_letter_says_which_units_wait_and_one_button_sends_to_those_that_can_be_told(
    english: Client, signed_in: SignIn, letter: Circular, sender: User, postbox: Postbox
) -> None:
    stand_still(25)
    client = signed_in(sender)
    page = client.get(reverse("letter", args=[letter.public_id])).content.decode()
    assert "2 units wait for it." in page
    assert "Send to 1 unit by another channel" in page

    client.post(reverse("send_another_way", args=[letter.public_id]))

    moved, left = Notice.objects.order_by("agency__name")
    assert (moved.channel, moved.address, moved.state) == ("email", moved.agency.email, NoticeState.WAITING)
    assert (left.channel, left.state) == ("kep", NoticeState.WAITING)
    event = DeliveryEvent.objects.get(kind=EventKind.SENT_ANOTHER_WAY)
    assert event.delivery == moved.delivery
    assert (event.by, event.data["channel"], event.data["other"]) == (sender, "kep", "email")
    send_due()
    moved.refresh_from_db()
    assert moved.state == NoticeState.SENT
    assert [mail["To"] for mail in postbox.mails] == [moved.address]
    assert findings(timezone.now()) == []


def test_before_that_nothing_is_offered(signed_in: SignIn, letter: Circular, sender: User) -> None:
    stand_still(23)
    assert standing_channels(letter, at=timezone.now()) == []
    client = signed_in(sender)
    assert "send-another-way" not in client.get(reverse("letter", args=[letter.public_id])).content.decode()
    client.post(reverse("send_another_way", args=[letter.public_id]))
    assert set(Notice.objects.values_list("channel", flat=True)) == {"kep"}


def test_a_manager_sees_it_without_the_button_and_a_stranger_gets_404(
    english: Client, signed_in: SignIn, letter: Circular
) -> None:
    stand_still(25)
    url = reverse("send_another_way", args=[letter.public_id])
    client = signed_in(manager_of(letter.issuer))
    page = client.get(reverse("letter", args=[letter.public_id])).content.decode()
    assert "2 units wait for it." in page
    assert url not in page
    assert client.post(url).status_code == 404
    assert signed_in(sender_of(AgencyFactory())).post(url).status_code == 404
    assert set(Notice.objects.values_list("channel", flat=True)) == {"kep"}


def test_a_notice_in_a_digest_leaves_alone_and_the_digest_keeps_the_other_letters(
    both: Agency, letter: Circular, sender: User
) -> None:
    stand_still(25)
    other = dispatched_to(both)
    mine, theirs = Notice.objects.filter(agency=both).order_by("pk")
    digest = Notice.objects.create(
        kind=NoticeKind.DIGEST,
        agency=both,
        channel=Channel.KEP,
        address=both.kep_address,
        message_id="<ozet@yer>",
        next_attempt_at=timezone.now(),
    )
    Notice.objects.filter(agency=both).exclude(pk=digest.pk).update(bundle=digest, state=NoticeState.BUNDLED)

    assert send_another_way(circular=letter, by=sender, at=timezone.now()) == 1

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.bundle, mine.channel, mine.state) == (None, "email", NoticeState.WAITING)
    assert (theirs.bundle, theirs.state, theirs.delivery.circular) == (digest, NoticeState.BUNDLED, other)


def test_an_address_that_was_set_for_the_letter_is_a_way_out_too(
    letter: Circular, only_kep: Agency, sender: User
) -> None:
    set_address = {"address": "bartin@kurum.gov.tr", "letters": [letter.pk], "by": "Can SU"}
    Agency.objects.filter(pk=only_kep.pk).update(proposed={"email": [set_address]}, channels=["kep", "email"])
    stand_still(25)

    assert [each.nowhere for each in standing_channels(letter, at=timezone.now())] == [[]]
    assert send_another_way(circular=letter, by=sender, at=timezone.now()) == 2
    moved = Notice.objects.get(kind=NoticeKind.LETTER, agency=only_kep)
    assert (moved.channel, moved.address) == ("email", "bartin@kurum.gov.tr")


def test_a_second_channel_that_stands_still_too_is_no_way_out(letter: Circular, sender: User) -> None:
    stand_still(25)
    stand_still(1, Channel.EMAIL)
    assert send_another_way(circular=letter, by=sender, at=timezone.now()) == 0
    (found,) = standing_channels(letter, at=timezone.now())
    assert (len(found.elsewhere), len(found.nowhere)) == (0, 2)


def test_whoever_dispatched_it_is_told_once_by_mail(letter: Circular, sender: User) -> None:
    letter.dispatched_by = sender
    letter.save(update_fields=["dispatched_by"])
    UserFactory()
    sender_of(letter.issuer)
    stand_still(25)

    tell_senders_of_standing()
    tell_senders_of_standing()

    told = Notice.objects.get(kind=NoticeKind.CHANNEL_AWAY)
    assert (told.person, told.channel) == (sender, Channel.EMAIL)
    words = compose(told)
    assert letter.number in words.subject
    assert "2 birim" in words.text or "2 units" in words.text
    assert reverse("letter", args=[letter.public_id]) in words.text
    assert is_wanted(told)
    assert findings(timezone.now()) == []


def test_a_later_suspension_is_told_again_and_what_is_over_is_not_sent(
    letter: Circular, sender: User
) -> None:
    stand_still(49)
    tell_senders_of_standing()
    resume(channel=Channel.KEP, at=timezone.now())
    assert not is_wanted(Notice.objects.get(kind=NoticeKind.CHANNEL_AWAY))
    stand_still(25)
    tell_senders_of_standing()
    assert Notice.objects.filter(kind=NoticeKind.CHANNEL_AWAY).count() == 2


def test_whoever_sends_since_today_is_told_in_the_first_hours_of_the_day(letter: Circular) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=30) + timedelta(days=2)
    person = sender_of(letter.issuer)
    person.memberships.update(active_from=midnight.date())
    stand_still(25)

    tell_of_standing(at=midnight.astimezone(UTC))

    assert [each.person for each in Notice.objects.filter(kind=NoticeKind.CHANNEL_AWAY)] == [person]


def test_twenty_letters_are_told_of_with_as_many_queries_as_two(both: Agency) -> None:
    stand_still(25)
    counts = []
    for number in (2, 20):
        for _each in range(number):
            sender_of(dispatched_to(both).issuer)
        counts.append(query_count(tell_of_standing, at=timezone.now()))

    assert counts[0] == counts[1]
    assert Notice.objects.filter(kind=NoticeKind.CHANNEL_AWAY).count() == 22


def test_more_letters_than_a_batch_are_told_of_once_each(
    both: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.services.tell_of_standing.BATCH", 2)
    stand_still(25)
    alone = dispatched_to(both)
    letters = [dispatched_to(both) for _each in range(5)]
    for letter in letters:
        sender_of(letter.issuer)

    assert tell_of_standing(at=timezone.now()) == 5
    assert tell_of_standing(at=timezone.now()) == 0

    told = Notice.objects.filter(kind=NoticeKind.CHANNEL_AWAY)
    assert sorted(each.delivery.circular_id for each in told) == [letter.pk for letter in letters]
    assert alone.pk not in {each.delivery.circular_id for each in told}


@pytest.mark.django_db(transaction=True)
def test_a_channel_may_resume_while_its_letters_are_told_of(letter: Circular, sender: User) -> None:
    stand_still(25)

    def resumes_without_waiting() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1s'")
        return resume(channel=Channel.KEP, at=timezone.now())

    with transaction.atomic():
        assert tell_of_standing(at=timezone.now()) == 1
        (resumed,) = at_once(resumes_without_waiting)

    assert resumed
    assert not is_wanted(Notice.objects.get(kind=NoticeKind.CHANNEL_AWAY))


@pytest.mark.django_db(transaction=True)
def test_two_tasks_tell_of_a_letter_once(letter: Circular, sender: User) -> None:
    stand_still(25)

    assert sorted(at_once(*[partial(tell_of_standing, at=timezone.now())] * 2)) == [0, 1]

    assert Notice.objects.filter(kind=NoticeKind.CHANNEL_AWAY).count() == 1


def test_nobody_is_told_by_mail_that_mail_stands_still(letter: Circular) -> None:
    Notice.objects.update(channel=Channel.EMAIL)
    stand_still(25, Channel.EMAIL)
    tell_senders_of_standing()
    assert not Notice.objects.filter(kind=NoticeKind.CHANNEL_AWAY).exists()
    assert standing_channels(letter, at=timezone.now())


def test_nothing_is_told_of_a_letter_that_waits_for_nothing(letter: Circular) -> None:
    Notice.objects.update(state=NoticeState.SENT, sent_at=timezone.now(), recorded_at=timezone.now())
    stand_still(25)
    tell_senders_of_standing()
    assert not Notice.objects.filter(kind=NoticeKind.CHANNEL_AWAY).exists()
    assert ChannelStatus.objects.suspended().exists()


def test_the_letters_page_asks_as_much_for_twenty_units_as_for_two(signed_in: SignIn) -> None:
    stand_still(25)
    counts = []
    for number in (2, 20):
        units = [AgencyFactory(kep_address=f"b{n}@hs01.kep.tr", **KEP_FIRST) for n in range(number)]
        circular = dispatched_to(*units)
        counts.append(query_count(standing_channels, circular, at=timezone.now()))
    assert counts[0] == counts[1]
