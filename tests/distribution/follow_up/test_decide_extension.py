"""The sender's pages: extension requests, returned letters, answers."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Circular
from distribution.models import Delivery, Disposition, ExtensionRequest, ReturnGround
from distribution.services.receiving.answer import complete
from distribution.services.receiving.extension import ask_extension
from distribution.services.receiving.return_letter import return_letter
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


def sent_by(issuer: Agency, *agencies: Agency) -> Circular:
    now = timezone.now()
    return dispatched_to(*agencies, issuer=issuer, at=now, urgency="GÜNLÜDÜR", due_at=now + timedelta(days=4))


def asked(delivery: Delivery, reason: str = "Veri bekleniyor.") -> ExtensionRequest:
    assert delivery.due_at is not None
    return ask_extension(
        delivery=delivery.public_id,
        by=recipient_of(delivery.agency),
        at=timezone.now(),
        wanted=delivery.due_at + timedelta(days=2),
        reason=reason,
    )


def returned(delivery: Delivery, at: datetime, reason: str) -> None:
    return_letter(
        delivery=delivery.public_id,
        by=recipient_of(delivery.agency),
        at=at,
        ground=ReturnGround.NOT_ADDRESSEE,
        reason=reason,
    )


def test_our_letters_name_what_needs_a_decision_and_what_came_back_of_late(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    agencies = AgencyFactory.create_batch(3)
    sent_by(issuer, *agencies)
    first, second, third = Delivery.objects.order_by("pk")
    asked(first, "Süre istiyoruz.")
    returned(second, timezone.now(), "Yeni iade.")
    returned(third, timezone.now() - timedelta(days=30), "Eski iade.")

    page = signed_in(sender_of(issuer)).get(reverse("letters")).content.decode()

    assert "Süre istiyoruz." in page
    assert "(1)" in page
    assert "Yeni iade." in page
    assert "Eski iade." not in page


def test_a_letters_page_shows_all_that_came_back(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    circular = sent_by(issuer, AgencyFactory())
    returned(Delivery.objects.get(), timezone.now() - timedelta(days=30), "Eski iade.")

    response = signed_in(sender_of(issuer)).get(reverse("letter", args=[circular.public_id]))

    assert "Eski iade." in response.content.decode()
    assert response.context["figures"].returned == 1


def test_another_sender_sees_none_of_it(signed_in: SignIn) -> None:
    sent_by(AgencyFactory(), AgencyFactory())
    request = asked(Delivery.objects.get())
    client = signed_in(sender_of(AgencyFactory()))

    assert "Veri bekleniyor." not in client.get(reverse("letters")).content.decode()
    address = reverse("decide_extension", args=[request.public_id])
    assert client.get(address).status_code == 404
    assert client.post(address, {"decision": "refuse", "answer": "Hayır"}).status_code == 404
    request.refresh_from_db()
    assert request.is_open


def test_a_manager_sees_the_requests_and_decides_none(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    circular = sent_by(issuer, AgencyFactory())
    request = asked(Delivery.objects.get())
    client = signed_in(manager_of(issuer))

    page = client.get(reverse("letter", args=[circular.public_id])).content.decode()
    address = reverse("decide_extension", args=[request.public_id])

    assert "Veri bekleniyor." in page
    assert address not in page
    assert client.post(address, {"decision": "refuse", "answer": "Hayır"}).status_code == 404


@pytest.mark.parametrize("next_page", ["/letters/?q=a", "https://kotu.example/", ""])
def test_granting_from_the_panel_leads_back_to_it_and_nowhere_else(signed_in: SignIn, next_page: str) -> None:
    issuer = AgencyFactory()
    sent_by(issuer, AgencyFactory())
    delivery = Delivery.objects.get()
    request = asked(delivery)

    response = signed_in(sender_of(issuer)).post(
        reverse("decide_extension", args=[request.public_id]),
        {
            "decision": "grant",
            "granted_until": timezone.localtime(request.wanted).strftime("%d.%m.%Y %H:%M"),
            "next": next_page,
        },
    )

    own = reverse("recipient", args=[delivery.circular.public_id, delivery.public_id])
    assert response["Location"] == (next_page if next_page.startswith("/") else own)
    delivery.refresh_from_db()
    assert delivery.due_at == request.wanted.replace(second=0, microsecond=0)


def test_refusing_without_words_keeps_the_form_and_says_why(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    sent_by(issuer, AgencyFactory())
    request = asked(Delivery.objects.get())

    response = signed_in(sender_of(issuer)).post(
        reverse("decide_extension", args=[request.public_id]),
        {"decision": "refuse", "granted_until": "01.02.2030 10:00", "answer": ""},
    )

    page = response.content.decode()
    assert f"error_1_id_decision_{request.pk}_answer" in page
    assert 'value="2030-02-01"' in page and 'value="10:00"' in page
    request.refresh_from_db()
    assert request.is_open


def test_granting_without_a_time_says_so(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    sent_by(issuer, AgencyFactory())
    request = asked(Delivery.objects.get())

    response = signed_in(sender_of(issuer)).post(
        reverse("decide_extension", args=[request.public_id]), {"decision": "grant", "granted_until": ""}
    )

    assert f"error_1_id_decision_{request.pk}_granted_until" in response.content.decode()


def test_looking_at_a_request_decides_nothing(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    sent_by(issuer, AgencyFactory())
    request = asked(Delivery.objects.get())

    response = signed_in(sender_of(issuer)).get(reverse("decide_extension", args=[request.public_id]))

    assert "Veri bekleniyor." in response.content.decode()
    request.refresh_from_db()
    assert request.is_open


def test_a_request_of_a_unit_that_has_answered_waits_no_more(signed_in: SignIn) -> None:
    issuer, agency = AgencyFactory(), AgencyFactory()
    sent_by(issuer, agency)
    delivery = Delivery.objects.get()
    request = asked(delivery)
    complete(
        delivery=delivery.public_id,
        by=recipient_of(agency),
        at=timezone.now(),
        disposition=Disposition.DONE,
    )
    client = signed_in(sender_of(issuer))

    assert "Veri bekleniyor." not in client.get(reverse("letters")).content.decode()
    page = client.get(reverse("decide_extension", args=[request.public_id])).content.decode()
    assert 'value="grant"' not in page


def test_the_recipients_page_shows_the_answer_the_documents_and_the_requests(signed_in: SignIn) -> None:
    issuer, agency = AgencyFactory(), AgencyFactory()
    circular = sent_by(issuer, agency)
    delivery = Delivery.objects.get()
    asked(delivery, "Süre istiyoruz.")
    complete(
        delivery=delivery.public_id,
        by=recipient_of(agency),
        at=timezone.now(),
        disposition=Disposition.NOT_APPLICABLE,
        note="İlimizde uygulanmıyor.",
    )

    page = signed_in(sender_of(issuer)).get(
        reverse("recipient", args=[circular.public_id, delivery.public_id])
    )

    for words in ("Süre istiyoruz.", "İlimizde uygulanmıyor."):
        assert words in page.content.decode()


def test_the_figures_count_answers_and_returns(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    circular = sent_by(issuer, *AgencyFactory.create_batch(3))
    first, second, _third = Delivery.objects.order_by("pk")
    complete(
        delivery=first.public_id,
        by=recipient_of(first.agency),
        at=timezone.now(),
        disposition=Disposition.DONE,
    )
    returned(second, timezone.now(), "İade.")

    figures = (
        signed_in(sender_of(issuer)).get(reverse("letter", args=[circular.public_id])).context["figures"]
    )

    assert (figures.acknowledged, figures.completed, figures.returned, figures.outstanding) == (1, 1, 1, 1)


def test_our_letters_ask_as_many_questions_for_20_requests_as_for_2(signed_in: SignIn) -> None:
    issuer = AgencyFactory()
    client = signed_in(sender_of(issuer))
    counts = []
    for more in (2, 18):
        circular = sent_by(issuer, *AgencyFactory.create_batch(2 * more))
        deliveries = list(circular.deliveries.order_by("pk"))
        for delivery in deliveries[:more]:
            asked(delivery)
        for delivery in deliveries[more:]:
            returned(delivery, timezone.now(), "İade.")
        client.get(reverse("letters"))
        counts.append(query_count(client.get, reverse("letters")))
    assert counts[0] == counts[1]
