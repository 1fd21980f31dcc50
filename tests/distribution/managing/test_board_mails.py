"""The page on which a manager chooses mails, the link that stops them, and links from mails to a unit's board."""

from datetime import time

import pytest
from django.core.signing import dumps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Role
from agencies.views.acting import SESSION_KEY
from distribution.models import BoardSettings, NoticeKind, Weekday
from distribution.outbox.managers import SALT
from distribution.services.managing.board_settings import set_board_mails
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, manager_of, recipient_of, sender_of

pytestmark = pytest.mark.django_db
PAGE = reverse("board_mails")
CHOICE = {"wants_digest": "on", "digest_day": "4", "digest_hour": "14:30", "wants_alerts": "on"}


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü")


def test_the_digest_is_off_and_mails_at_once_are_on_until_one_chooses(
    signed_in: SignIn, unit: Agency
) -> None:
    client = signed_in(manager_of(unit))
    page = client.get(PAGE)

    assert page.context["form"].initial["wants_digest"] is False
    assert page.context["form"].initial["wants_alerts"] is True
    assert not BoardSettings.objects.exists()
    client.post(PAGE, CHOICE)
    own = BoardSettings.objects.get()
    assert (own.digest_day, own.digest_hour, own.wants_alerts) == (Weekday.THURSDAY, time(14, 30), True)
    assert client.get(PAGE).context["next_digest"] > timezone.now()
    client.post(PAGE, {"digest_day": "4", "digest_hour": "14:30"})
    own.refresh_from_db()
    assert (own.digest_day, own.digest_chosen_at, own.wants_alerts) == (None, None, False)


def test_saving_the_same_choice_again_moves_nothing(signed_in: SignIn, unit: Agency) -> None:
    client = signed_in(manager_of(unit))
    client.post(PAGE, CHOICE)
    before = BoardSettings.objects.get().digest_chosen_at
    client.post(PAGE, CHOICE)
    assert BoardSettings.objects.get().digest_chosen_at == before


@pytest.mark.parametrize(
    "wrong", [{"digest_day": "6"}, {"digest_day": "x"}, {"digest_hour": "03:00"}, {"digest_hour": ""}]
)
def test_a_day_off_or_an_hour_at_night_is_refused(
    signed_in: SignIn, unit: Agency, wrong: dict[str, str]
) -> None:
    answer = signed_in(manager_of(unit)).post(PAGE, CHOICE | wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not BoardSettings.objects.exists()


def test_only_managers_have_the_page(signed_in: SignIn, unit: Agency) -> None:
    for person in (sender_of(unit), recipient_of(unit)):
        client = signed_in(person)
        assert client.get(PAGE).status_code == 404
        assert client.post(PAGE, CHOICE).status_code == 404


@pytest.mark.parametrize("kind", [NoticeKind.WEEKLY_DIGEST, NoticeKind.LATE_ALERT])
def test_the_link_asks_first_and_stops_by_one_click(unit: Agency, kind: NoticeKind) -> None:
    """Without a session and a token, as a mail program does."""
    manager = manager_of(unit)
    set_board_mails(
        person=manager, unit=unit, digest=(Weekday.MONDAY, time(9)), wants_alerts=True, at=timezone.now()
    )
    address = reverse("stop_mails", args=[dumps([kind, manager.pk, unit.pk], salt=SALT)])
    client = Client(enforce_csrf_checks=True)

    for _scanner in range(2):
        assert client.get(address).status_code == 200
    own = BoardSettings.objects.get()
    assert own.wants_digest and own.wants_alerts
    for _click in range(2):
        assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    own.refresh_from_db()
    assert own.wants_digest is (kind == NoticeKind.LATE_ALERT)
    assert own.wants_alerts is (kind == NoticeKind.WEEKLY_DIGEST)


def test_mails_at_once_can_be_stopped_by_somebody_without_settings(unit: Agency, client: Client) -> None:
    manager = manager_of(unit)
    client.post(reverse("stop_mails", args=[dumps([NoticeKind.LATE_ALERT, manager.pk, unit.pk], salt=SALT)]))
    assert BoardSettings.objects.get().wants_alerts is False


def test_an_altered_link_is_none(unit: Agency, client: Client) -> None:
    token = dumps([NoticeKind.LATE_ALERT, manager_of(unit).pk, unit.pk], salt=SALT)
    for wrong in (token[:-1], dumps(["x"], salt="other"), "x"):
        assert client.get(reverse("stop_mails", args=[wrong])).status_code == 404
        assert client.post(reverse("stop_mails", args=[wrong])).status_code == 404


def test_a_link_of_a_mail_opens_the_board_of_its_unit(signed_in: SignIn, unit: Agency) -> None:
    manager, other = manager_of(unit), AgencyFactory()
    MembershipFactory(user=manager, agency=other, role=Role.MANAGER)
    client = signed_in(manager)
    session = client.session
    session[SESSION_KEY] = unit.pk
    session.save()
    there = reverse("board_of_unit", args=[unit.pk, "outstanding"]) + "?due=overdue"
    elsewhere = reverse("board_of_unit", args=[other.pk, "outstanding"]) + "?due=overdue"

    assert client.get(there)["Location"] == reverse("outstanding") + "?due=overdue"
    assert other.name in client.get(elsewhere).content.decode()
    assert client.session[SESSION_KEY] == unit.pk  # a GET changes nothing
    assert client.post(elsewhere)["Location"] == reverse("outstanding") + "?due=overdue"
    assert client.session[SESSION_KEY] == other.pk


def test_a_stranger_and_another_page_are_not_found(signed_in: SignIn, unit: Agency) -> None:
    assert signed_in(manager_of(AgencyFactory())).get(
        reverse("board_of_unit", args=[unit.pk, "board"])
    ).status_code == 404  # fmt: skip
    assert (
        signed_in(sender_of(unit)).get(reverse("board_of_unit", args=[unit.pk, "board"])).status_code == 404
    )
    assert (
        signed_in(manager_of(unit)).get(reverse("board_of_unit", args=[unit.pk, "home"])).status_code == 404
    )
