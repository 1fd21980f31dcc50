"""The branch below a delivery: access, figures, paging."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, AgencyKind, User
from circulars.models import Circular, Purpose
from distribution.models import Below, Delivery, Disposition, Notice, NoticeState
from distribution.queries.receiving.branches import figures_below
from distribution.queries.sending.board import letter_figures, line_figures
from distribution.queries.sending.owed import owed_to
from distribution.queries.sending.sending_figures import sending_figures
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.pass_on import pass_on
from distribution.services.succession import close_unit, what_closing_touches
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    UserFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


def passed(above: Delivery, *agencies: Agency, purpose: Purpose = Purpose.ACTION) -> list[Delivery]:
    """Deliveries that the unit has just passed on."""
    return pass_on(
        delivery=above.public_id,
        recipients=[(agency, purpose) for agency in agencies],
        note="Önce siz bakınız",
        due_at=None,
        by=recipient_of(above.answering_unit),
        at=timezone.now(),
    ).children


def confirmed(*deliveries: Delivery) -> None:
    for delivery in deliveries:
        acknowledge(delivery=delivery.public_id, by=recipient_of(delivery.answering_unit), at=timezone.now())


def branch_url(delivery: Delivery) -> str:
    return reverse("branch", args=[delivery.public_id])


@pytest.fixture
def ministry() -> Agency:
    agency: Agency = AgencyFactory(name="Sağlık Bakanlığı", kind=AgencyKind.MINISTRY)
    return agency


@pytest.fixture
def top(ministry: Agency) -> Delivery:
    issuer = AgencyFactory(name="Gönderen Başkanlık")
    return dispatched_to(ministry, issuer=issuer).deliveries.get()


def test_the_figures_count_every_unit_below_to_any_depth(ministry: Agency, top: Delivery) -> None:
    first, second = AgencyFactory.create_batch(2, parent=ministry)
    one, two = passed(top, first, second)
    (deep,) = passed(one, AgencyFactory(parent=first))
    (deeper,) = passed(deep, AgencyFactory(parent=deep.agency), purpose=Purpose.INFORMATION)
    now = timezone.now()
    confirmed(deep, deeper)
    Delivery.objects.filter(pk=deep.pk).update(completed_at=now, disposition=Disposition.DONE)
    Delivery.objects.filter(pk=one.pk).update(opened_at=now)

    figures = figures_below([top.pk, one.pk, two.pk, deep.pk])

    assert figures == {
        top.pk: Below(units=4, reached=3, acknowledged=2, for_action=3, done=1),
        one.pk: Below(units=2, reached=2, acknowledged=2, for_action=1, done=1),
        deep.pk: Below(units=1, reached=1, acknowledged=1, for_action=0, done=0),
    }


def test_returned_withdrawn_and_covered_copies_do_not_count_but_are_shown(
    ministry: Agency, top: Delivery, signed_in: SignIn
) -> None:
    names = ["Geri Veren Daire", "Alınan Daire", "Kapsanan Daire", "Kalan Daire"]
    given_back, taken, covered, left = passed(
        top, *[AgencyFactory(parent=ministry, name=name) for name in names]
    )
    now = timezone.now()
    Delivery.objects.filter(pk=given_back.pk).update(
        returned_at=now, return_ground="not_addressee", return_reason="Bizim değil"
    )
    Delivery.objects.filter(pk=taken.pk).update(withdrawn_at=now)
    Delivery.objects.filter(pk=covered.pk).update(superseded_at=now, superseded_by=left)

    page = signed_in(recipient_of(ministry)).get(branch_url(top)).content.decode()

    assert figures_below([top.pk])[top.pk].units == 1
    assert all(name in page for name in names)
    assert "Bizim değil" in page


def test_the_unit_sees_what_it_passed_on(ministry: Agency, top: Delivery, signed_in: SignIn) -> None:
    (child,) = passed(top, AgencyFactory(parent=ministry, name="Yatırımlar Dairesi"))
    confirmed(child)
    passed(child, AgencyFactory(parent=child.agency))

    page = signed_in(recipient_of(ministry)).get(branch_url(top)).content.decode()

    assert "Yatırımlar Dairesi" in page
    assert "Önce siz bakınız" in page
    assert branch_url(child) in page


def test_a_child_sees_itself_and_below_but_neither_its_siblings_nor_the_unit_above(
    ministry: Agency, top: Delivery, signed_in: SignIn
) -> None:
    child, sibling = passed(
        top, AgencyFactory(parent=ministry), AgencyFactory(parent=ministry, name="Kardeş Daire")
    )
    (below,) = passed(child, AgencyFactory(parent=child.agency, name="Alt Şube"))
    client = signed_in(recipient_of(child.agency))

    own = client.get(branch_url(child)).content.decode()

    assert "Alt Şube" in own
    assert "Kardeş Daire" not in own
    assert client.get(branch_url(below)).status_code == 200
    assert client.get(branch_url(top)).status_code == 404
    assert client.get(branch_url(sibling)).status_code == 404


def test_a_child_reads_who_passed_the_letter_on_with_note_and_due_time(
    ministry: Agency, top: Delivery, signed_in: SignIn
) -> None:
    due = timezone.now() + timedelta(days=3)
    child, _sibling = pass_on(
        delivery=top.public_id,
        recipients=[
            (AgencyFactory(parent=ministry), Purpose.ACTION),
            (AgencyFactory(parent=ministry, name="Kardeş Daire"), Purpose.ACTION),
        ],
        note="Cuma gününe kadar",
        due_at=due,
        by=recipient_of(ministry),
        at=timezone.now(),
    ).children

    page = (
        signed_in(recipient_of(child.agency))
        .get(reverse("delivery", args=[child.public_id]))
        .content.decode()
    )

    assert "Sağlık Bakanlığı" in page
    assert "Cuma gününe kadar" in page
    assert timezone.localtime(due).strftime("%d.%m.%Y %H:%M") in page
    assert "Kardeş Daire" not in page


@pytest.mark.parametrize("role_of", [sender_of, recipient_of, manager_of])
def test_a_stranger_finds_no_branch(
    top: Delivery, ministry: Agency, signed_in: SignIn, role_of: Callable[..., User]
) -> None:
    passed(top, AgencyFactory(parent=ministry))
    client = signed_in(role_of(AgencyFactory()))

    assert client.get(branch_url(top)).status_code == 404
    assert client.get(reverse("passed_on", args=[ministry.pk])).status_code == 404


def test_the_sender_opens_the_tree_step_by_step(ministry: Agency, top: Delivery, signed_in: SignIn) -> None:
    (child,) = passed(top, AgencyFactory(parent=ministry, name="Yatırımlar Dairesi"))
    passed(child, AgencyFactory(parent=child.agency, name="Alt Şube"))
    client = signed_in(sender_of(top.circular.issuer))

    page = client.get(branch_url(top)).content.decode()
    step = client.get(branch_url(child), headers={"HX-Request": "true"}).content.decode()

    assert "Yatırımlar Dairesi" in page
    assert "Alt Şube" not in page
    assert reverse("recipient", args=[top.circular.public_id, child.public_id]) in page
    assert "Alt Şube" in step
    assert "<html" not in step


def test_the_senders_pages_lead_to_the_tree(ministry: Agency, top: Delivery, signed_in: SignIn) -> None:
    confirmed(*passed(top, *AgencyFactory.create_batch(3, parent=ministry))[:1])
    client = signed_in(sender_of(top.circular.issuer))
    line = top.circular.lines.get()

    for address in (
        reverse("letter", args=[top.circular.public_id]),
        reverse("line_units", args=[top.circular.public_id, line.pk]),
        reverse("recipient", args=[top.circular.public_id, top.public_id]),
    ):
        assert branch_url(top) in client.get(address).content.decode(), address
    assert line_figures(top.circular)[0].below == Below(units=3, acknowledged=1, reached=1, for_action=3)


def test_the_senders_own_figures_stay_about_direct_recipients(ministry: Agency, top: Delivery) -> None:
    recipient_of(ministry)
    before = (letter_figures(top.circular), sending_figures(top.circular))

    passed(top, *AgencyFactory.create_batch(3, parent=ministry))

    assert (letter_figures(top.circular), sending_figures(top.circular)) == before
    assert list(owed_to(manager_of(top.circular.issuer), top.circular.issuer, at=timezone.now())) == [top]


def test_the_manager_of_the_unit_sees_its_branch_and_what_is_outstanding_in_it(
    ministry: Agency, top: Delivery, signed_in: SignIn
) -> None:
    above = AgencyFactory()
    ministry.parent = above
    ministry.save()
    passed(top, AgencyFactory(name="Bekleten Daire", parent=ministry))
    client = signed_in(manager_of(above))

    assert "Bekleten Daire" in client.get(branch_url(top)).content.decode()
    assert top.circular.subject in client.get(reverse("passed_on", args=[ministry.pk])).content.decode()
    assert "Bekleten Daire" in client.get(reverse("agency", args=[ministry.pk])).content.decode()
    assert client.get(reverse("delivery", args=[top.public_id])).status_code == 404


def test_others_do_not_see_on_the_agencys_page_what_it_passed_on(
    ministry: Agency, top: Delivery, signed_in: SignIn
) -> None:
    child, _late = passed(
        top, AgencyFactory(parent=ministry), AgencyFactory(name="Bekleten", parent=ministry)
    )

    page = signed_in(recipient_of(child.agency)).get(reverse("agency", args=[ministry.pk])).content.decode()

    assert "Bekleten" not in page


def test_the_successor_of_a_closed_unit_sees_its_branch(
    ministry: Agency, top: Delivery, signed_in: SignIn
) -> None:
    (child,) = passed(top, AgencyFactory(parent=ministry, name="Yatırımlar Dairesi"))
    successor: Agency = AgencyFactory()
    now = timezone.now()

    close_unit(agency=ministry, on=timezone.localdate(now), successor=successor, by=UserFactory(), at=now)

    child.refresh_from_db()
    assert (child.parent, child.path, child.successor) == (top, [top.pk], None)
    client = signed_in(recipient_of(successor))
    assert "Yatırımlar Dairesi" in client.get(branch_url(top)).content.decode()
    assert top.circular.subject in client.get(reverse("passed_on", args=[successor.pk])).content.decode()


@pytest.mark.parametrize("merged", [True, False])
def test_a_stranger_opens_nothing_of_a_closed_unit(
    ministry: Agency, top: Delivery, signed_in: SignIn, merged: bool
) -> None:
    (child,) = passed(top, AgencyFactory(parent=ministry))
    now = timezone.now()
    close_unit(
        agency=ministry, on=timezone.localdate(now), successor=AgencyFactory() if merged else None,
        by=UserFactory(), at=now,
    )  # fmt: skip
    beside = AgencyFactory()

    for stranger in (recipient_of(beside), manager_of(beside), sender_of(beside), recipient_of(child.agency)):
        client = signed_in(stranger)
        assert client.get(branch_url(top)).status_code == 404
        assert client.get(reverse("passed_on", args=[ministry.pk])).status_code == 404
    assert signed_in(recipient_of(beside)).get(branch_url(child)).status_code == 404
    assert signed_in(manager_of(ministry)).get(reverse("passed_on", args=[ministry.pk])).status_code == 200


def test_a_branch_below_a_confirmed_delivery_follows_the_successor_too(
    ministry: Agency, top: Delivery, signed_in: SignIn
) -> None:
    passed(top, AgencyFactory(parent=ministry, name="Yatırımlar Dairesi"))
    confirmed(top)
    successor: Agency = AgencyFactory()
    now = timezone.now()

    close_unit(agency=ministry, on=timezone.localdate(now), successor=successor, by=UserFactory(), at=now)

    assert "Yatırımlar Dairesi" in signed_in(recipient_of(successor)).get(branch_url(top)).content.decode()


def test_a_successor_that_has_the_letter_itself_sees_the_branch_of_the_copy_that_it_covers(
    ministry: Agency, signed_in: SignIn
) -> None:
    successor: Agency = AgencyFactory()
    top = dispatched_to(ministry, successor).deliveries.get(agency=ministry)
    passed(top, AgencyFactory(parent=ministry, name="Yatırımlar Dairesi"))
    now = timezone.now()

    close_unit(agency=ministry, on=timezone.localdate(now), successor=successor, by=UserFactory(), at=now)

    top.refresh_from_db()
    assert top.superseded_at is not None
    client = signed_in(recipient_of(successor))
    assert "Yatırımlar Dairesi" in client.get(branch_url(top)).content.decode()
    assert top.circular.subject in client.get(reverse("passed_on", args=[successor.pk])).content.decode()


def test_closing_a_unit_counts_what_it_owes_and_nothing_that_it_passed_on(
    ministry: Agency, top: Delivery
) -> None:
    passed(top, *AgencyFactory.create_batch(3, parent=ministry))

    assert what_closing_touches(ministry, None, on=timezone.localdate()).outstanding == 1


def test_the_branch_is_paged(ministry: Agency, top: Delivery, signed_in: SignIn) -> None:
    passed(top, *AgencyFactory.create_batch(51, parent=ministry))
    client = signed_in(recipient_of(ministry))

    first = client.get(branch_url(top))
    second = client.get(branch_url(top) + "?page=2")
    partial = client.get(branch_url(top), headers={"HX-Request": "true"}).content.decode()

    assert len(first.context["page"].object_list) == 50
    assert len(second.context["page"].object_list) == 1
    assert branch_url(top) + "?page=2" in partial


@pytest.mark.parametrize("role", ["unit", "sender"])
def test_the_branch_asks_as_many_questions_for_20_as_for_2(
    ministry: Agency, top: Delivery, signed_in: SignIn, role: str
) -> None:
    counts = []
    client = signed_in(recipient_of(ministry) if role == "unit" else sender_of(top.circular.issuer))
    for more in (2, 18):
        children = passed(top, *AgencyFactory.create_batch(more, parent=ministry))
        for child in children[:2]:
            passed(child, AgencyFactory(parent=child.agency))
        client.get(branch_url(top))
        counts.append(query_count(client.get, branch_url(top)))
    assert counts[0] == counts[1]


def test_the_list_of_what_was_passed_on_asks_as_many_questions_for_20_as_for_2(
    ministry: Agency, signed_in: SignIn
) -> None:
    counts = []
    person = recipient_of(ministry)
    client = signed_in(person)
    for more in (2, 18):
        for _ in range(more):
            circular: Circular = dispatched_to(ministry)
            passed(circular.deliveries.get(), AgencyFactory(parent=ministry))
        client.get(reverse("passed_on", args=[ministry.pk]))
        counts.append(query_count(client.get, reverse("passed_on", args=[ministry.pk])))
    assert counts[0] == counts[1]


def test_looking_at_a_branch_changes_nothing(ministry: Agency, top: Delivery, signed_in: SignIn) -> None:
    passed(top, AgencyFactory(parent=ministry))
    rows = list(Delivery.objects.order_by("pk").values())

    signed_in(recipient_of(ministry)).get(branch_url(top))

    assert list(Delivery.objects.order_by("pk").values()) == rows


def test_a_person_of_two_units_sees_each_ones_branch(
    ministry: Agency, top: Delivery, signed_in: SignIn
) -> None:
    child, sibling = passed(top, *AgencyFactory.create_batch(2, parent=ministry))
    person = recipient_of(child.agency)
    MembershipFactory(user=person, agency=sibling.agency)
    client = signed_in(person)

    assert client.get(branch_url(child)).status_code == 200
    assert client.get(branch_url(sibling)).status_code == 200
    assert client.get(branch_url(top)).status_code == 404


def test_the_unit_that_passed_it_on_retries_what_failed_below_and_the_sender_its_own(
    ministry: Agency, top: Delivery, signed_in: SignIn
) -> None:
    [child] = passed(top, AgencyFactory(parent=ministry))
    Notice.objects.update(state=NoticeState.FAILED)
    again = reverse("retry_below", args=[top.public_id])

    signed_in(sender_of(top.circular.issuer)).post(reverse("retry_notices", args=[top.circular.public_id]))
    assert list(Notice.objects.filter(state=NoticeState.FAILED).values_list("delivery", flat=True)) == [
        child.pk
    ]
    assert signed_in(recipient_of(child.agency)).post(again).status_code == 404

    client = signed_in(recipient_of(ministry))
    assert again in client.get(branch_url(top)).content.decode()
    client.post(again)

    assert not Notice.objects.filter(state=NoticeState.FAILED).exists()
    assert again not in client.get(branch_url(top)).content.decode()
