"""The manager's list of what is outstanding: rows, filters, sorting, paging, export."""

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from agencies.models import Agency, AgencyKind, Province, Role, User
from circulars.models import Purpose, Urgency
from distribution.models import Delivery
from distribution.queries import paging
from distribution.services.receiving.acknowledge import acknowledge
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


@pytest.fixture
def board(issuer: Agency, signed_in: SignIn) -> Callable[..., list[str]]:
    """The names on the manager's list with the given filters and sorting."""
    client = signed_in(manager_of(issuer))

    def shown(**query: str) -> list[str]:
        response = client.get(reverse("outstanding"), query)
        assert response.status_code == 200
        return [row.record.agency.name for row in response.context["table"].page.object_list]

    return shown


def test_the_figure_falls_when_a_recipient_confirms(issuer: Agency, board: Callable[..., list[str]]) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    dispatched_to(first, second, issuer=issuer)
    assert len(board()) == 2

    acknowledge(
        delivery=Delivery.objects.get(agency=first).public_id, by=recipient_of(first), at=timezone.now()
    )

    assert board() == [second.name]


def test_letters_of_units_below_count_and_those_beside_do_not(
    issuer: Agency, board: Callable[..., list[str]]
) -> None:
    below = AgencyFactory(parent=issuer)
    mine, theirs = AgencyFactory(), AgencyFactory()
    dispatched_to(mine, issuer=below)
    dispatched_to(theirs, issuer=AgencyFactory())

    assert board() == [mine.name]


def test_it_is_narrowed_by_kind_province_urgency_age_stage_and_words(
    issuer: Agency, board: Callable[..., list[str]]
) -> None:
    adana = Province.objects.create(plate="01", name="Adana", sort_key="adana")
    now = timezone.now()
    governorship = AgencyFactory(name="Adana Valiliği", kind=AgencyKind.GOVERNORSHIP, province=adana)
    ministry = AgencyFactory(name="İçişleri Bakanlığı", kind=AgencyKind.MINISTRY)
    dispatched_to(
        governorship, issuer=issuer, urgency=Urgency.URGENT, at=now - timedelta(days=10), subject="Kış"
    )
    dispatched_to(
        ministry,
        issuer=issuer,
        urgency=Urgency.TIMED,
        due_at=now - timedelta(hours=1),
        at=now - timedelta(hours=2),
    )
    Delivery.objects.filter(agency=ministry).update(opened_at=now)

    assert board(kind="ministry") == ["İçişleri Bakanlığı"]
    assert board(province="01") == ["Adana Valiliği"]
    assert board(urgency="acele") == ["Adana Valiliği"]
    assert board(urgency="gunlu") == board(urgency="overdue") == ["İçişleri Bakanlığı"]
    assert board(age="7") == ["Adana Valiliği"]
    assert board(stage="opened") == ["İçişleri Bakanlığı"]
    assert board(q="ICISLERI bakanligi") == ["İçişleri Bakanlığı"]
    assert board(q="kış") == ["Adana Valiliği"]
    assert board(q="%") == []  # a sign that is in no name
    assert board(kind="ministry", province="01") == []


@pytest.mark.parametrize(
    ("query", "said"),
    [({}, "bütün muhataplar teyit etti"), ({"q": "zzzz"}, "Aramaya veya filtreye uyan kayıt yok.")],
    ids=["nothing is outstanding", "nothing matches"],
)
def test_an_empty_list_says_why(issuer: Agency, signed_in: SignIn, query: dict[str, str], said: str) -> None:
    if query:
        dispatched_to(AgencyFactory(), issuer=issuer)

    assert said in signed_in(manager_of(issuer)).get(reverse("outstanding"), query).content.decode()


def test_it_is_sorted_in_the_turkish_alphabet(issuer: Agency, board: Callable[..., list[str]]) -> None:
    names = [
        "Çorum Valiliği",
        "Denizli Valiliği",
        "Isparta Valiliği",
        "İzmir Valiliği",
        "Iğdır Valiliği",
        "Şırnak Valiliği",
    ]
    dispatched_to(*[AgencyFactory(name=name) for name in names], issuer=issuer)

    expected = [
        "Çorum Valiliği",
        "Denizli Valiliği",
        "Iğdır Valiliği",
        "Isparta Valiliği",
        "İzmir Valiliği",
        "Şırnak Valiliği",
    ]
    assert board(sort="agency") == expected
    assert board(sort="-agency") == expected[::-1]


def test_it_is_paged(issuer: Agency, board: Callable[..., list[str]]) -> None:
    dispatched_to(*AgencyFactory.create_batch(53), issuer=issuer)

    assert len(board()) == 50
    assert len(board(page="2")) == 3
    assert not set(board()) & set(board(page="2"))


def test_a_list_that_goes_on_is_counted_in_thousands_only(issuer: Agency, signed_in: SignIn) -> None:
    letter = dispatched_to(*AgencyFactory.create_batch(5), issuer=issuer)
    client = signed_in(manager_of(issuer))
    page = client.get(reverse("outstanding")).content.decode()
    assert "<strong>5</strong> teyit bekleniyor." in page

    units = Agency.objects.bulk_create(
        Agency(code=f"birim-{n}", name=f"Birim {n}", kind=AgencyKind.OTHER) for n in range(2600)
    )
    Delivery.objects.bulk_create(
        Delivery(circular=letter, agency=unit, purpose=Purpose.ACTION, created_at=timezone.now())
        for unit in units
    )

    page = client.get(reverse("outstanding")).content.decode()
    assert "<strong>1.000+</strong> teyit bekleniyor." in page
    assert "1–50 / 1.000+" in page
    page = client.get(reverse("outstanding"), {"page": "30"}).content.decode()
    assert "<strong>2.000+</strong> teyit bekleniyor." in page
    page = client.get(reverse("outstanding"), {"page": "40"}).content.decode()
    assert "<strong>2.605</strong> teyit bekleniyor." in page


def test_no_more_rows_are_counted_than_the_pager_needs(
    issuer: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNTED_AHEAD", 2)
    dispatched_to(*AgencyFactory.create_batch(9), issuer=issuer)

    def counted(page: object) -> tuple[int, int, bool]:
        shown = paging.BoundedPaginator(Delivery.objects.order_by("pk"), 3)
        return len(shown.get_page(page)), *shown.counted

    assert counted(1) == (3, 5, True)
    assert counted("2") == (3, 8, True)
    assert counted(3) == (3, 9, False)
    assert counted("x") == (3, 5, True)
    assert counted("99999999999999999999") == (2, 5, True), "the last page of those that were counted"


def test_it_asks_as_many_questions_for_20_rows_as_for_2(issuer: Agency, signed_in: SignIn) -> None:
    client, counts = signed_in(manager_of(issuer)), []
    for more in (2, 18):
        dispatched_to(*AgencyFactory.create_batch(more), issuer=issuer)
        client.get(reverse("outstanding"))
        counts.append(query_count(client.get, reverse("outstanding")))
    assert counts[0] == counts[1]


def test_by_letter_it_shows_those_that_somebody_has_not_confirmed(issuer: Agency, signed_in: SignIn) -> None:
    done, waiting = AgencyFactory(), AgencyFactory()
    dispatched_to(done, issuer=issuer, subject="Tamam", purpose=Purpose.INFORMATION)
    dispatched_to(waiting, issuer=issuer, subject="Bekleyen")
    acknowledge(
        delivery=Delivery.objects.get(agency=done).public_id, by=recipient_of(done), at=timezone.now()
    )

    page = signed_in(manager_of(issuer)).get(reverse("outstanding_letters")).content.decode()

    assert "Bekleyen" in page
    assert "Tamam" not in page


def test_by_letter_a_manager_of_two_units_sees_the_letters_of_the_one_acted_for(
    issuer: Agency, signed_in: SignIn
) -> None:
    other = AgencyFactory()
    manager = manager_of(issuer)
    MembershipFactory(user=manager, agency=other, role=Role.MANAGER)
    dispatched_to(AgencyFactory(), issuer=issuer, subject="Birinci")
    dispatched_to(AgencyFactory(), issuer=other, subject="İkinci")
    client = signed_in(manager)

    shown = []
    for unit in (issuer, other):
        client.post(reverse("act_for"), {"agency": unit.pk})
        table = client.get(reverse("outstanding_letters")).context["table"]
        shown.append([row.record.subject for row in table.page.object_list])

    assert shown == [["Birinci"], ["İkinci"]]


def test_by_letter_the_longest_waiting_come_first(issuer: Agency, signed_in: SignIn) -> None:
    now = timezone.now()
    dispatched_to(AgencyFactory(), issuer=issuer, subject="Yeni", at=now)
    dispatched_to(AgencyFactory(), issuer=issuer, subject="Eski", at=now - timedelta(days=3))

    table = signed_in(manager_of(issuer)).get(reverse("outstanding_letters")).context["table"]

    assert [row.record.subject for row in table.page.object_list] == ["Eski", "Yeni"]


def test_the_export_holds_every_row_of_the_filtered_list(issuer: Agency, signed_in: SignIn) -> None:
    agencies = [AgencyFactory(name="Gökçeada Şube Müdürlüğü"), *AgencyFactory.create_batch(59)]
    dispatched_to(*agencies, issuer=issuer)
    client = signed_in(manager_of(issuer))

    text = b"".join(client.get(reverse("outstanding"), {"_export": "csv"}).streaming_content).decode(
        "utf-8-sig"
    )
    rows = list(csv.reader(StringIO(text), delimiter=";"))
    assert {row[0] for row in rows[1:]} == {agency.name for agency in agencies}

    book = load_workbook(
        BytesIO(b"".join(client.get(reverse("outstanding"), {"_export": "xlsx"}).streaming_content))
    )
    sheet = book.active
    assert sheet is not None
    assert {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)} == {
        agency.name for agency in agencies
    }

    one = client.get(reverse("outstanding"), {"_export": "csv", "q": "gokceada"})
    assert len(b"".join(one.streaming_content).decode().strip().splitlines()) == 2


@pytest.mark.parametrize(
    "query", [{"per_page": "-1"}, {"per_page": "9999"}, {"page": "x"}, {"page": "99"}, {"sort": "?"}]
)
def test_the_address_does_not_choose_how_long_a_page_is(
    issuer: Agency, board: Callable[..., list[str]], query: dict[str, str]
) -> None:
    dispatched_to(*AgencyFactory.create_batch(53), issuer=issuer)

    assert len(board(**query)) == 50


def test_the_export_of_letters_tells_local_time_and_survives_odd_signs(
    issuer: Agency, signed_in: SignIn
) -> None:
    circular = dispatched_to(AgencyFactory(), issuer=issuer, subject="Kış\x0bTedbirleri")
    client = signed_in(manager_of(issuer))

    text = b"".join(client.get(reverse("outstanding_letters"), {"_export": "csv"}).streaming_content).decode()
    book = load_workbook(
        BytesIO(b"".join(client.get(reverse("outstanding_letters"), {"_export": "xlsx"}).streaming_content))
    )

    assert circular.dispatched_at is not None
    local = timezone.localtime(circular.dispatched_at)
    assert local.strftime("%d.%m.%Y %H:%M") in text
    assert book.active is not None
    assert [cell.value for cell in book.active[2]][3] == local.replace(tzinfo=None)


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(issuer: Agency, signed_in: SignIn) -> None:
    dispatched_to(AgencyFactory(name="=HYPERLINK(1)"), issuer=issuer)

    response = signed_in(manager_of(issuer)).get(reverse("outstanding"), {"_export": "csv"})

    assert "'=HYPERLINK(1)" in b"".join(response.streaming_content).decode()


@pytest.mark.parametrize("role_of", [sender_of, recipient_of])
@pytest.mark.parametrize("name", ["outstanding", "outstanding_letters"])
def test_who_manages_nothing_finds_no_board(
    signed_in: SignIn, role_of: Callable[..., User], name: str
) -> None:
    assert signed_in(role_of(AgencyFactory())).get(reverse(name)).status_code == 404


def test_the_command_prints_the_same_list(issuer: Agency) -> None:
    agency = AgencyFactory(phone="0322 000 00 00")
    circular = dispatched_to(agency, issuer=issuer)
    dispatched_to(AgencyFactory(), issuer=issuer)
    out = StringIO()

    call_command("outstanding", "--circular", circular.number, "--json", stdout=out)

    (row,) = json.loads(out.getvalue())
    assert (row["recipient"], row["phone"], row["number"]) == (agency.name, "0322 000 00 00", circular.number)
    out = StringIO()
    call_command("outstanding", stdout=out)
    assert out.getvalue().strip().endswith("2 outstanding")


def test_the_command_names_a_number_that_nobody_sent() -> None:
    with pytest.raises(CommandError, match="E-1-2-3"):
        call_command("outstanding", "--circular", "E-1-2-3")


@pytest.mark.parametrize("sort", ["purpose", "-stage", "province", "letter", "-waiting"])
def test_equal_rows_stand_on_one_page_each(issuer: Agency, signed_in: SignIn, sort: str) -> None:
    dispatched_to(*AgencyFactory.create_batch(120), issuer=issuer)
    client = signed_in(manager_of(issuer))

    pages = [client.get(reverse("outstanding"), {"sort": sort, "page": page}) for page in (1, 2, 3)]

    seen = [row.record.pk for page in pages for row in page.context["table"].page.object_list]
    assert sorted(seen) == sorted(Delivery.objects.values_list("pk", flat=True))
    assert all(page.context["table"].data.data.query.order_by[-1] == "pk" for page in pages)


@pytest.mark.parametrize(
    ("owes", "heading", "file"),
    [
        ("", "Teyit bekleyenler", "bekleyenler.xlsx"),
        ("answer", "Cevap bekleyenler", "bekleyenler.xlsx"),
        ("confirmed", "Son 7 günde teyit edilen", "teyit-edilenler.xlsx"),
        ("all", "Seçilen haftaların nüshaları", "nushalar.xlsx"),
    ],
)
def test_a_workbook_is_named_after_what_its_rows_wait_for(
    owes: str, heading: str, file: str, issuer: Agency, signed_in: SignIn
) -> None:
    unit = AgencyFactory()
    copy = dispatched_to(unit, issuer=issuer, at=timezone.now()).deliveries.get()
    acknowledge(delivery=copy.public_id, by=recipient_of(unit), at=timezone.now())

    answer = signed_in(manager_of(issuer)).get(reverse("outstanding"), {"owes": owes, "_export": "xlsx"})

    assert file in answer["Content-Disposition"]
    assert load_workbook(BytesIO(answer.getvalue())).active.title == heading
