"""The pages of the decisions on a return, and where the return is shown before and after."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agencies.models import Agency
from circulars.models import Circular, Urgency
from distribution.links import link_url
from distribution.models import Delivery, ReturnDecision, Stage
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.returning import give_back, returned_below, returned_by
from tests.distribution.status_reports import report_of
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
PAGES = ["send_again", "send_instead", "accept_return"]
WORD = "Konu görev alanınızdadır."


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği")


@pytest.fixture
def circular(unit: Agency) -> Circular:
    return dispatched_to(unit, AgencyFactory(), at=timezone.now())


@pytest.fixture
def copy(unit: Agency, circular: Circular) -> Delivery:
    return returned_by(unit, circular, timezone.now())


def url(name: str, *parts: object) -> str:
    return reverse(name, args=[getattr(part, "public_id", part) for part in parts])


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def seen(copy: Delivery) -> str:
    assert copy.returned_at is not None
    return copy.returned_at.isoformat()


def steps(content: str, copy: Delivery) -> list[str]:
    return [name for name in PAGES if f'href="{url(name, copy)}"' in content]


def test_the_pages_of_the_recipient_and_of_the_letter_offer_the_three_steps(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    client = signed_in(sender_of(circular.issuer))

    for address in (url("recipient", circular, copy), url("letter", circular), reverse("letters")):
        assert steps(page(client, address), copy) == PAGES
    for name in PAGES:
        assert "Görev alanımız dışındadır." in page(client, url(name, copy))
    assert not ReturnDecision.objects.exists()
    manager = page(signed_in(manager_of(circular.issuer)), url("recipient", circular, copy))
    assert steps(manager, copy) == []


def test_it_is_sent_again_and_the_unit_reads_the_word(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    client = signed_in(sender_of(circular.issuer))

    response = client.post(url("send_again", copy), {"seen": seen(copy), "reason": WORD})

    assert response.headers["Location"] == url("recipient", circular, copy)
    copy.refresh_from_db()
    assert copy.is_outstanding
    assert steps(page(client, url("recipient", circular, copy)), copy) == []
    own = page(signed_in(recipient_of(copy.agency)), url("delivery", copy))
    assert own.count(WORD) == 2  # above the letter, and in the history
    assert url("acknowledge", copy) in own
    client.logout()
    assert WORD in page(client, link_url(copy, at=timezone.now()).removeprefix(settings.SITE_URL))


def test_another_unit_is_searched_for_and_gets_the_letter(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    other = AgencyFactory(name="Iğdır Valiliği")
    has_it = circular.deliveries.exclude(pk=copy.pk).get().agency
    client = signed_in(sender_of(circular.issuer))
    address = url("send_instead", copy)

    found = page(client, f"{address}?q=Iğdır")
    assert f"?unit={other.pk}" in found
    assert f"?unit={has_it.pk}" not in found
    assert "Iğdır Valiliği" in page(client, f"{address}?unit={other.pk}")
    response = client.post(address, {"seen": seen(copy), "unit": other.pk, "due_at": ""})

    assert response.headers["Location"] == url("recipient", circular, copy)
    new = circular.deliveries.get(agency=other)
    old = page(client, url("recipient", circular, copy))
    assert url("recipient", circular, new) in old
    assert steps(old, copy) == []
    assert url("recipient", circular, copy) in page(client, url("recipient", circular, new))
    assert page(client, url("letter", circular)).count("Ardahan Valiliği") >= 2
    assert findings() == []


def test_a_timed_letter_needs_a_due_time_for_the_other_unit(signed_in: SignIn, unit: Agency) -> None:
    due = timezone.now() + timedelta(days=2)
    circular = dispatched_to(unit, at=timezone.now(), urgency=Urgency.TIMED, due_at=due)
    copy, other = returned_by(unit, circular, timezone.now()), AgencyFactory()
    client = signed_in(sender_of(circular.issuer))

    response = client.post(url("send_instead", copy), {"seen": seen(copy), "unit": other.pk, "due_at": ""})

    assert response.context["form"].errors["due_at"]
    assert Delivery.objects.count() == 1
    assert client.get(f"{url('send_instead', copy)}?unit={other.pk}").context["form"].initial["due_at"] == due


def test_an_accepted_return_leaves_the_lists_and_can_still_be_sent_on(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    client = signed_in(sender_of(circular.issuer))
    waiting = reverse("letters") + "?state=returned"
    assert url("letter", circular) in page(client, waiting)

    client.post(url("accept_return", copy), {"seen": seen(copy)})

    assert url("letter", circular) not in page(client, waiting)
    for address in (url("letter", circular), reverse("letters")):
        assert steps(page(client, address), copy) == []
    assert steps(page(client, url("recipient", circular, copy)), copy) == PAGES[:2]
    copy.refresh_from_db()
    assert copy.stage == Stage.RETURNED


@pytest.mark.parametrize("name", PAGES)
def test_a_stale_page_changes_nothing_says_so_and_keeps_the_word(
    signed_in: SignIn, circular: Circular, copy: Delivery, name: str
) -> None:
    client = signed_in(sender_of(circular.issuer))
    data = {"seen": seen(copy), "unit": AgencyFactory().pk}
    data |= {"reason": WORD} if name == "send_again" else {}
    Delivery.objects.filter(pk=copy.pk).update(returned_at=None, return_ground="", return_reason="")

    response = client.post(url(name, copy), data, follow=True)

    (said,) = response.context["messages"]
    assert said.level_tag in ("error", "danger")
    assert (WORD in str(said)) == (name == "send_again")
    assert client.get(url(name, copy)).status_code == 302
    assert not ReturnDecision.objects.exists()


@pytest.mark.parametrize("name", PAGES)
def test_a_second_tab_does_nothing_more(
    signed_in: SignIn, circular: Circular, copy: Delivery, name: str
) -> None:
    client = signed_in(sender_of(circular.issuer))
    data = {"seen": seen(copy), "reason": WORD, "unit": AgencyFactory().pk}

    for _ in range(2):
        assert client.post(url(name, copy), data).status_code == 302

    assert ReturnDecision.objects.count() == 1
    assert findings() == []


@pytest.mark.parametrize("name", PAGES)
def test_strangers_get_404(signed_in: SignIn, circular: Circular, copy: Delivery, name: str) -> None:
    people = [recipient_of(copy.agency), manager_of(circular.issuer), sender_of(AgencyFactory())]
    for person in people:
        client = signed_in(person)
        assert client.get(url(name, copy)).status_code == 404
        assert client.post(url(name, copy), {"seen": seen(copy), "reason": WORD}).status_code == 404
    assert not ReturnDecision.objects.exists()


def test_the_unit_that_passed_it_on_decides_on_its_own_page(
    signed_in: SignIn, circular: Circular, unit: Agency
) -> None:
    above = circular.deliveries.get(agency=unit)
    copy, person = returned_below(above, AgencyFactory(parent=unit), timezone.now())
    client = signed_in(person)
    sibling, elsewhere = AgencyFactory(parent=unit, name="Iğdır Şubesi"), AgencyFactory(name="Iğdır Barosu")

    assert steps(page(client, url("delivery", above)), copy) == PAGES
    sender = signed_in(sender_of(circular.issuer))
    assert steps(page(sender, url("recipient", circular, copy)), copy) == []
    client = signed_in(person)
    found = page(client, f"{url('send_instead', copy)}?q=Iğdır")
    assert f"?unit={sibling.pk}" in found
    assert f"?unit={elsewhere.pk}" not in found
    response = client.post(url("send_instead", copy), {"seen": seen(copy), "unit": sibling.pk})

    assert response.headers["Location"] == url("delivery", above)
    assert above.children.filter(agency=sibling).exists()
    assert steps(page(client, url("delivery", above)), copy) == []


def test_it_is_not_told_which_related_unit_has_the_letter_from_elsewhere(signed_in: SignIn) -> None:
    ministry = AgencyFactory()
    unit, sibling = AgencyFactory(parent=ministry), AgencyFactory(parent=ministry, name="Iğdır Şubesi")
    circular = dispatched_to(unit, sibling, at=timezone.now())
    above = circular.deliveries.get(agency=unit)
    copy, person = returned_below(above, AgencyFactory(parent=unit), timezone.now())
    client = signed_in(person)

    assert f"?unit={sibling.pk}" in page(client, f"{url('send_instead', copy)}?q=Iğdır")
    refused = client.post(url("send_instead", copy), {"seen": seen(copy), "unit": sibling.pk})

    said = refused.content.decode()
    assert "Biriminizden Iğdır Şubesi için ayrı nüsha gönderilmez." in said
    assert "zaten aldı" not in said
    assert not above.children.filter(agency=sibling).exists()


def test_when_the_copy_above_was_returned_only_accepting_is_offered(
    signed_in: SignIn, circular: Circular, unit: Agency
) -> None:
    above = circular.deliveries.get(agency=unit)
    copy, person = returned_below(above, AgencyFactory(parent=unit), timezone.now())
    give_back(above, timezone.now())
    client = signed_in(person)

    assert steps(page(client, url("delivery", above)), copy) == ["accept_return"]
    assert client.get(url("send_again", copy)).status_code == 302


def test_the_status_report_says_what_was_decided(
    circular: Circular, copy: Delivery, signed_in: SignIn
) -> None:
    client = signed_in(sender_of(circular.issuer))
    other = AgencyFactory(name="Iğdır Valiliği")
    client.post(url("send_instead", copy), {"seen": seen(copy), "unit": other.pk})

    pages = PdfReader(BytesIO(report_of(circular))).pages
    text = " ".join("".join(each.extract_text() for each in pages).split())
    assert text.count("Iğdır Valiliği") == 2
    assert text.count("Ardahan Valiliği") == 2


def test_the_panel_asks_the_same_questions_for_2_and_20_returns(signed_in: SignIn) -> None:
    counts = []
    for number in (2, 20):
        circular = dispatched_to(*AgencyFactory.create_batch(number), at=timezone.now())
        for copy in circular.deliveries.all():
            give_back(copy, timezone.now())
        client = signed_in(sender_of(circular.issuer))
        counts.append([query_count(page, client, at) for at in (url("letter", circular), reverse("letters"))])

    assert counts[0] == counts[1]
