"""Settling a returned mail: once, by whoever may, and a presumption stays one until a person confirms it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from distribution.feedback.returned_mail import read_returned_mail
from distribution.feedback.settle_mail import settle_mail
from distribution.models import ReturnedMail, Settlement
from tests.conftest import SignIn
from tests.distribution import reports
from tests.factories import AgencyFactory, UserFactory, claimed, dispatched_to, left, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory()


def test_a_person_takes_a_mail_off_the_list_once() -> None:
    by = UserFactory(is_superuser=True)
    returned = read_returned_mail(raw=reports.person("biri@kurum.example"), at=timezone.now())

    assert settled(returned, by)
    assert not settled(returned, UserFactory(is_superuser=True))
    returned.refresh_from_db()
    assert returned.settled_by == by


def test_a_mail_that_changed_its_notice_is_not_settled_again(issuer: Agency) -> None:
    dispatched_to(AgencyFactory(), issuer=issuer)
    notice = claimed()
    left(notice)
    returned = read_returned_mail(raw=reports.dsn(notice.message_id, notice.address), at=timezone.now())

    assert not settled(returned, sender_of(issuer))


def settled(returned: ReturnedMail, by: User) -> ReturnedMail | None:
    return settle_mail(pk=returned.pk, settled_as=Settlement.NOTHING, by=by, at=timezone.now())


def test_an_administrator_who_sends_for_no_unit_settles_what_belongs_to_nobody(signed_in: SignIn) -> None:
    mail = read_returned_mail(raw=reports.person("biri@kurum.example"), at=timezone.now())
    client = signed_in(UserFactory(is_superuser=True))
    assert reverse("returned") in client.get(reverse("directory")).content.decode()

    page = client.get(reverse("returned")).content.decode()
    assert "biri@kurum.example" in page
    assert reverse("import_evidence") not in page
    client.post(reverse("settle_mail", args=[mail.pk]), {"settled_as": "nothing"})

    mail.refresh_from_db()
    assert mail.settled_as == Settlement.NOTHING


@pytest.mark.parametrize(("chosen", "sure"), [("nothing", False), ("answer", True)])
def test_a_presumption_becomes_a_fact_only_if_the_sender_says_so(
    signed_in: SignIn, issuer: Agency, chosen: str, sure: bool
) -> None:
    dispatched_to(AgencyFactory(email="birim@kurum.example"), issuer=issuer)
    notice = claimed()
    left(notice, at=timezone.now() - timedelta(hours=1))
    mail = read_returned_mail(raw=reports.person("birim@kurum.example"), at=timezone.now())
    assert (mail.notice, mail.presumed) == (None, notice)
    client = signed_in(sender_of(issuer))
    assert "tahmin" in client.get(reverse("returned")).content.decode()

    client.post(reverse("settle_mail", args=[mail.pk]), {"settled_as": chosen})

    mail.refresh_from_db()
    assert (mail.settled_as, mail.notice is not None) == (chosen, sure)
