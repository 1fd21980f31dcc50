"""The mail of a draft as a recipient will get it, and a trial of it to oneself."""

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import User
from circulars.models import Circular
from distribution.models import Delivery, Notice
from tests.conftest import SignIn
from tests.factories import AgencyFactory, draft_to, sender_of
from tests.smtp import Postbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Circular:
    return draft_to(
        AgencyFactory(name="Şeker Bakanlığı", email="evrak@seker.example"),
        AgencyFactory(name="İplik Bakanlığı", email=""),
    )


@pytest.fixture
def person(draft: Circular) -> User:
    person = sender_of(draft.issuer)
    person.email = "yazan@kurum.example"
    person.save()
    return person


@pytest.fixture
def writer(person: User, english: Client, signed_in: SignIn) -> Client:
    return signed_in(person)


def address(draft: Circular) -> str:
    return reverse("preview_mail", args=[draft.public_id])


def test_the_mail_is_shown_as_each_recipient_gets_it(writer: Client, draft: Circular) -> None:
    first = writer.get(address(draft)).content.decode()
    second = draft.lines.get(position=1).agency
    other = writer.get(address(draft), {"unit": second.pk}).content.decode()

    for text in (draft.subject, draft.number, "Şeker Bakanlığı", "evrak@seker.example"):
        assert text in first
    assert "This recipient has no e-mail address." in other
    assert not Delivery.objects.exists()
    assert not Notice.objects.exists()


def test_a_trial_goes_to_oneself_only_and_is_marked(
    writer: Client, draft: Circular, postbox: Postbox
) -> None:
    answer = writer.post(address(draft), follow=True)

    assert "The trial mail was sent to yazan@kurum.example." in answer.content.decode()
    (mail,) = postbox.mails
    assert mail["To"] == "yazan@kurum.example"
    assert mail["Subject"].strip().startswith("[DENEME] ")
    assert draft.subject in mail["Subject"]
    assert not Notice.objects.exists()


def test_a_relay_that_refuses_and_a_missing_address_are_said(
    writer: Client, draft: Circular, postbox: Postbox, person: User
) -> None:
    postbox.answer = "550 5.7.1 Relaying denied"
    assert (
        "The mail server did not take the mail: " in writer.post(address(draft), follow=True).content.decode()
    )

    person.email = ""
    person.save()
    assert "You have no e-mail address." in writer.post(address(draft), follow=True).content.decode()


def test_a_stranger_gets_404(draft: Circular, signed_in: SignIn) -> None:
    client = signed_in(sender_of(AgencyFactory()))

    assert client.get(address(draft)).status_code == 404
    assert client.post(address(draft)).status_code == 404


def test_a_draft_without_recipients_leads_back_to_what_is_missing(writer: Client, draft: Circular) -> None:
    draft.lines.all().delete()

    answer = writer.get(address(draft), follow=True)

    assert answer.redirect_chain[-1][0] == reverse("dispatch", args=[draft.public_id])


def test_the_page_before_dispatch_says_by_which_channel_each_gets_it(writer: Client, draft: Circular) -> None:
    page = " ".join(writer.get(reverse("dispatch", args=[draft.public_id])).content.decode().split())

    assert "E-mail: <strong>1</strong> · No notice, only their inbox here: <strong>1</strong>" in page
