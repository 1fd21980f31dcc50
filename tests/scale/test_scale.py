"""With 200,000 deliveries no page reads many more than it shows: the plans of its real queries say so, not a clock."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from agencies.models import User
from circulars.models import Circular, LetterText
from circulars.models.letter_text import having_word, vector_of
from distribution.models import Delivery
from tests.conftest import AUTHENTICATION
from tests.scale.history import History, write_history
from tests.scale.plans import caught, explain

LETTERS, RECIPIENTS, UNITS = 1000, 170, 1200
MOST_REMOVED = 5_000
"""Rows that one query may read and throw away: a scan of the table throws away forty times as many."""


@pytest.fixture
def history(db: None) -> History:
    return write_history(letters=LETTERS, recipients=RECIPIENTS, units=UNITS)


def test_no_page_reads_deliveries_that_it_does_not_show(history: History) -> None:
    assert Delivery.objects.count() > 190_000
    own = Delivery.objects.filter(agency=history.unit)
    letter = Circular.objects.filter(issuer=history.issuer).order_by("-dispatched_at")[2]
    copy = own.filter(acknowledged_at__isnull=False).order_by("-pk")[0]
    inbox = reverse("unit_inbox", args=[history.unit.pk])
    board = reverse("outstanding")
    pages: list[tuple[User, str]] = [
        (history.recipient, reverse("home")),
        (history.recipient, inbox),
        (history.recipient, f"{inbox}?show=answer"),
        (history.recipient, f"{inbox}?show=confirmed"),
        (history.recipient, f"{inbox}?q=yangın"),
        (history.recipient, reverse("passed_on", args=[history.unit.pk])),
        (history.recipient, reverse("delivery", args=[copy.public_id])),
        (history.recipient, reverse("agency", args=[history.unit.pk])),
        (history.recipient, f"{inbox}?show=confirmed&q=yürürlüğe 7"),
        (history.sender, reverse("letters")),
        (history.sender, f"{reverse('letters')}?q=yürürlüğe düzenleme"),
        (history.sender, reverse("letter", args=[letter.public_id])),
        (history.manager, board),
        (history.manager, f"{board}?owes=answer"),
        (history.manager, f"{board}?owes=decision"),
        (history.manager, reverse("outstanding_letters")),
        (history.manager, f"{board}?q=yangın düzenlemesi müdürlüğü"),
        (history.manager, f"{reverse('outstanding_letters')}?q=yürürlüğe"),
        (history.manager, reverse("remind_by_hand_outstanding")),
        (history.recipient, f"{reverse('search')}?q=yürürlüğe"),
        (history.recipient, f"{reverse('search')}?q=yangın 7"),
        (history.recipient, f"{reverse('search')}?q=2026/4711"),
        (history.sender, f"{reverse('search')}?q=yürürlüğe düzenleme"),
        (history.sender, f"{reverse('search')}?q=600 yangın müdürlüğü"),
        (history.manager, f"{reverse('search')}?q=yürürlüğe"),
        (history.manager, f"{reverse('search')}?q=müdürlüğü"),
        (history.manager, f"{reverse('search')}?q=600 numaralı"),
        (history.manager, f"{reverse('search')}?q=yangın E-12345678-010.06.02-410"),
        (history.manager, f"{reverse('search')}?q=müdürlüğü&in=recipients&page=30"),
    ]
    too_much = []
    for person, address in pages:
        client = Client()
        client.force_login(person, backend=AUTHENTICATION)
        with caught() as queries:
            assert client.get(address).status_code in (200, 302)
        too_much += [
            (address, each.removed, each.sql) for each in queries.statements() if each.removed > MOST_REMOVED
        ]

    assert not too_much


def test_full_texts_are_searched_by_their_index(history: History) -> None:
    sql, params = having_word("cizelge").values("circular_id").query.sql_with_params()
    LetterText.objects.filter(circular=Circular.objects.earliest("pk")).update(
        vector=vector_of(Circular(subject="Çizelge"), [])
    )

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # the table is small yet
    found = explain(sql, params)

    assert "Bitmap Index Scan" in {node.kind for node in found.nodes}
    assert (found.read, found.removed) == (1, 0)
