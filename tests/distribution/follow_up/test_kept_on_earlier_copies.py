"""What becomes of extensions, requests, answers, handovers and returns when a letter is corrected."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Circular, Urgency
from distribution.models import Delivery, HandoverMethod
from distribution.services.follow_up.change_due import change_due
from distribution.services.follow_up.hand_over import Paper, hand_over
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.answer import complete
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.return_letter import return_letter
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.follow_up.correcting import begin, copy_of, send, url
from tests.factories import AgencyFactory, copy_below, dispatched_to, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now().replace(second=0, microsecond=0)


def timed(*agencies: Agency, due: datetime, at: datetime) -> Circular:
    return dispatched_to(*agencies, at=at, urgency=Urgency.TIMED, due_at=due)


def give(circular: Circular, agency: Agency, until: datetime, at: datetime) -> None:
    """Grant the request of the unit for more time."""
    copy = copy_of(circular, agency)
    asked = ask_extension(
        delivery=copy.public_id, by=recipient_of(agency), at=at, wanted=until, reason="Kadro eksik"
    )
    decide_extension(
        extension=asked.public_id, by=sender_of(circular.issuer), at=at, granted_until=until, answer=""
    )


def due_in(draft: Circular, due: datetime) -> Circular:
    draft.due_at = due
    draft.save()
    return draft


def text_of(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def test_more_time_carries_over_if_it_is_later_than_the_new_due_time(now: datetime) -> None:
    extended, barely, usual, issuer = AgencyFactory.create_batch(4)
    due = now + timedelta(days=18)
    circular = dispatched_to(
        extended, barely, usual, issuer=issuer, at=now, urgency=Urgency.TIMED, due_at=due
    )
    give(circular, extended, due + timedelta(days=7), now)
    give(circular, barely, due + timedelta(days=1), now)

    draft = due_in(begin(circular), due + timedelta(days=4))
    two = send(draft, extended, barely, usual)

    assert copy_of(two, extended).due_at == due + timedelta(days=7)
    assert copy_of(two, barely).due_at == copy_of(two, usual).due_at == due + timedelta(days=4)
    three = send(due_in(begin(two), due + timedelta(days=2)), extended, barely, usual)
    assert copy_of(three, extended).due_at == due + timedelta(days=7)
    assert copy_of(three, barely).due_at == copy_of(three, usual).due_at == due + timedelta(days=2)


def test_more_time_carries_over_between_numbers_of_working_days_and_by_a_later_revision(
    now: datetime,
) -> None:
    extended, untouched, usual = AgencyFactory.create_batch(3)
    circular = dispatched_to(extended, untouched, usual, at=now, urgency=Urgency.TIMED, due_working_days=15)
    later = now + timedelta(days=90)
    change_due(
        circular=circular, until=later, reason="", by=circular.recorded_by, at=now,
        delivery=copy_of(circular, extended),
    )  # fmt: skip
    draft = begin(circular)
    draft.due_working_days = 5
    draft.save()
    two = send(draft, extended, usual)
    assert copy_of(two, extended).due_at == later
    assert copy_of(two, usual).due_at == two.due_at < copy_of(circular, usual).due_at  # type: ignore[operator]

    three = send(begin(two), extended, untouched, usual)
    assert copy_of(three, extended).due_at == later
    assert copy_of(three, untouched).due_at == three.due_at


def test_a_unit_that_an_earlier_revision_left_alone_gets_the_due_time_that_is_printed_now(
    now: datetime,
) -> None:
    first, second = AgencyFactory.create_batch(2)
    due = now + timedelta(days=18)
    circular = timed(first, second, due=due, at=now)
    two = send(due_in(begin(circular), due + timedelta(days=4)), first)

    three = send(begin(two), first, second)

    assert copy_of(three, first).due_at == copy_of(three, second).due_at == due + timedelta(days=4)


def test_a_copy_passed_on_that_was_due_with_the_one_above_is_so_again(now: datetime) -> None:
    agency, follows, earlier = AgencyFactory.create_batch(3)
    due = now + timedelta(days=18)
    circular = timed(agency, due=due, at=now)
    above = copy_of(circular, agency)
    copy_below(above, follows, due_at=due, created_at=now)
    copy_below(above, earlier, due_at=due - timedelta(days=3), created_at=now)

    revision = send(due_in(begin(circular), due + timedelta(days=4)), agency)

    assert copy_of(revision, follows).due_at == due + timedelta(days=4)
    assert copy_of(revision, earlier).due_at == due - timedelta(days=3)


def test_the_preview_names_each_unit_that_has_something_on_its_copy_and_what_becomes_of_it(
    now: datetime, signed_in: SignIn, english: Client
) -> None:
    names = ("Uzatılan", "Aşılmayan", "İsteyen", "Cevaplayan", "Elden Alan", "İade Eden", "Sade", "Alt")
    units = {name: AgencyFactory(name=f"{name} Birimi") for name in names}
    due = now + timedelta(days=18)
    circular = timed(*(units[name] for name in names[:-1]), due=due, at=now)
    sender = sender_of(circular.issuer)
    give(circular, units["Uzatılan"], due + timedelta(days=7), now)
    give(circular, units["Aşılmayan"], due + timedelta(days=1), now)
    ask_extension(
        delivery=copy_of(circular, units["İsteyen"]).public_id, by=recipient_of(units["İsteyen"]), at=now,
        wanted=due + timedelta(days=9), reason="Kadro eksik",
    )  # fmt: skip
    answerer = recipient_of(units["Cevaplayan"])
    answered = copy_of(circular, units["Cevaplayan"])
    complete(delivery=answered.public_id, by=answerer, at=now, disposition="done")
    proof = SimpleUploadedFile("zimmet.pdf", b"imzali")
    paper = Paper(HandoverMethod.HAND, timezone.localdate(now), "Ayşe KAYA", proof, "14")
    hand_over(delivery=copy_of(circular, units["Elden Alan"]).public_id, paper=paper, by=sender, at=now)
    return_letter(
        delivery=copy_of(circular, units["İade Eden"]).public_id, by=recipient_of(units["İade Eden"]), at=now,
        ground="not_fit", reason="Okunmuyor",
    )  # fmt: skip
    draft = due_in(begin(circular), due + timedelta(days=4))
    client = signed_in(sender)

    page = client.get(url("dispatch", draft))

    named = {each.words: [agency.name for agency in each.agencies] for each in page.context["becomes"]}
    assert named == {
        "1 unit was given more time than the letter says. It keeps its later due time.": ["Uzatılan Birimi"],
        "1 unit was given more time, but not beyond the new due time. The new one counts for it.": [
            "Aşılmayan Birimi"
        ],
        "1 unit waits for an answer to its request for more time. The request ends with the earlier copy.": [
            "İsteyen Birimi"
        ],
        "1 unit has answered the letter. The answer stays with the earlier copy and is named on the new one.": [
            "Cevaplayan Birimi"
        ],
        "1 unit got the letter by hand or post. The proof stays with the earlier copy; hand the revision over"
        " as well.": ["Elden Alan Birimi"],
        "1 unit has returned the letter. It doesn't get the revision.": ["İade Eden Birimi"],
    }
    for words in named:
        assert words.replace("'", "&#x27;") in text_of(page)

    revision = send(draft, *draft.touched.all())
    assert not Delivery.objects.filter(circular=revision, agency=units["İade Eden"]).exists()
    new = copy_of(revision, units["Cevaplayan"])
    for address in (url("recipient", revision, new),):
        shown = text_of(client.get(address))
        assert "The answer counts for that revision." in shown
        assert url("recipient", circular, answered) in shown
    client = signed_in(answerer)
    shown = text_of(client.get(url("delivery", new)))
    assert "The answer counts for that revision." in shown and url("delivery", answered) in shown
    assert new.completed_at is None and copy_of(circular, units["Cevaplayan"]).completed_at == now
    assert findings() == []


def test_an_acele_revision_says_that_more_time_ends(
    now: datetime, signed_in: SignIn, english: Client
) -> None:
    agency = AgencyFactory()
    circular = timed(agency, due=now + timedelta(days=9), at=now)
    give(circular, agency, now + timedelta(days=20), now)
    draft = begin(circular)
    draft.urgency, draft.due_at = Urgency.URGENT, None
    draft.save()

    page = signed_in(sender_of(circular.issuer)).get(url("dispatch", draft))

    assert "1 unit was given more time. The revision has no due time, so that ends." in text_of(page)


def test_the_preview_asks_the_same_number_of_queries_for_any_number_of_units(
    now: datetime, signed_in: SignIn
) -> None:
    counts = []
    for number in (2, 12):
        units = AgencyFactory.create_batch(number)
        circular = timed(*units, due=now + timedelta(days=9), at=now)
        for unit in units:
            give(circular, unit, now + timedelta(days=20), now)
        draft = due_in(begin(circular), now + timedelta(days=12))
        client = signed_in(sender_of(circular.issuer))
        client.get(url("dispatch", draft))
        counts.append(query_count(client.get, url("dispatch", draft)))
    assert counts[0] == counts[1]


def test_a_tekit_is_offered_only_while_a_copy_of_the_revision_is_in_force(signed_in: SignIn) -> None:
    first, second = AgencyFactory.create_batch(2)
    circular = dispatched_to(first, second)
    client = signed_in(sender_of(circular.issuer))
    two = send(begin(circular), first)
    assert url("tekit", circular) in text_of(client.get(url("letter", circular)))

    three = send(begin(two), first, second)

    for old in (circular, two):
        page = text_of(client.get(url("letter", old)))
        assert url("tekit", old) not in page and url("remind_by_hand", old) not in page
    assert url("tekit", three) in text_of(client.get(url("letter", three)))


def test_a_copy_whose_revision_was_withdrawn_says_so(signed_in: SignIn, english: Client) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    revision = send(begin(circular), agency)
    sender = sender_of(circular.issuer)
    withdraw(circular=revision, reason="Yanlış dosya", by=sender, at=timezone.now())

    for address in (url("letter", circular), url("recipient", circular, copy_of(circular, agency))):
        page = text_of(signed_in(sender).get(address))
        assert "The corrected revision that took the place of this copy was withdrawn." in page
        assert "A corrected revision took the place of this copy." not in page
