"""A channel needs only its module and one registry entry."""

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings

from agencies.models import Agency
from agencies.models.contact_details.channel import REGISTRY, Channel, register_channels
from distribution.event_log import shown
from distribution.feedback.returned_mail import read_returned_mail
from distribution.models import Delivery, EventKind, Notice, NoticeState, Stage
from distribution.outbox import channels
from distribution.outbox.channels import BaseChannel
from distribution.outbox.channels.registry import CHANNELS
from distribution.outbox.channels.smtp import SmtpChannel
from distribution.outbox.send import send_due
from distribution.queries.invariants.consistency import check_delivery
from distribution.queries.invariants.consistency_of_rows import MARKS
from distribution.queries.milestones import milestones
from distribution.services.sending.preflight import preflight
from tests.conftest import SignIn
from tests.distribution import reports
from tests.distribution.outbox.file_drop import FileDropChannel
from tests.factories import AgencyFactory, dispatched_to, draft_to, manager_of, sender_of
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def file_drop(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Path:
    """Register the channel, with a folder for one unit."""
    monkeypatch.setitem(REGISTRY, FileDropChannel.code, FileDropChannel)
    settings.FILE_DROP = str(tmp_path)
    folder = tmp_path / "kars"
    folder.mkdir()
    return folder


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(channels=["file_drop", "email"], addresses={"file_drop": "kars"})


@pytest.fixture
def save(signed_in: SignIn) -> Callable[..., tuple[Agency, dict[str, list[str]]]]:
    """Submit a new unit's contact form; returns the unit and the form's errors."""
    agency = AgencyFactory(email="birim@kurum.example")
    client = signed_in(manager_of(agency))

    def send(**typed: str) -> tuple[Agency, dict[str, list[str]]]:
        response = client.post(
            reverse("agency_contact", args=[agency.pk]), {"email": agency.email, "kep_address": "", **typed}
        )
        agency.refresh_from_db()
        return agency, response.context["form"].errors if response.context else {}

    return send


def test_every_channel_is_in_the_registry() -> None:
    for module in pkgutil.iter_modules(channels.__path__):
        importlib.import_module(f"{channels.__name__}.{module.name}")
    written = {BaseChannel}
    for channel in [BaseChannel, *BaseChannel.__subclasses__(), *SmtpChannel.__subclasses__()]:
        written |= set(channel.__subclasses__())
    ours = {channel for channel in written if channel.__module__.startswith(channels.__name__)}

    assert ours - {BaseChannel, SmtpChannel} == set(CHANNELS)
    assert {channel.code for channel in CHANNELS} >= set(Channel)


def test_two_channels_with_one_code_are_refused() -> None:
    class Second(FileDropChannel):
        pass

    with pytest.raises(ValueError, match="file_drop"):
        register_channels([Second])


def test_it_needs_no_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_the_contact_form_keeps_its_address_and_its_place_in_the_order(
    save: Callable[..., tuple[Agency, dict[str, list[str]]]],
) -> None:
    agency, errors = save(address_file_drop=" /kars/ ", channel_1="file_drop", channel_4="email")

    assert not errors
    assert agency.addresses == {"file_drop": "kars"}
    assert agency.channels == ["file_drop", "email"]
    agency, errors = save(address_file_drop="")
    assert (agency.addresses, agency.channels) == ({}, [])


def test_the_contact_form_shows_what_is_kept(signed_in: SignIn, agency: Agency) -> None:
    response = signed_in(manager_of(agency)).get(reverse("agency_contact", args=[agency.pk]))

    form = response.context["form"]
    assert form["address_file_drop"].value() == "kars"
    assert form["channel_1"].value() == "file_drop"
    assert "File drop" in response.content.decode()


def test_the_contact_form_says_what_its_address_lacks(
    save: Callable[..., tuple[Agency, dict[str, list[str]]]],
) -> None:
    agency, errors = save(channel_1="file_drop")
    assert errors == {"channel_1": [FileDropChannel.address_wanted]}

    agency, errors = save(address_file_drop="../etc", channel_1="file_drop")
    assert list(errors) == ["address_file_drop"]
    assert (agency.addresses, agency.channels) == ({}, [])


@pytest.mark.parametrize(
    "addresses",
    [["kars"], {"file_drop": "../etc"}, {"pigeon": "kars"}, {"email": "a@b.example"}, {"inbox": "x"}],
)
def test_an_address_that_can_not_be_is_refused_wherever_it_is_written(addresses: object) -> None:
    agency = AgencyFactory.build(addresses=addresses)

    with pytest.raises(ValidationError) as refused:
        agency.clean_fields(exclude=["path"])

    assert list(refused.value.message_dict) == ["addresses"]


def test_a_letter_lies_in_the_folder_and_the_unit_is_reached(agency: Agency, file_drop: Path) -> None:
    dispatched_to(agency)

    assert send_due() == 1

    notice, delivery = Notice.objects.get(), Delivery.objects.get()
    assert (notice.channel, notice.address, notice.state) == ("file_drop", "kars", NoticeState.SENT)
    assert notice.message_id in (file_drop / f"{notice.pk}.txt").read_text()
    assert delivery.stage == Stage.REACHED
    assert delivery.notified_at == delivery.reached_at == notice.sent_at
    events = list(delivery.events.all())
    assert [each.proof for each in milestones(delivery, events)[:2]] == ["File drop · kars"] * 2
    assert "Put into the folder" in [each.text for each in shown(events)]
    assert not list(check_delivery(Delivery.objects.annotate(**MARKS).get(), timezone.now()))


def test_a_drive_that_is_away_is_tried_again(agency: Agency, settings: Settings) -> None:
    settings.FILE_DROP = "/there/is/no/such/drive"
    dispatched_to(agency)

    send_due()

    notice = Notice.objects.get()
    assert (notice.state, notice.attempts) == (NoticeState.WAITING, 1)
    assert notice.next_attempt_at > timezone.now()


def test_a_folder_that_is_not_there_lets_the_next_channel_take_over(
    agency: Agency, file_drop: Path, postbox: Postbox
) -> None:
    file_drop.rmdir()
    dispatched_to(agency)

    while send_due():
        pass

    first, second = Notice.objects.order_by("pk")
    assert (first.state, second.channel) == (NoticeState.FAILED, Channel.EMAIL)
    assert postbox.to(agency.email)


def test_the_product_without_the_drive_does_not_choose_it(agency: Agency, settings: Settings) -> None:
    settings.FILE_DROP = ""

    dispatched_to(agency)

    assert Notice.objects.get().channel == Channel.EMAIL


def test_the_preflight_tells_who_finds_it_there_and_who_can_not(
    agency: Agency, signed_in: SignIn, settings: Settings
) -> None:
    circular = draft_to(agency)
    page = reverse("dispatch", args=[circular.public_id])
    client = signed_in(sender_of(circular.issuer))
    assert "1 recipients find it in their folder." in client.get(page).content.decode()

    settings.FILE_DROP = ""
    Agency.objects.filter(pk=agency.pk).update(email="")

    with override("en"):
        found = preflight(circular=circular, at=timezone.now())
    assert [each.agencies for each in found.closed_channels] == [[agency]]
    assert "File drop" in found.closed_channels[0].words
    assert not found.without_address
    assert "File drop" in client.get(page).content.decode()


def test_returned_mail_is_matched_as_the_channel_says(agency: Agency) -> None:
    dispatched_to(agency)
    send_due()
    notice = Notice.objects.get()

    other = read_returned_mail(raw=reports.dsn(notice.message_id, "van@folders"), at=timezone.now())
    own = read_returned_mail(raw=reports.dsn(notice.message_id, "kars@folders"), at=timezone.now())

    assert (other.notice, own.notice) == (None, notice)
    assert Delivery.objects.get().events.filter(kind=EventKind.BOUNCED).exists()
    assert Notice.objects.get(replaces=notice).channel == Channel.EMAIL


def test_its_name_stands_on_the_pages(agency: Agency, signed_in: SignIn) -> None:
    circular = dispatched_to(agency)
    send_due()

    page = reverse("recipient", args=[circular.public_id, Delivery.objects.get().public_id])

    assert "File drop · kars" in signed_in(sender_of(circular.issuer)).get(page).content.decode()
    assert (
        "File drop" in signed_in(manager_of(agency)).get(reverse("agency", args=[agency.pk])).content.decode()
    )


def test_a_channel_that_is_no_more_leaves_its_rows_readable(agency: Agency, signed_in: SignIn) -> None:
    circular = dispatched_to(agency)
    send_due()
    del REGISTRY[FileDropChannel.code]

    page = reverse("recipient", args=[circular.public_id, Delivery.objects.get().public_id])

    assert "file_drop · kars" in signed_in(sender_of(circular.issuer)).get(page).content.decode()
    assert [each.channel for each in Agency.objects.get(pk=agency.pk).open_channels()] == [Channel.EMAIL]
