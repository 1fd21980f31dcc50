"""The filter of the list of sent letters."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from circulars.models import Circular, Purpose
from distribution.models import Delivery
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.tables.filters import SENT_STATES
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import begin, send
from tests.factories import AgencyFactory, dispatched_to, draft_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db


def test_the_list_is_narrowed_to_where_letters_stand_and_to_own_ones(signed_in: SignIn) -> None:
    issuer, agency = AgencyFactory(), AgencyFactory()
    sender, colleague = sender_of(issuer), sender_of(issuer)
    past = timezone.now() - timedelta(days=1)

    def letter(subject: str, **fields: object) -> Circular:
        return dispatched_to(agency, issuer=issuer, subject=subject, **fields)

    def narrowed(**query: str) -> set[str]:
        page = signed_in(sender).get(reverse("letters"), query)
        assert page.status_code == 200
        drafts = {draft.subject for draft in page.context["drafts"]}
        return {row.record.subject for row in page.context["table"].rows} | drafts

    letter("Bekleyen", recorded_by=sender)
    overdue = letter("Geciken", recorded_by=colleague)
    Delivery.objects.filter(circular=overdue).update(due_at=past)
    finished = letter("Biten", recorded_by=colleague, purpose=Purpose.INFORMATION)
    acknowledge(delivery=finished.deliveries.get().public_id, by=recipient_of(agency), at=timezone.now())
    withdraw(circular=letter("Çekilen", recorded_by=colleague), by=sender, at=timezone.now(), reason="Yanlış")
    correction = begin(letter("Düzelen", recorded_by=colleague))
    send(correction, agency)
    draft_to(agency, issuer=issuer, subject="Taslak", recorded_by=sender)

    assert narrowed(state="open") == {"Bekleyen", "Geciken", "Düzelen"}
    assert narrowed(state="overdue") == {"Geciken"}
    assert narrowed(state="finished") == {"Biten"}
    assert narrowed(state="withdrawn") == {"Çekilen"}
    assert narrowed(state="corrected") == {"Düzelen"}
    assert narrowed(mine="on") == {"Bekleyen", "Taslak"}
    assert narrowed(mine="on", q="bekleyen") == {"Bekleyen"}
    assert len(narrowed()) == 6
    empty = signed_in(sender).get(reverse("letters"), {"q": "yoktur", "state": "open"}).content.decode()
    assert "Aramaya veya filtreye uyan kayıt yok" in empty
    assert f'href="{reverse("letters")}"' in empty


def test_a_letter_of_which_an_answer_is_owed_is_not_finished(signed_in: SignIn) -> None:
    issuer, agency = AgencyFactory(), AgencyFactory()
    letter = dispatched_to(agency, issuer=issuer)
    acknowledge(delivery=letter.deliveries.get().public_id, by=recipient_of(agency), at=timezone.now())
    client = signed_in(sender_of(issuer))

    def states() -> list[str]:
        found = {name: client.get(reverse("letters"), {"state": name}) for name, _label in SENT_STATES}
        return [name for name, page in found.items() if page.context["table"].rows]

    assert states() == ["open"]
    Delivery.objects.update(due_at=timezone.now() - timedelta(days=1))
    assert states() == ["open", "overdue"]


@pytest.mark.parametrize(
    ("query", "says_so"), [({}, False), ({"page": "1"}, False), ({"mine": "on"}, True), ({"q": "Kar"}, True)]
)
def test_the_closed_filter_says_whether_it_narrows_the_list(
    signed_in: SignIn, query: dict[str, str], says_so: bool
) -> None:
    page = signed_in(sender_of(AgencyFactory())).get(reverse("letters"), query).content.decode()

    assert ("filtre etkin" in page) == says_so
