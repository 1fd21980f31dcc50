"""The bell: what waits for a person, each count that of the rows to which it leads."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency, ContactCorrection, Role, User
from agencies.services.contact_details.propose_address import propose_address
from circulars.models import Circular, Urgency
from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import (
    Act,
    Delivery,
    FileFormat,
    PreparedFile,
    PreparedFileKind,
    PreparedFileState,
    ReturnedMail,
    ReturnGround,
    Settlement,
    TakeBackRequest,
)
from distribution.queries.managing.bell import Waiting
from distribution.services.follow_up.decide_return import accept_return
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.assign import assign
from distribution.services.receiving.correct_contact import correct_contact
from distribution.services.receiving.extension import ask_extension, decide_extension
from distribution.services.receiving.object_to_record import object_to_record
from distribution.services.receiving.return_letter import return_letter
from tests.conftest import SignIn
from tests.distribution import reports
from tests.distribution.follow_up.on_behalf import recorded_now
from tests.factories import (
    AgencyFactory,
    MembershipFactory,
    UserFactory,
    copy_below,
    dispatched_to,
    left,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
PAGE = reverse("bell")
HTMX = {"HX-Request": "true"}
NOW = timezone.now()
SENT = NOW - timedelta(hours=3)


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


def sent(issuer: Agency, unit: Agency | None = None) -> Delivery:
    due_at = NOW + timedelta(days=5)
    letter = dispatched_to(
        unit or AgencyFactory(), issuer=issuer, at=SENT, urgency=Urgency.TIMED, due_at=due_at
    )
    return letter.deliveries.get()


def asked(copy: Delivery) -> None:
    wanted = timezone.now() + timedelta(days=9)
    by = recipient_of(copy.answering_unit)
    ask_extension(delivery=copy.public_id, by=by, at=NOW, wanted=wanted, reason="Veri bekleniyor.")


def returned(copy: Delivery) -> Delivery:
    return return_letter(
        delivery=copy.public_id, ground=ReturnGround.NOT_ADDRESSEE, reason="Bize değil.",
        by=recipient_of(copy.answering_unit), at=NOW,
    )  # fmt: skip


def asked_to_take_back(copy: Delivery) -> None:
    acknowledge(delivery=copy.public_id, by=recipient_of(copy.agency), at=NOW)
    copy.refresh_from_db()
    TakeBackRequest.objects.create(
        delivery=copy, act=Act.ACKNOWLEDGED, act_at=copy.acknowledged_at, reason="Yanlışlıkla.",
        asked_by=recipient_of(copy.agency), asked_at=NOW,
    )  # fmt: skip


def objected(copy: Delivery) -> None:
    recorded_now(copy)
    object_to_record(
        delivery=copy.public_id, by=recipient_of(copy.agency), at=timezone.now(), reason="Hayır."
    )


def ready_file(person: User, letter: Circular) -> PreparedFile:
    prepared = PreparedFile(
        kind=PreparedFileKind.STATUS_REPORT, file_format=FileFormat.PDF, circular=letter, created_by=person,
        created_at=NOW, language="tr", state=PreparedFileState.READY, finished_at=NOW, file_name="rapor.pdf",
    )  # fmt: skip
    prepared.file.save("rapor.pdf", ContentFile(b"%PDF-1.7"), save=False)
    prepared.save()
    return prepared


def came_back(copy: Delivery) -> None:
    """A person answers the e-mail about the letter: somebody has to say what that means."""
    notice = copy.notices.get()
    left(notice, at=NOW)
    read_returned_mail(raw=reports.person(notice.address, notice.message_id), at=NOW)


def counts(client: Client) -> dict[Waiting, int]:
    response = client.get(PAGE)
    assert response.status_code == 200
    return {item.kind: item.count for item, _url in response.context["items"]}


@pytest.fixture
def everything(issuer: Agency, settings: Settings, tmp_path: str) -> User:
    """A person with something of each kind: two requests for more time, one of each other."""
    settings.MEDIA_ROOT = tmp_path
    person = UserFactory(is_directory_administrator=True)
    unit = AgencyFactory()
    MembershipFactory(user=person, agency=issuer, role=Role.SENDER)
    MembershipFactory(user=person, agency=unit, role=Role.RECIPIENT)
    asked(sent(issuer))
    asked(sent(issuer))
    returned(sent(issuer))
    asked_to_take_back(sent(issuer))
    objected(sent(issuer))
    copy = sent(AgencyFactory(), unit)
    assign(deliveries=[copy.public_id], agency=unit, person=person, note="", by=person, at=NOW)
    ready_file(person, sent(issuer).circular)
    without = AgencyFactory(email="")
    letter = dispatched_to(without, issuer=issuer, at=SENT)
    propose_address(
        unit=without, channel="email", address="yeni@ornek.example", letter=letter.pk, issuer=issuer,
        by=person, at=NOW,
    )  # fmt: skip
    correct_contact(
        agency=unit, by=person, at=NOW,
        details={"email": unit.email, "phone": unit.phone, "kep_address": "birim@hs01.kep.tr"},
    )  # fmt: skip
    came_back(sent(issuer))
    return person


def test_each_count_is_that_of_the_rows_to_which_it_leads(signed_in: SignIn, everything: User) -> None:
    client = signed_in(everything)
    found = client.get(PAGE).context["items"]

    assert {item.kind: item.count for item, _url in found} == {
        Waiting.EXTENSIONS: 2,
        Waiting.TAKE_BACKS: 1,
        Waiting.RETURNS: 1,
        Waiting.OBJECTIONS: 1,
        Waiting.MAILS: 1,
        Waiting.ASSIGNED: 1,
        Waiting.ADDRESSES: 1,
        Waiting.CORRECTIONS: 1,
        Waiting.FILES: 1,
    }
    assert {item.kind for item, _url in found} == set(Waiting)
    for item, url in found:
        page = client.get(url)
        assert page.status_code == 200
        lists = [page.context.get(name) for name in ("rows", "files", "mails")]
        rows = next(filter(None, lists), None) or page.context["page"].object_list
        assert len(rows) == item.count, item.kind


def test_each_row_leads_to_a_page_on_which_it_is_done(signed_in: SignIn, everything: User) -> None:
    client = signed_in(everything)
    for kind in ("extensions", "take_backs", "returns", "objections", "assigned"):
        for row in client.get(reverse("waiting", args=[kind])).context["rows"]:
            assert client.get(row.url.partition("#")[0]).status_code == 200, kind


def test_what_is_done_is_counted_no_more(signed_in: SignIn, issuer: Agency) -> None:
    by = sender_of(issuer)
    client, copy, back = signed_in(by), sent(issuer), returned(sent(issuer))
    asked(copy)
    assert counts(client) == {Waiting.EXTENSIONS: 1, Waiting.RETURNS: 1}

    decide_extension(
        extension=copy.extension_requests.get().public_id,
        by=by,
        at=timezone.now(),
        granted_until=None,
        answer="Hayır.",
    )
    assert back.returned_at is not None
    accept_return(delivery=back.public_id, returned_at=back.returned_at, by=by, at=timezone.now())
    assert counts(client) == {}


def test_nobody_else_is_told(signed_in: SignIn, issuer: Agency) -> None:
    copy = sent(issuer)
    asked(copy)
    returned(sent(issuer))
    for person in (
        manager_of(issuer),
        recipient_of(issuer),
        recipient_of(copy.agency),
        sender_of(AgencyFactory()),
        sender_of(AgencyFactory(parent=issuer)),
    ):
        client = signed_in(person)
        assert counts(client) == {}
        for kind in ("extensions", "returns"):
            assert client.get(reverse("waiting", args=[kind])).context["rows"] == []


def test_the_unit_that_passed_a_letter_on_decides_for_those_below(signed_in: SignIn, issuer: Agency) -> None:
    unit = AgencyFactory()
    below = AgencyFactory(parent=unit)
    copy = sent(issuer, unit)
    asked(copy_below(copy, below, due_at=copy.due_at))

    assert counts(signed_in(recipient_of(unit))) == {Waiting.EXTENSIONS: 1}
    assert counts(signed_in(sender_of(issuer))) == {}


def test_a_settled_mail_and_an_accepted_kep_address_wait_no_more(
    signed_in: SignIn, everything: User, issuer: Agency
) -> None:
    client, mail = signed_in(everything), ReturnedMail.objects.get()
    correction = ContactCorrection.objects.get()
    client.post(reverse("settle_mail", args=[mail.pk]), {"settled_as": Settlement.AWAY})
    client.post(reverse("accept_correction", args=[correction.pk]))

    assert not {Waiting.MAILS, Waiting.CORRECTIONS} & counts(client).keys()


def test_mail_about_letters_of_others_and_kep_addresses_wait_for_no_other_sender(
    signed_in: SignIn, everything: User
) -> None:
    assert counts(signed_in(sender_of(AgencyFactory()))) == {}


def test_a_downloaded_file_waits_no_more(
    signed_in: SignIn, issuer: Agency, settings: Settings, tmp_path: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    by = sender_of(issuer)
    client, prepared = signed_in(by), ready_file(by, sent(issuer).circular)
    address = reverse("download_prepared_file", args=[prepared.public_id])

    assert counts(client) == {Waiting.FILES: 1}
    assert client.get(address).getvalue() == b"%PDF-1.7"
    assert counts(client) == {}
    assert list(client.get(reverse("prepared_files")).context["files"]) == [prepared]
    assert list(client.get(reverse("prepared_files") + "?show=new").context["files"]) == []


def test_a_file_that_the_person_may_see_no_more_is_not_counted(
    signed_in: SignIn, issuer: Agency, settings: Settings, tmp_path: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    stranger = sender_of(AgencyFactory())
    ready_file(stranger, sent(issuer).circular)
    assert counts(signed_in(stranger)) == {}


def test_the_bell_asks_at_most_ten_queries_for_any_number_of_rows(
    signed_in: SignIn, everything: User, issuer: Agency
) -> None:
    client = signed_in(everything)
    few = query_count(client.get, PAGE, headers=HTMX)
    for _number in range(10):
        asked(sent(issuer))
        returned(sent(issuer))
        MembershipFactory(user=everything, role=Role.SENDER)

    assert query_count(client.get, PAGE, headers=HTMX) == few <= 10


@pytest.mark.parametrize("kind", ["extensions", "take_backs", "returns", "objections", "assigned"])
def test_its_lists_take_as_many_queries_for_many_rows_as_for_few(
    signed_in: SignIn, everything: User, issuer: Agency, kind: str
) -> None:
    client, page = signed_in(everything), reverse("waiting", args=[kind])
    few = query_count(client.get, page)
    for _number in range(5):
        for make in (asked, returned, asked_to_take_back, objected):
            make(sent(issuer))

    assert query_count(client.get, page) == few <= 10


def test_other_pages_ask_nothing_for_it(signed_in: SignIn, everything: User, issuer: Agency) -> None:
    client = signed_in(everything)
    response = client.get(reverse("directory"))
    assert f'hx-get="{PAGE}"' in response.content.decode()
    few = query_count(client.get, reverse("directory"))
    asked(sent(issuer))
    assert query_count(client.get, reverse("directory")) == few


def test_for_htmx_there_is_only_the_list_and_the_number(signed_in: SignIn, everything: User) -> None:
    response = signed_in(everything).get(PAGE, headers=HTMX)
    words = response.content.decode()

    assert "<html" not in words
    assert re.search(r'id="bell-count" hx-swap-oob="true">.*data-total="10"', words, re.DOTALL)
    assert response["Cache-Control"] == "no-store"


def test_nothing_waits_for_somebody_without_a_role(signed_in: SignIn) -> None:
    assert counts(signed_in(UserFactory())) == {}


def test_an_administrator_sees_mail_to_settle_of_nobody(signed_in: SignIn) -> None:
    assert counts(signed_in(UserFactory(is_superuser=True))).get(Waiting.MAILS, 0) == 0


@pytest.mark.parametrize("kind", ["mails", "files", "addresses", "x", "corrections"])
def test_other_kinds_have_no_list_here(signed_in: SignIn, issuer: Agency, kind: str) -> None:
    assert signed_in(sender_of(issuer)).get(reverse("waiting", args=[kind])).status_code == 404


@pytest.mark.parametrize("page", ["1000000000", "0", "x", "-1"])
def test_a_page_that_is_not_there_is_the_nearest_one(signed_in: SignIn, issuer: Agency, page: str) -> None:
    response = signed_in(sender_of(issuer)).get(reverse("waiting", args=["returns"]), {"page": page})
    assert response.status_code == 200
