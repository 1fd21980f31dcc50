"""The recipients of one letter: who sees them, how they are narrowed, ticked and exported."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Circular, Purpose
from distribution.models import Delivery, DeliveryEvent
from distribution.services.follow_up.recipients import remove_recipient
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import confirm
from tests.distribution.follow_up.on_behalf import recorded_now
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory()


@pytest.fixture
def letter(issuer: Agency) -> Circular:
    """To four units: one is silent, one confirmed, one is recorded on behalf with its answer, one was removed."""
    names = ("Sessiz Başkanlığı", "Teyitli Başkanlığı", "Telefonlu Başkanlığı", "Çıkarılan Başkanlığı")
    _silent, confirmed, by_phone, removed = units = [AgencyFactory(name=name) for name in names]
    circular = dispatched_to(*units, issuer=issuer, at=timezone.now() - timedelta(days=1))
    confirm(circular, confirmed)
    recorded_now(circular.deliveries.get(agency=by_phone))
    remove_recipient(
        delivery=circular.deliveries.get(agency=removed),
        reason="Yanlış",
        by=sender_of(issuer),
        at=timezone.now(),
    )
    return circular


def names(response: object) -> list[str]:
    return [row.record.agency.name.split()[0] for row in response.context["table"].page.object_list]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["Sessiz", "Teyitli", "Telefonlu", "Çıkarılan"]),
        ("step=sent", ["Sessiz", "Teyitli", "Telefonlu"]),
        ("step=confirmed", ["Teyitli", "Telefonlu"]),
        ("step=opened&proof=own", ["Teyitli"]),
        ("step=confirmed&proof=recorded", ["Telefonlu"]),
        ("proof=recorded", ["Telefonlu"]),
        ("step=answered", ["Telefonlu"]),
        ("owes=confirm", ["Sessiz"]),
        ("owes=answer", ["Teyitli"]),
        ("owes=either", ["Sessiz", "Teyitli"]),
        ("owes=decision", []),
        ("waits=more_time", []),
        ("due=none&q=TELEFON", ["Telefonlu"]),
        ("province=null&purpose=information", []),
    ],
)
def test_the_list_is_narrowed(
    query: str, shown: list[str], letter: Circular, issuer: Agency, signed_in: SignIn
) -> None:
    page = signed_in(sender_of(issuer)).get(
        f"{reverse('letter_recipients', args=[letter.public_id])}?{query}"
    )

    assert page.status_code == 200
    assert names(page) == shown


@pytest.mark.parametrize(
    "query",
    [
        "owes=x", "due=x", "step=x", "proof=x", "waits=x", "province=99", "purpose=x", "confirmed_on=x",
        "confirmed_on=9999-12-31", "confirmed_on=0001-01-01", "due_at=x", "due_at=9999-12-31T23:59:59-12:00",
        "due_at=0001-01-01T00:00:00%2B14:00", "page=1000000000", "sort=x", "step=x&proof=own", "q=%00",
    ],
)  # fmt: skip
def test_an_impossible_filter_is_a_page_all_the_same(
    query: str, letter: Circular, issuer: Agency, signed_in: SignIn
) -> None:
    address = reverse("letter_recipients", args=[letter.public_id])

    assert signed_in(sender_of(issuer)).get(f"{address}?{query}").status_code == 200


@pytest.mark.parametrize("name", ["letter_recipients", "letter_confirmations", "letter_due_reckoning"])
@pytest.mark.parametrize("role_of", [sender_of, recipient_of, manager_of])
def test_a_stranger_finds_nothing(
    signed_in: SignIn, role_of: Callable[..., User], name: str, letter: Circular
) -> None:
    assert signed_in(role_of(AgencyFactory())).get(reverse(name, args=[letter.public_id])).status_code == 404


@pytest.mark.parametrize("name", ["letter_recipients", "letter_confirmations", "letter_due_reckoning"])
def test_a_recipient_of_the_letter_finds_nothing(signed_in: SignIn, name: str, letter: Circular) -> None:
    unit = letter.deliveries.all()[0].agency

    assert signed_in(recipient_of(unit)).get(reverse(name, args=[letter.public_id])).status_code == 404


@pytest.mark.parametrize("name", ["letter_recipients", "letter_confirmations", "letter_due_reckoning"])
def test_looking_changes_nothing(signed_in: SignIn, name: str, letter: Circular, issuer: Agency) -> None:
    before = list(Delivery.objects.values()), DeliveryEvent.objects.count()

    for person in (sender_of(issuer), manager_of(issuer)):
        assert signed_in(person).get(reverse(name, args=[letter.public_id])).status_code == 200

    assert (list(Delivery.objects.values()), DeliveryEvent.objects.count()) == before


@pytest.mark.parametrize("name", ["letter_recipients", "letter_confirmations", "letter_due_reckoning"])
def test_the_number_of_queries_does_not_grow(signed_in: SignIn, name: str, issuer: Agency) -> None:
    client, counts = signed_in(sender_of(issuer)), []
    for number in (2, 20):
        circular = dispatched_to(*AgencyFactory.create_batch(number), issuer=issuer)
        for copy in circular.deliveries.all()[: number // 2]:
            confirm(circular, copy.agency)
        address = reverse(name, args=[circular.public_id])
        client.get(address)
        counts.append(query_count(client.get, address))

    assert counts[0] == counts[1] <= 15


def test_only_rows_that_owe_something_can_be_ticked(
    letter: Circular, issuer: Agency, signed_in: SignIn
) -> None:
    client, address = signed_in(sender_of(issuer)), reverse("letter_recipients", args=[letter.public_id])

    assert 'name="delivery"' in client.get(address, {"owes": "answer"}).content.decode()
    assert 'name="delivery"' not in client.get(address, {"step": "confirmed"}).content.decode()


def test_the_file_has_the_rows_of_the_page(letter: Circular, issuer: Agency, signed_in: SignIn) -> None:
    client, address = signed_in(sender_of(issuer)), reverse("letter_recipients", args=[letter.public_id])

    narrowed = client.get(address, {"step": "confirmed", "_export": "csv"}).getvalue().decode("utf-8-sig")
    whole = client.get(reverse("letter", args=[letter.public_id]), {"_export": "csv"}).getvalue()

    assert [name in narrowed for name in ("Sessiz", "Teyitli", "Telefonlu")] == [False, True, True]
    assert len(narrowed.strip().splitlines()) == 3
    assert len(whole.decode("utf-8-sig").strip().splitlines()) == 5


def test_the_sentence_names_what_is_left_with_links_and_says_when_nothing_is(
    issuer: Agency, signed_in: SignIn
) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    circular = dispatched_to(
        first, second, issuer=issuer, purpose=Purpose.INFORMATION, at=timezone.now() - timedelta(hours=3),
        due_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    confirm(circular, first)

    def sentence(person: User) -> str:
        page = signed_in(person).get(reverse("letter", args=[circular.public_id])).content.decode()
        return " ".join(page[page.index('id="left-to-do"') :].split("</p>")[0].split())

    for_sender, for_manager = sentence(sender_of(issuer)), sentence(manager_of(issuer))
    assert "2 muhatap içinden 1 muhatap henüz teyit etmedi</a>" in for_sender
    assert f"{reverse('letter', args=[circular.public_id])}?show=outstanding" in for_sender
    assert "1 teyidin süresi geçti</a>." in for_sender
    assert f"{reverse('outstanding')}?due=overdue&amp;letter={circular.public_id}" in for_manager
    confirm(circular, second)
    assert "Yapılacak bir şey kalmadı." in sentence(sender_of(issuer))
