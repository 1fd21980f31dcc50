"""Spreadsheets of the lists, and the names of their sheets."""

from io import BytesIO
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from agencies.directory.tabular.spreadsheet import sheet_title
from agencies.models import Agency, Role
from circulars.models import Circular
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, dispatched_to, manager_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def circular() -> Circular:
    return dispatched_to(AgencyFactory(name="Gökçeada Şube Müdürlüğü"))


def title_of(signed_in: SignIn, issuer: Agency, address: str, **query: str) -> str:
    manager = manager_of(issuer)
    MembershipFactory(user=manager, agency=issuer, role=Role.SENDER)
    answer = signed_in(manager).get(f"{address}?{urlencode({'_export': 'xlsx', **query})}")
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return str(book.active.title) if book.active else ""


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("outstanding", "Teyit bekleyenler"),
        ("outstanding_letters", "Teyit bekleyen yazılar"),
        ("directory_export", "Rehber"),
    ],
)
def test_the_sheet_of_a_list_bears_its_name(
    circular: Circular, signed_in: SignIn, page: str, title: str
) -> None:
    assert title_of(signed_in, circular.issuer, reverse(page)) == title


def test_the_sheets_of_one_letter_bear_the_names_of_their_pages(
    circular: Circular, signed_in: SignIn
) -> None:
    letter = reverse("letter", args=[circular.public_id])
    assert title_of(signed_in, circular.issuer, letter, show="outstanding") == "Teyit bekleyenler"
    seen = reverse("readership", args=[circular.public_id])
    assert title_of(signed_in, circular.issuer, seen) == "Yazıyı gören birimler"


def test_a_title_is_made_so_that_excel_takes_it() -> None:
    assert sheet_title("Giden/gelen [yazı]: *?") == "Giden gelen  yazı"
    assert len(sheet_title("İ" * 40)) == 31
