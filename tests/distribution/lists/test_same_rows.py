"""The manager's list: the same rows in views, files and ticks, a page for every address, and the way back to it."""

import csv
import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from io import StringIO
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, AgencyKind, User
from circulars.models import Purpose, Urgency
from distribution.models import Delivery, FileFormat, Heartbeat, Notice, NoticeKind, PreparedFile, SavedFilter
from distribution.services.prepare_file import prepare_file
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.return_letter import return_letter
from distribution.tables.files import list_files
from distribution.tables.files.file_makers import FILE_MAKERS
from distribution.views import outstanding
from tests.conftest import SignIn
from tests.factories import (
    AgencyFactory,
    dispatched_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db

PAGE = "/outstanding/"


@pytest.fixture
def issuer() -> Agency:
    agency: Agency = AgencyFactory(name="Afet İşleri Genel Müdürlüğü")
    return agency


@pytest.fixture
def manager(issuer: Agency) -> User:
    return manager_of(issuer)


@pytest.fixture
def client(signed_in: SignIn, manager: User, english: Client) -> Client:
    return signed_in(manager)


def ids(rows: Iterable[Delivery]) -> list[str]:
    return [str(each.public_id) for each in rows]


def shown(client: Client, query: str = "") -> list[Delivery]:
    """The rows of all pages."""
    rows: list[Delivery] = []
    for number in range(1, 9):
        answer = client.get(f"{PAGE}?{query}&page={number}")
        assert answer.status_code == 200
        page = answer.context["table"].page
        if page.number != number:
            break
        rows += [row.record for row in page.object_list]
    return rows


def exported(answer: object) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(StringIO(text), delimiter=";"))


def choose(client: Client, rows: Iterable[Delivery], place: str = "", **more: str) -> str:
    """Send the ticks of the list; returns where it leads."""
    return str(client.post(reverse("choose_rows") + place, {"delivery": ids(rows), **more})["Location"])


def sent_to_many(issuer: Agency) -> list[Delivery]:
    """Copies of three letters in all states of a list."""
    now = timezone.now()
    kinds = (AgencyKind.GOVERNORSHIP, AgencyKind.MINISTRY, AgencyKind.OTHER)
    units = [AgencyFactory(kind=kinds[number % 3]) for number in range(10)]
    for subject, urgency, days in (("Kış", "", 3), ("Bahar", "GÜNLÜDÜR", 30), ("Yaz", "ACELE", 12)):
        due = now - timedelta(days=days - 5) if urgency == "GÜNLÜDÜR" else None
        sent = dispatched_to(
            *units, issuer=issuer, subject=subject, urgency=urgency, due_at=due, at=now - timedelta(days=days)
        )
        copies = list(sent.deliveries.order_by("pk"))
        acknowledge(delivery=copies[0].public_id, by=recipient_of(copies[0].agency), at=now)
        return_letter(
            delivery=copies[1].public_id,
            ground="not_addressee",
            reason="Bizim değil",
            by=recipient_of(copies[1].agency),
            at=now,
        )
        Delivery.objects.filter(pk__in=[each.pk for each in copies[2:5]]).update(opened_at=now)
    return list(Delivery.objects.order_by("pk"))


def test_a_view_a_file_and_the_ticks_have_the_rows_of_the_page(
    issuer: Agency, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outstanding, "ROWS_PER_PAGE", 7)
    sent_to_many(issuer)
    letter = Delivery.objects.latest("pk").circular.public_id
    choices = {
        "owes": ["", "", "answer", "either", "decision", "returned", "all", "confirmed", "asked"],
        "due": ["", "", "overdue", "long", "none"],
        "kind": ["", "", "ministry"],
        "stage": ["", "", "opened"],
        "letter": ["", "", "", str(letter)],
        "waited": ["", "", "more"],
        "sort": ["", "-agency", "urgency", "-due_at", "stage", "number", "-waiting", "issuer", "kind"],
    }
    dice, found = random.Random(14), 0
    for _number in range(25):
        drawn = {name: dice.choice(values) for name, values in choices.items()}
        query = urlencode({name: value for name, value in drawn.items() if value})
        rows = shown(client, query)
        names = [[each.agency.name, each.circular.subject] for each in rows]
        found += len(rows)
        listed = exported(client.get(f"{PAGE}?{query}&_export=csv"))
        head = listed[0]
        place = (head.index("Recipient"), head.index("Letter"))

        assert [[row[each] for each in place] for row in listed[1:]] == names, query

        client.post(f"{reverse('save_view')}?{query}", {"name": f"Görünüm {_number}"})
        opened = client.get(reverse("outstanding_view", args=[SavedFilter.objects.latest("pk").pk]))
        assert [each.pk for each in shown(client, urlsplit(opened["Location"]).query)] == [
            each.pk for each in rows
        ]
        if rows:
            choose(client, [], f"?{query}", all="1")
            file = client.get(choose(client, rows, f"?{query}", then="csv"))
            ticked = shown(client, f"sort={drawn['sort']}&ticked=1")
            assert [[row[each] for each in place] for row in exported(file)[1:]] == [
                [each.agency.name, each.circular.subject] for each in ticked
            ]
            assert {each.pk for each in ticked} == {each.pk for each in rows}
    assert found > 100


def test_it_asks_at_most_15_questions_however_many_rows_there_are(
    issuer: Agency, manager: User, client: Client
) -> None:
    Heartbeat.objects.create(job=Heartbeat.Job.SWEEP, at=timezone.now())
    SavedFilter.objects.create(person=manager, page="board", unit=issuer, name="Benim", query="owes=answer")
    for name in ("outstanding", "outstanding_letters"):
        counts = []
        for more in (2, 18):
            for each in AgencyFactory.create_batch(more):
                dispatched_to(each, issuer=issuer)
            client.get(reverse(name))
            counts.append(query_count(client.get, reverse(name)))
        assert counts[0] == counts[1] <= 15


def test_a_sender_is_a_filter_and_a_column(issuer: Agency, manager: User, client: Client) -> None:
    below = AgencyFactory(parent=issuer, name="Çığ Dairesi")
    dispatched_to(AgencyFactory(), issuer=issuer)
    mine = dispatched_to(AgencyFactory(), issuer=below).deliveries.get()
    AgencyFactory(parent=issuer)

    assert shown(client, f"issuer={below.pk}") == [mine]
    page = client.get(f"{PAGE}?columns=issuer,stage")
    assert [each.name for each in page.context["table"].columns] == [
        "pick",
        "agency",
        "letter",
        "issuer",
        "stage",
    ]
    assert "Çığ Dairesi" in page.content.decode()
    Notice.objects.update(
        next_attempt_at=timezone.now()
    )  # what waits for long is asked about with further queries
    assert query_count(client.get, f"{PAGE}?columns=issuer") <= 15


@pytest.mark.parametrize(
    "query",
    [
        *("due=soon", "issuer=x", "issuer=999999", "province=99", "kind=%00", "letter=nix", "unit=9e99"),
        *("sent_from=2026-13-45", "stage=lost", "waited=-1", "sent_from=0001-01-01", "sent_to=9999-12-31"),
        *(
            "page=1000000000",
            "page=-1",
            "view=9999999999999999999999",
            "view=x",
            "columns=%00,x",
            "ticked=yes",
        ),
        *("sort=-", "sort=body", "list=//evil.example", "letter=0b5cdd3a-97bd-4f0e-8b45-111111111111"),
    ],
)
def test_an_impossible_address_is_a_page(issuer: Agency, client: Client, query: str) -> None:
    dispatched_to(AgencyFactory(), issuer=issuer)

    page = client.get(f"{PAGE}?{query}")

    assert page.status_code == 200
    for name in ("remind_by_hand_outstanding", "save_view"):
        assert client.get(f"{reverse(name)}?{query}").status_code == 200
    assert exported(client.get(f"{PAGE}?{query}&_export=csv"))[0][0] == "Recipient"
    assert client.post(f"{reverse('choose_rows')}?{query}", {"all": "1"}).status_code == 302
    assert client.post(f"{reverse('choose_columns')}?{query}", {"column": ["x", "kind"]}).status_code == 302
    if query.partition("=")[0] in ("due", "issuer", "province", "stage", "waited"):
        assert shown(client, query) == []
        assert "names something that isn" in page.content.decode()


def test_rows_ticked_on_two_pages_are_reminded_and_the_list_is_as_before(
    issuer: Agency, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outstanding, "ROWS_PER_PAGE", 2)
    dispatched_to(*AgencyFactory.create_batch(6), issuer=issuer)
    dispatched_to(AgencyFactory(), issuer=issuer, urgency=Urgency.URGENT)
    query = "urgency=normal&sort=-agency"
    rows = shown(client, query)
    assert len(rows) == 6

    second = choose(client, rows[:1], f"?{query}", to=f"?{query}&page=2")
    page = client.get(second)
    assert page.context["ticked_elsewhere"] == [rows[0].public_id]
    assert page.context["table"].page.number == 2
    preview = choose(client, [rows[0], rows[3]], f"?{query}&page=2", then="remind")
    acknowledge(delivery=rows[3].public_id, by=recipient_of(rows[3].agency), at=timezone.now())
    Delivery.objects.filter(pk=rows[3].pk).update(completed_at=timezone.now(), disposition="done")
    plan = client.get(preview)

    assert [each.delivery.pk for each in plan.context["plan"].reminded] == [rows[0].pk]
    assert [each.delivery.pk for each in plan.context["plan"].skipped] == [rows[3].pk]
    assert rows[3].agency.name in plan.content.decode()
    back = client.post(preview, {"shown_ids": f"{rows[0].pk},{rows[3].pk}"}, follow=True)
    assert back.redirect_chain[0][0] == f"{PAGE}?{query}&page=2"
    assert rows[3].agency.name in " ".join(map(str, back.context["messages"]))
    assert list(Notice.objects.filter(kind=NoticeKind.REMINDER).values_list("delivery", flat=True)) == [
        rows[0].pk
    ]
    assert back.context["ticked"] == []


def test_a_file_of_ticked_rows_holds_those_rows_whatever_is_ticked_later(
    issuer: Agency, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(list_files.MOST_AT_ONCE, FileFormat.CSV, 0)
    rows = list(dispatched_to(*AgencyFactory.create_batch(4), issuer=issuer).deliveries.order_by("pk"))
    asks = client.get(choose(client, rows[:2], then="csv"))["Location"]
    client.post(asks)
    choose(client, rows[2:])

    prepared = PreparedFile.objects.get()
    assert prepare_file(prepared_id=prepared.pk, makers=FILE_MAKERS, at=timezone.now())
    prepared.refresh_from_db()
    with prepared.file as file:
        listed = list(csv.reader(StringIO(file.read().decode("utf-8-sig")), delimiter=";"))
    assert {row[0] for row in listed[1:]} == {each.agency.name for each in rows[:2]}
    again = client.post(asks, follow=True)
    assert "ticked rows are not the same" in again.content.decode()
    assert PreparedFile.objects.count() == 1


def test_columns_are_kept_for_the_person_and_each_view_and_files_obey_them(
    issuer: Agency, manager: User, client: Client, signed_in: SignIn
) -> None:
    row = dispatched_to(AgencyFactory(), issuer=issuer).deliveries.get()
    view = SavedFilter.objects.create(
        person=manager,
        page="board",
        unit=issuer,
        name="Ad",
        query="purpose=action&columns=agency,letter,purpose",
    )

    def names(query: str = "") -> list[str]:
        return [each.name for each in client.get(f"{PAGE}?{query}").context["table"].columns][1:]

    usual = names()
    assert client.get(reverse("choose_columns")).status_code == 302
    client.post(reverse("choose_columns"), {"column": ["stage", "kind"], "delivery": ids([row])})

    assert usual == ["agency", "province", "letter", "purpose", "stage", "due_at", "waiting"]
    assert names() == ["agency", "letter", "stage"]
    assert client.get(PAGE).context["ticked"] == [row.public_id]
    assert exported(client.get(f"{PAGE}?_export=csv"))[0][:4] == ["Recipient", "Kind", "Letter", "Stage"]
    assert names(f"view={view.pk}") == ["agency", "letter", "purpose"]
    client.post(f"{reverse('choose_columns')}?view={view.pk}", {"column": ["sent"]})
    assert names(f"view={view.pk}") == ["agency", "letter", "waiting"]
    assert exported(client.get(f"{PAGE}?view={view.pk}&_export=csv"))[0][:3] == [
        "Recipient",
        "Letter",
        "Sent",
    ]
    client.post(reverse("choose_columns"), {"usual": "1"})
    assert names() == usual
    other = signed_in(manager_of(issuer)).get(PAGE)
    assert [each.name for each in other.context["table"].columns][1:] == usual


def test_a_letter_and_a_recipient_lead_back_to_the_place_of_the_list(issuer: Agency, client: Client) -> None:
    row = dispatched_to(AgencyFactory(), issuer=issuer).deliveries.get()
    place = "owes=either&sort=-due_at&page=1"
    page = client.get(f"{PAGE}?{place}&evil=1").content.decode()

    for name, args in (
        ("letter", [row.circular.public_id]),
        ("recipient", [row.circular.public_id, row.public_id]),
    ):
        [link] = {each.split('"')[0] for each in page.split(f'href="{reverse(name, args=args)}?')[1:]}
        behind = client.get(f"{reverse(name, args=args)}?{link}")
        assert behind.context["way_back"].address == f"{PAGE}?{place}#row-{row.public_id}"
        assert f"{PAGE}?{place.replace('&', '&amp;')}#row-" in behind.content.decode()
        for bad in ("https://evil.example", "//evil.example/", "letters?x=1", "outstanding#x", "\x00"):
            answer = client.get(f"{reverse(name, args=args)}?{urlencode({'list': bad})}")
            assert answer.status_code == 200
            found = answer.context["way_back"]
            assert (found.address if found else PAGE) == PAGE
    assert f'id="row-{row.public_id}"' in page


def test_by_letter_confirmations_answers_and_what_is_past_due_are_counted_apart(
    issuer: Agency, client: Client
) -> None:
    now = timezone.now()
    units = AgencyFactory.create_batch(4)
    letter = dispatched_to(
        *units,
        issuer=issuer,
        urgency=Urgency.TIMED,
        due_at=now - timedelta(days=1),
        at=now - timedelta(days=9),
    )
    only_answers = dispatched_to(units[0], issuer=issuer, subject="Yalnız cevap")
    done = dispatched_to(units[0], issuer=issuer, purpose=Purpose.INFORMATION)
    for sent in (letter, only_answers, done):
        copy = sent.deliveries.get(agency=units[0])
        acknowledge(delivery=copy.public_id, by=recipient_of(units[0]), at=now)

    answer = client.get(reverse("outstanding_letters"))
    rows = {row.record.pk: row.record for row in answer.context["table"].page.object_list}

    assert set(rows) == {letter.pk, only_answers.pk}
    found = rows[letter.pk]
    assert (found.outstanding_count, found.unanswered_count, found.overdue_count) == (3, 1, 4)
    for query, count in (("", 3), ("owes=answer", 1), ("owes=either&due=overdue", 4)):
        link = f"{PAGE}?letter={letter.public_id}" + (f"&amp;{query.replace('&', '&amp;')}" if query else "")
        assert f'href="{link}"' in answer.content.decode()
        assert len(shown(client, f"letter={letter.public_id}&{query}")) == count
    narrowed = client.get(reverse("outstanding_letters") + "?owes=answer&urgency=overdue")
    assert [row.record.pk for row in narrowed.context["table"].page.object_list] == [letter.pk]
    head = exported(client.get(reverse("outstanding_letters") + "?_export=csv"))[0]
    assert {"Confirmation outstanding", "Answer outstanding", "Past due"} <= set(head)


@pytest.mark.parametrize("role_of", [sender_of, recipient_of])
@pytest.mark.parametrize("name", ["choose_rows", "choose_columns", "save_view", "give_more_time"])
def test_who_manages_nothing_is_refused(
    client: Client, signed_in: SignIn, role_of: Callable[..., User], name: str
) -> None:
    assert signed_in(role_of(AgencyFactory())).post(reverse(name)).status_code == 404
