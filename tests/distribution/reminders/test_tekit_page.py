"""The page that drafts a tekit, and the links between letters and their tekits."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Circular
from distribution.models import CircularChange
from distribution.reminders.tekit import draft_tekit
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, draft_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
Directory = Callable[[str], Agency]


def url_of(circular: Circular) -> str:
    return reverse("tekit", args=[circular.public_id])


def tekit_sent(first: Circular) -> Circular:
    draft = draft_tekit(circular=first, by=first.recorded_by, at=timezone.now())
    draft.number, draft.date = "E-12345678-010.06.02-9", date(2026, 3, 23)
    draft.save()
    return dispatch(circular=draft, by=first.recorded_by, at=timezone.now()).circular


def test_the_page_ticks_whose_time_has_passed_and_says_who_is_skipped(
    signed_in: SignIn, directory: Directory
) -> None:
    issuer = directory("calisma-uluslararasi-isgucu")
    late, in_time = directory("valilik-06"), directory("valilik-34")
    first = dispatched_to(late, in_time, directory("cumhurbaskanligi"), issuer=issuer)
    first.deliveries.filter(agency=in_time).update(due_at=timezone.now() + timedelta(days=2))

    response = signed_in(sender_of(issuer)).get(url_of(first))

    page = response.content.decode()
    ticked = response.context["ticked"]
    assert ticked == {first.deliveries.get(agency=late).public_id}
    assert "Ankara Valiliğine" in page
    assert "İstanbul Valiliğine" in page
    assert [each.unit.name for each in response.context["plan"].skipped] == ["Cumhurbaşkanlığı"]
    assert not Circular.objects.filter(reminds=first).exists()


def test_drafting_opens_the_draft_for_checking(signed_in: SignIn) -> None:
    chosen, other = AgencyFactory(), AgencyFactory()
    first = dispatched_to(chosen, other)
    delivery = first.deliveries.get(agency=chosen)

    response = signed_in(sender_of(first.issuer)).post(
        url_of(first), {"delivery": [str(delivery.public_id)]}, follow=True
    )

    draft = Circular.objects.get(reminds=first)
    assert response.redirect_chain[-1][0] == reverse("review", args=[draft.public_id])
    assert [line.agency for line in draft.lines.all()] == [chosen]
    assert url_of(first) not in response.content.decode()
    assert reverse("letter", args=[first.public_id]) in response.content.decode()


def test_a_draft_saved_on_the_review_page_keeps_its_lines_settled(signed_in: SignIn) -> None:
    first = dispatched_to(AgencyFactory(), AgencyFactory())
    draft = draft_tekit(circular=first, by=first.recorded_by, at=timezone.now())
    client = signed_in(sender_of(first.issuer))
    url = reverse("review", args=[draft.public_id])
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}

    response = client.post(url, {**values, "number": "E-12345678-010.06.02-99", "date": "23.03.2026"})

    assert response.status_code == 302
    assert draft.lines.filter(agency=None).count() == 0
    assert draft.references.get().target == first


def test_pressing_twice_opens_the_same_draft(signed_in: SignIn) -> None:
    first = dispatched_to(AgencyFactory())
    sent = {"delivery": [str(first.deliveries.get().public_id)]}
    client = signed_in(sender_of(first.issuer))

    answers = [client.post(url_of(first), sent), client.post(url_of(first), sent)]

    draft = Circular.objects.get(reminds=first)
    assert [answer["Location"] for answer in answers] == [reverse("review", args=[draft.public_id])] * 2
    assert CircularChange.objects.count() == 1


def test_nothing_ticked_drafts_nothing_and_says_so(signed_in: SignIn) -> None:
    first = dispatched_to(AgencyFactory())

    response = signed_in(sender_of(first.issuer)).post(url_of(first), {})

    assert response.status_code == 200
    assert "alert" in response.content.decode()
    assert not Circular.objects.filter(reminds=first).exists()


def test_strangers_recipients_and_managers_do_not_find_the_page(signed_in: SignIn) -> None:
    unit = AgencyFactory()
    first = dispatched_to(unit)

    for person in (recipient_of(unit), sender_of(AgencyFactory()), manager_of(first.issuer)):
        client = signed_in(person)
        assert client.get(url_of(first)).status_code == 404
        assert client.post(url_of(first), {"delivery": [str(uuid4())]}).status_code == 404
    assert not Circular.objects.filter(reminds=first).exists()


def test_a_withdrawn_letter_gets_none_and_the_page_says_why(signed_in: SignIn) -> None:
    first = dispatched_to(AgencyFactory())
    Circular.objects.filter(pk=first.pk).update(
        withdrawn_at=timezone.now(), withdrawn_by=first.recorded_by, withdrawal_reason="Yanlış dosya"
    )
    client = signed_in(sender_of(first.issuer))

    page = client.get(url_of(first)).content.decode()
    client.post(url_of(first), {"delivery": [str(first.deliveries.get().public_id)]})

    assert '<form method="post" class="card"' not in page
    assert not Circular.objects.filter(reminds=first).exists()
    assert url_of(first) not in client.get(reverse("letter", args=[first.public_id])).content.decode()


def test_a_draft_has_no_tekit_page_and_a_tekit_leads_to_its_first_letter(signed_in: SignIn) -> None:
    first = dispatched_to(AgencyFactory())
    draft = draft_to(AgencyFactory(), issuer=first.issuer)
    tekit = tekit_sent(first)
    client = signed_in(sender_of(first.issuer))

    assert client.get(url_of(draft))["Location"] == reverse("review", args=[draft.public_id])
    assert client.get(url_of(tekit))["Location"] == url_of(first)


def test_the_letter_lists_its_tekits_and_each_points_back(signed_in: SignIn) -> None:
    first = dispatched_to(AgencyFactory())
    tekit = tekit_sent(first)
    client = signed_in(sender_of(first.issuer))

    assert (
        reverse("letter", args=[tekit.public_id])
        in client.get(reverse("letter", args=[first.public_id])).content.decode()
    )
    assert (
        reverse("letter", args=[first.public_id])
        in client.get(reverse("letter", args=[tekit.public_id])).content.decode()
    )


def test_a_manager_sees_the_sent_tekits_and_no_draft(signed_in: SignIn) -> None:
    first = dispatched_to(AgencyFactory())
    tekit = tekit_sent(first)
    draft = draft_tekit(circular=first, by=first.recorded_by, at=timezone.now())

    page = signed_in(manager_of(first.issuer)).get(reverse("letter", args=[first.public_id])).content.decode()

    assert reverse("letter", args=[tekit.public_id]) in page
    assert reverse("review", args=[draft.public_id]) not in page


def test_a_recipient_is_led_by_the_reference_to_its_own_copy_of_the_first_letter(signed_in: SignIn) -> None:
    unit, other = AgencyFactory(), AgencyFactory()
    first = dispatched_to(unit, other)
    tekit = tekit_sent(first)
    own, foreign = first.deliveries.get(agency=unit), first.deliveries.get(agency=other)

    page = (
        signed_in(recipient_of(unit))
        .get(reverse("delivery", args=[tekit.deliveries.get(agency=unit).public_id]))
        .content.decode()
    )

    assert reverse("delivery", args=[own.public_id]) in page
    assert reverse("delivery", args=[foreign.public_id]) not in page
    assert reverse("letter", args=[first.public_id]) not in page


def test_the_page_asks_the_database_as_often_for_many_units_as_for_two(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    client = signed_in(sender_of(issuer))
    counts = []
    for size in (2, 20):
        first = dispatched_to(*AgencyFactory.create_batch(size), issuer=issuer)
        client.get(url_of(first))
        counts.append(query_count(client.get, url_of(first)))
    assert counts[0] == counts[1]
