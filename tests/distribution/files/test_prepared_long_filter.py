"""A list with a long filter: its file is prepared as well, and what is too long for that is said."""

from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from circulars.models import Circular
from distribution.models import FileFormat, PreparedFile
from distribution.models.prepared_file import LONGEST_QUERY
from distribution.services.prepare_file import prepare_file
from distribution.tables.files import list_files
from distribution.tables.files.file_makers import FILE_MAKERS
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, manager_of

pytestmark = pytest.mark.django_db
LONG = "Gökçeada " * 100


@pytest.fixture
def letter(monkeypatch: pytest.MonkeyPatch) -> Circular:
    """A letter whose list is too long to be written at once."""
    monkeypatch.setitem(list_files.MOST_AT_ONCE, FileFormat.XLSX, 0)
    return dispatched_to(AgencyFactory(name="Gökçeada Müdürlüğü"), AgencyFactory())


@pytest.fixture
def client_of_manager(letter: Circular, english: Client, signed_in: SignIn) -> Client:
    return signed_in(manager_of(letter.issuer))


def test_a_long_filter_is_kept_and_asked_for_again_stands_for_the_first(client_of_manager: Client) -> None:
    asks = client_of_manager.get(reverse("outstanding"), {"q": LONG, "_export": "xlsx"})["Location"]
    assert len(asks) > 1000
    assert client_of_manager.get(asks).status_code == 200

    client_of_manager.post(asks)
    client_of_manager.post(asks)

    prepared = PreparedFile.objects.get()
    assert QueryDict(prepared.query)["q"] == LONG
    assert prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())
    prepared.refresh_from_db()
    assert prepared.is_ready


def test_two_unfinished_files_of_one_long_filter_are_refused_by_the_database(
    client_of_manager: Client,
) -> None:
    client_of_manager.post(f"{reverse('prepare_list', args=['outstanding'])}?{urlencode({'q': LONG})}")
    twin = PreparedFile.objects.get()
    fresh = PreparedFile(
        kind=twin.kind,
        unit=twin.unit,
        query=twin.query,
        file_format=twin.file_format,
        language=twin.language,
        created_by=twin.created_by,
        created_at=twin.created_at,
    )

    with pytest.raises(IntegrityError, match="one_unfinished_file_of_a_kind"), transaction.atomic():
        fresh.save()

    fresh.query += "&sort=-agency"
    fresh.save()


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_too_long_is_said_on_the_filtered_page(client_of_manager: Client, method: str) -> None:
    query = urlencode({"q": "x" * LONGEST_QUERY})
    address = f"{reverse('prepare_list', args=['outstanding'])}?{query}"

    answer = getattr(client_of_manager, method)(address)

    assert answer["Location"] == f"{reverse('outstanding')}?{query}"
    assert (
        "the filter of the list is too long" in client_of_manager.get(reverse("outstanding")).content.decode()
    )
    assert not PreparedFile.objects.exists()
