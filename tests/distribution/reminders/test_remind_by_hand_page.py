"""The preview of manual reminders, from a letter and from the board."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import AgencyKind, Role
from circulars.models import Circular
from distribution.models import Notice, NoticeKind
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
BOARD = "remind_by_hand_outstanding"


def url_of(circular: Circular) -> str:
    return reverse("remind_by_hand", args=[circular.public_id])


def reminded() -> set[int]:
    found = Notice.objects.filter(kind=NoticeKind.REMINDER).values_list("delivery__agency_id", flat=True)
    return {agency for agency in found if agency is not None}


def test_the_preview_lists_who_would_be_reminded_and_changes_nothing(signed_in: SignIn) -> None:
    waiting, silent, answered = AgencyFactory(), AgencyFactory(email=""), AgencyFactory()
    circular = dispatched_to(waiting, silent, answered)
    acknowledge(
        delivery=circular.deliveries.get(agency=answered).public_id,
        by=recipient_of(answered),
        at=timezone.now(),
    )

    response = signed_in(sender_of(circular.issuer)).get(url_of(circular))

    plan = response.context["plan"]
    assert [each.unit for each in plan.reminded] == [waiting]
    assert [each.delivery.agency for each in plan.skipped] == [silent]
    assert waiting.email in response.content.decode()
    assert not reminded()


def test_sending_reminds_exactly_those_who_were_shown(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory(), AgencyFactory())
    client = signed_in(sender_of(circular.issuer))
    shown = client.get(url_of(circular)).context["shown_ids"]
    late = AgencyFactory()
    line = circular.lines.create(position=9, purpose="action", text="Sonradan", agency=late)
    circular.deliveries.create(agency=late, line=line, purpose="action", created_at=timezone.now())

    response = client.post(url_of(circular), {"shown_ids": shown})

    assert response["Location"] == reverse("letter", args=[circular.public_id]) + "?show=outstanding"
    assert len(reminded()) == 2
    assert late.pk not in reminded()


def test_only_the_ticked_units_are_looked_at_and_it_is_said_who_answered_meanwhile(
    signed_in: SignIn,
) -> None:
    ticked, answered, other = AgencyFactory(), AgencyFactory(), AgencyFactory()
    circular = dispatched_to(ticked, answered, other, purpose="information")
    chosen = circular.deliveries.filter(agency__in=[ticked, answered])
    acknowledge(delivery=chosen.get(agency=answered).public_id, by=recipient_of(answered), at=timezone.now())

    plan = (
        signed_in(sender_of(circular.issuer))
        .get(url_of(circular), {"delivery": [str(each.public_id) for each in chosen]})
        .context["plan"]
    )

    assert [each.unit for each in plan.reminded] == [ticked]
    assert [(each.delivery.agency, each.why.value) for each in plan.skipped] == [(answered, "answered")]


def test_the_outstanding_tab_offers_a_box_for_each_unit(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())

    page = (
        signed_in(sender_of(circular.issuer))
        .get(reverse("letter", args=[circular.public_id]), {"show": "outstanding"})
        .content.decode()
    )

    assert f'value="{circular.deliveries.get().public_id}"' in page
    assert f'action="{url_of(circular)}"' in page


def test_a_manager_may_remind_of_a_letter_and_strangers_do_not_find_it(signed_in: SignIn) -> None:
    unit = AgencyFactory()
    circular = dispatched_to(unit)
    shown = str(circular.deliveries.get().pk)

    for stranger in (recipient_of(unit), sender_of(AgencyFactory()), manager_of(AgencyFactory())):
        client = signed_in(stranger)
        assert client.get(url_of(circular)).status_code == 404
        assert client.post(url_of(circular), {"shown_ids": shown}).status_code == 404
    assert not reminded()

    signed_in(manager_of(circular.issuer)).post(url_of(circular), {"shown_ids": shown})
    assert reminded() == {unit.pk}


def test_a_draft_is_not_reminded_of(signed_in: SignIn) -> None:
    draft = draft_to(AgencyFactory())

    assert signed_in(sender_of(draft.issuer)).get(url_of(draft)).status_code == 404


def test_the_copies_of_another_letter_are_not_reminded_of(signed_in: SignIn) -> None:
    own, foreign = dispatched_to(AgencyFactory()), dispatched_to(AgencyFactory())

    signed_in(sender_of(own.issuer)).post(url_of(own), {"shown_ids": str(foreign.deliveries.get().pk)})

    assert not reminded()


@pytest.mark.parametrize("shown", ["x", "1,-2", "9" * 30, ",".join("1" for _ in range(2000))])
def test_what_no_page_of_ours_sends_is_not_found(signed_in: SignIn, shown: str) -> None:
    circular = dispatched_to(AgencyFactory())

    assert (
        signed_in(sender_of(circular.issuer)).post(url_of(circular), {"shown_ids": shown}).status_code == 404
    )


def test_a_box_that_holds_no_id_is_not_found(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())
    client = signed_in(sender_of(circular.issuer))

    assert client.get(url_of(circular), {"delivery": "x"}).status_code == 404
    assert not client.get(url_of(circular), {"delivery": str(uuid4())}).context["plan"].reminded


def test_the_board_reminds_of_the_rows_that_its_filter_shows(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    ministry, other = AgencyFactory(kind=AgencyKind.MINISTRY), AgencyFactory()
    dispatched_to(ministry, other, issuer=issuer)
    client = signed_in(manager_of(issuer))
    url = reverse(BOARD) + "?kind=ministry"

    rows = client.get(reverse("outstanding") + "?kind=ministry").context["table"].data.data
    shown = client.get(url).context["shown_ids"]
    response = client.post(url, {"shown_ids": shown})

    assert {str(row.pk) for row in rows} == set(shown.split(","))
    assert reminded() == {ministry.pk}
    assert response["Location"] == reverse("outstanding") + "?kind=ministry"


def test_a_filter_that_makes_no_sense_reminds_nobody(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    dispatched_to(AgencyFactory(), issuer=issuer)

    response = signed_in(manager_of(issuer)).get(reverse(BOARD) + "?kind=nonsense")

    assert response.status_code == 200
    assert not response.context["plan"].reminded


def test_the_board_covers_only_what_its_person_manages(signed_in: SignIn) -> None:
    managed, elsewhere = AgencyFactory(), AgencyFactory()
    own = dispatched_to(AgencyFactory(), issuer=managed)
    foreign = dispatched_to(AgencyFactory(), issuer=elsewhere)
    person = manager_of(managed)
    MembershipFactory(user=person, agency=elsewhere, role=Role.RECIPIENT)
    client = signed_in(person)

    shown = client.get(reverse(BOARD)).context["shown_ids"]
    both = f"{own.deliveries.get().pk},{foreign.deliveries.get().pk}"
    client.post(reverse(BOARD), {"shown_ids": both})

    assert shown == str(own.deliveries.get().pk)
    assert reminded() == {own.deliveries.get().agency_id}


def test_who_manages_nothing_does_not_find_the_board_s_preview(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())
    client = signed_in(sender_of(circular.issuer))

    assert client.get(reverse(BOARD)).status_code == 404
    assert client.post(reverse(BOARD), {"shown_ids": str(circular.deliveries.get().pk)}).status_code == 404
    assert not reminded()


def test_a_long_preview_lists_the_first_messages_and_all_of_them_on_request_and_sends_all(
    signed_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("distribution.views.reminders.remind_by_hand.MESSAGES_SHOWN", 2)
    issuer = AgencyFactory()
    circular = dispatched_to(*AgencyFactory.create_batch(3), issuer=issuer)
    client = signed_in(manager_of(issuer))
    listed = [
        sum(f'href="/directory/{each.agency_id}/"' in page for each in circular.deliveries.all())
        for page in (client.get(reverse(BOARD) + query).content.decode() for query in ("", "?all=1"))
    ]
    assert listed == [2, 3]

    client.post(reverse(BOARD), {"shown_ids": client.get(reverse(BOARD)).context["shown_ids"]})

    assert len(reminded()) == 3


def test_the_preview_asks_the_database_as_often_for_many_units_as_for_two(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    client = signed_in(manager_of(issuer))
    counts = []
    for size in (2, 20):
        dispatched_to(*AgencyFactory.create_batch(size), issuer=issuer)
        client.get(reverse(BOARD))
        counts.append(query_count(client.get, reverse(BOARD)))
    assert counts[0] == counts[1]


def test_the_board_by_letter_reminds_the_recipients_of_the_letters_that_its_filter_leaves(
    signed_in: SignIn,
) -> None:
    issuer, wanted = AgencyFactory(), AgencyFactory.create_batch(2)
    dispatched_to(*wanted, issuer=issuer, subject="Kış Tedbirleri", urgency="ACELE")
    dispatched_to(AgencyFactory(), issuer=issuer, subject="Kış Tedbirleri")
    dispatched_to(AgencyFactory(), issuer=issuer, subject="Bütçe", urgency="ACELE")
    client = signed_in(manager_of(issuer))
    query = "?q=kis&urgency=acele"
    board = client.get(reverse("outstanding_letters") + query)
    address = reverse("remind_by_hand_outstanding_letters") + query

    assert [row.record.subject for row in board.context["table"].page.object_list] == ["Kış Tedbirleri"]
    assert f'href="{address}"'.replace("&", "&amp;") in board.content.decode()
    shown = client.get(address)
    assert {each.unit for each in shown.context["plan"].reminded} == set(wanted)
    assert not reminded()
    sent = client.post(address, {"shown_ids": shown.context["shown_ids"]})

    assert sent["Location"] == reverse("outstanding_letters") + query
    assert reminded() == {each.pk for each in wanted}


@pytest.mark.parametrize("query", ["?urgency=overdue", "?age=30", "?urgency=evil"])
def test_the_board_by_letter_reminds_nobody_where_its_filter_leaves_nothing(
    signed_in: SignIn, query: str
) -> None:
    circular = dispatched_to(AgencyFactory(), at=timezone.now())
    client = signed_in(manager_of(circular.issuer))

    assert client.get(reverse("remind_by_hand_outstanding_letters") + query).context["plan"].reminded == []
    assert not client.get(reverse("outstanding_letters") + query).context["table"].page.object_list


def test_the_board_by_letter_belongs_to_managers(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())

    for person in (sender_of(circular.issuer), recipient_of(circular.issuer)):
        assert signed_in(person).get(reverse("remind_by_hand_outstanding_letters")).status_code == 404
