"""The preflight page and the dispatch."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency, AgencyKind
from circulars.models import Attachment, Circular, Purpose, Status
from distribution.models import Delivery, EventKind
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    AgencyGroupFactory,
    LineFactory,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count


@pytest.fixture
def unit(db: None) -> Agency:
    return AgencyFactory(name="Sınama Genel Müdürlüğü")


@pytest.fixture
def draft(unit: Agency) -> Circular:
    """A complete draft to two units with recipients."""
    units = [AgencyFactory(name="Şeker Bakanlığı"), AgencyFactory(name="İplik Bakanlığı")]
    for each in units:
        recipient_of(each)
    return draft_to(*units, issuer=unit)


@pytest.fixture
def writer(unit: Agency, english: Client, signed_in: SignIn) -> Client:
    return signed_in(sender_of(unit))


def page(circular: Circular) -> str:
    return reverse("dispatch", args=[circular.public_id])


def digest_shown(writer: Client, circular: Circular) -> str:
    return str(writer.get(page(circular)).context["content_digest"])


def texts(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_the_page_says_how_many_will_receive_it_and_sends_nothing(writer: Client, draft: Circular) -> None:
    LineFactory(circular=draft, position=2, purpose=Purpose.INFORMATION)
    response = writer.get(page(draft))
    text = response.content.decode()
    assert "Send to 3 recipients" in text
    expansion = response.context["expansion"]
    assert (expansion.action_count, expansion.information_count) == (2, 1)
    assert Circular.objects.get().is_draft
    assert not Delivery.objects.exists()


def test_a_stranger_gets_404(draft: Circular, signed_in: SignIn) -> None:
    for stranger in (sender_of(AgencyFactory()), manager_of(draft.issuer), recipient_of(draft.issuer)):
        client = signed_in(stranger)
        assert client.get(page(draft)).status_code == 404
        assert client.post(page(draft)).status_code == 404
    assert not Delivery.objects.exists()


def test_the_button_sends_to_everyone_on_the_list(writer: Client, draft: Circular) -> None:
    response = writer.post(page(draft), {"content_digest": digest_shown(writer, draft)})
    assert response["Location"] == reverse("letter", args=[draft.public_id])
    draft.refresh_from_db()
    assert draft.status == Status.DISPATCHED
    assert draft.dispatched_by == writer.get(page(draft)).wsgi_request.user  # type: ignore[attr-defined]
    assert draft.deliveries.count() == 2
    assert all(delivery.events.get().kind == EventKind.DISPATCHED for delivery in draft.deliveries.all())


def test_sending_twice_changes_nothing_and_says_when_it_was_sent(writer: Client, unit: Agency) -> None:
    circular = dispatched_to(AgencyFactory(), issuer=unit)
    for response in (writer.get(page(circular), follow=True), writer.post(page(circular), follow=True)):
        assert response.redirect_chain[0][0] == reverse("letter", args=[circular.public_id])
        assert "dispatched on 02.03.2026 12:30 already" in texts(response)
    assert Delivery.objects.count() == 1


def test_missing_fields_block_with_a_link_to_fill_them_in(writer: Client, draft: Circular) -> None:
    Circular.objects.update(date=None, number="", urgency="GÜNLÜDÜR")
    response = writer.get(page(draft))
    text = response.content.decode()
    for name in ("id_date", "id_number", "id_due_at"):
        assert f"{reverse('review', args=[draft.public_id])}#{name}" in text
    assert "The letter has no date." in text
    assert "Send to" not in text


def refused(client: Client, circular: Circular) -> str:
    """Submit the form, check that nothing was sent, and return the page."""
    response = client.post(page(circular))
    assert response.status_code == 200
    assert "Nothing is sent" in texts(response)
    assert not Delivery.objects.exists()
    assert Circular.objects.get(pk=circular.pk).is_draft
    return response.content.decode()


def test_an_unknown_line_blocks_with_a_link_to_settle_it(writer: Client, draft: Circular) -> None:
    line = LineFactory(circular=draft, position=2, agency=None, text="Bilinmeyen Kuruluna")
    text = refused(writer, draft)
    assert "Nobody knows what “Bilinmeyen Kuruluna”" in text
    assert reverse("settle_line", args=[draft.public_id, line.pk]) in text


def test_a_group_without_members_blocks(writer: Client, draft: Circular) -> None:
    LineFactory(
        circular=draft, position=2, agency=None, group=AgencyGroupFactory(name="Boş Grup"), text="Gruba"
    )
    assert "The group “Boş Grup” (“Gruba”) has no members." in refused(writer, draft)


def test_a_closed_unit_blocks_and_names_its_successor(writer: Client, draft: Circular) -> None:
    successor = AgencyFactory(name="Yeni Kurum")
    closed = AgencyFactory(name="Kapanan Kurum", active_to=date(2024, 5, 1), successor=successor)
    line = LineFactory(circular=draft, position=2, agency=closed, text="Kapanan Kuruma")
    text = refused(writer, draft)
    assert "Kapanan Kurum (“Kapanan Kuruma”) is closed since 01.05.2024." in text
    assert "Its successor is Yeni Kurum." in text
    assert reverse("settle_line", args=[draft.public_id, line.pk]) in text


def test_a_letter_without_recipients_is_not_sent(writer: Client, draft: Circular) -> None:
    draft.lines.all().delete()
    assert "Nobody would receive the letter" in refused(writer, draft)


def test_what_does_not_block_is_named(writer: Client, draft: Circular) -> None:
    silent = AgencyFactory(name="Postasız Kurum", email="")
    LineFactory(circular=draft, position=2, agency=silent)
    LineFactory(circular=draft, position=3, agency=silent, purpose=Purpose.INFORMATION)
    group = AgencyGroupFactory(rule_kind=AgencyKind.HIGH_COURT)
    AgencyFactory(kind=AgencyKind.HIGH_COURT)
    LineFactory(circular=draft, position=4, agency=None, group=group, text="7 Yüksek Mahkemeye")
    Attachment.objects.create(circular=draft, title="Kılavuz", printed=True)
    text = writer.get(page(draft)).content.decode()
    assert "1 recipient has neither an e-mail nor a KEP address" in text
    assert "2 recipients have nobody who could confirm for them yet" in text
    assert "1 unit is named by each of these lines. It receives the letter once, for “Postasız Kurum”" in text
    assert "“7 Yüksek Mahkemeye” says 7, the directory has 1." in text
    assert "names the attachment “Kılavuz”" in text
    assert text.count("Postasız Kurum") >= 3
    assert "Send to 4 recipients" in text


def test_a_list_that_changed_since_it_was_seen_is_not_sent(writer: Client, draft: Circular) -> None:
    shown = digest_shown(writer, draft)
    LineFactory(circular=draft, position=2)
    response = writer.post(page(draft), {"content_digest": shown})
    assert "changed since you saw it" in texts(response)
    assert "Send to 3 recipients" in response.content.decode()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("change", ["unit", "letter", "unsaid"])
def test_what_was_not_seen_is_not_sent_even_to_as_many(writer: Client, draft: Circular, change: str) -> None:
    shown = digest_shown(writer, draft)
    if change == "unit":
        draft.lines.filter(position=0).update(agency=AgencyFactory())
    elif change == "letter":
        Circular.objects.update(subject="Başka Konu")
    else:
        shown = ""
    assert "changed since you saw it" in texts(writer.post(page(draft), {"content_digest": shown}))
    assert not Delivery.objects.exists()


def test_more_recipients_ask_no_more_queries(
    writer: Client, draft: Circular, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few = query_count(writer.get, page(draft))
    for position in range(2, 22):
        LineFactory(circular=draft, position=position)
    with django_assert_num_queries(few):
        writer.get(page(draft))
