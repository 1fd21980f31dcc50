"""Settling a returned mail: once, by whoever may, and a presumption stays one until a person confirms it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from distribution.feedback.returned_mail import PRESUMED_WITHIN, read_returned_mail
from distribution.feedback.settle_mail import settle_mail
from distribution.models import Channel, Notice, NoticeKind, NoticeState, ReturnedMail, Settlement
from distribution.models.notices.notice_details import ReminderDetails
from distribution.outbox.write import post, to_unit
from distribution.visibility import mails_to_settle
from tests.conftest import SignIn
from tests.distribution import reports
from tests.factories import AgencyFactory, UserFactory, claimed, dispatched_to, left, sender_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Agency:
    return AgencyFactory()


def digest_to(unit: Agency, **fields: object) -> Notice:
    return Notice.objects.create(
        kind=NoticeKind.DIGEST,
        agency=unit,
        channel=Channel.EMAIL,
        address=unit.email,
        message_id="<ozet@localhost>",
        next_attempt_at=timezone.now(),
        **fields,
    )


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


def test_a_mail_about_a_digest_whose_letters_went_on_is_settled_by_an_administrator(issuer: Agency) -> None:
    unit = AgencyFactory(email="birim@kurum.example")
    dispatched_to(unit, issuer=issuer)
    digest = digest_to(unit, state=NoticeState.FAILED)

    mail = read_returned_mail(raw=reports.person(unit.email, digest.message_id), at=timezone.now())

    assert mails_to_settle(sender_of(issuer)).count() == 0
    assert mails_to_settle(UserFactory(is_superuser=True)).get() == mail


def test_nothing_is_presumed_if_two_issuers_wrote_to_the_address(issuer: Agency) -> None:
    unit = AgencyFactory(email="birim@kurum.example")
    for each in (issuer, AgencyFactory()):
        dispatched_to(unit, issuer=each)
        left(claimed(), at=timezone.now() - timedelta(hours=1))

    assert read_returned_mail(raw=reports.person(unit.email), at=timezone.now()).presumed is None


def test_nothing_is_presumed_if_the_issuer_sent_two_letters_to_the_address(issuer: Agency) -> None:
    unit = AgencyFactory(email="birim@kurum.example")
    for _each in range(2):
        dispatched_to(unit, issuer=issuer)
        left(claimed(), at=timezone.now() - timedelta(hours=1))

    assert read_returned_mail(raw=reports.person(unit.email), at=timezone.now()).presumed is None


def test_two_notices_of_one_letter_are_no_doubt(issuer: Agency) -> None:
    unit = AgencyFactory(email="birim@kurum.example")
    dispatched_to(unit, issuer=issuer)
    left(claimed(), at=timezone.now() - timedelta(hours=2))
    first = Notice.objects.get()
    assert first.delivery is not None
    details = ReminderDetails(by_hand=True, by="Ada")
    post(
        [
            to_unit(
                unit,
                delivery=first.delivery,
                kind=NoticeKind.REMINDER,
                at=first.next_attempt_at,
                details=details,
            )
        ]
    )
    reminder = claimed()
    left(reminder, at=timezone.now() - timedelta(hours=1))

    assert read_returned_mail(raw=reports.person(unit.email), at=timezone.now()).presumed == reminder


def in_a_digest(unit: Agency, *issuers: Agency) -> Notice:
    """A digest that left an hour ago, with a letter of each issuer."""
    for issuer in issuers:
        dispatched_to(unit, issuer=issuer)
    digest = digest_to(
        unit, state=NoticeState.SENT, sent_at=timezone.now() - timedelta(hours=1), recorded_at=timezone.now()
    )
    Notice.objects.exclude(pk=digest.pk).filter(state=NoticeState.WAITING).update(
        bundle=digest, state=NoticeState.SENT, recorded_at=timezone.now()
    )
    return digest


def test_letters_in_a_digest_are_candidates_too(issuer: Agency) -> None:
    unit = AgencyFactory(email="birim@kurum.example")
    dispatched_to(unit, issuer=issuer)
    left(claimed(), at=timezone.now() - timedelta(hours=2))
    in_a_digest(unit, AgencyFactory())

    assert read_returned_mail(raw=reports.person(unit.email), at=timezone.now()).presumed is None


def test_a_digest_is_presumed_only_if_one_issuer_wrote_all_of_it(issuer: Agency) -> None:
    one, several = AgencyFactory(email="bir@kurum.example"), AgencyFactory(email="iki@kurum.example")
    digest = in_a_digest(one, issuer, issuer)
    mail = read_returned_mail(raw=reports.person(one.email), at=timezone.now())
    assert (mail.notice, mail.presumed) == (None, digest)
    Notice.objects.filter(pk=digest.pk).update(message_id="<eski@localhost>")

    in_a_digest(several, issuer, AgencyFactory())

    assert read_returned_mail(raw=reports.person(several.email), at=timezone.now()).presumed is None


def test_of_two_ids_the_enclosed_mail_is_presumed_and_two_enclosed_ones_are_not(issuer: Agency) -> None:
    for each in (AgencyFactory(), issuer):
        dispatched_to(AgencyFactory(), issuer=each)
        left(claimed())
    older, newer = Notice.objects.order_by("pk")
    stranger = "biri@baska.example"
    report = reports.dsn(newer.message_id, stranger, extra=f"References: {older.message_id}\n")
    assert report.count(older.message_id.encode()) == 1

    mail = read_returned_mail(raw=report, at=timezone.now())
    assert (mail.notice, mail.presumed) == (None, newer)

    both = report.replace(
        b"--B1--",
        f"--B1\r\nContent-Type: message/rfc822\r\n\r\nTo: {stranger}\r\n"
        f"Message-ID: {older.message_id}\r\n\r\n--B1--".encode(),
    )
    mail = read_returned_mail(raw=both, at=timezone.now())
    assert (mail.notice, mail.presumed) == (None, None)


def test_nothing_is_presumed_of_a_notice_of_long_ago_or_of_one_sent_later(issuer: Agency) -> None:
    unit = AgencyFactory(email="birim@kurum.example")
    dispatched_to(unit, issuer=issuer)
    left(claimed(), at=timezone.now() - PRESUMED_WITHIN - timedelta(days=1))
    assert read_returned_mail(raw=reports.person(unit.email), at=timezone.now()).presumed is None

    dispatched_to(unit, issuer=issuer)
    left(claimed(), at=timezone.now() - timedelta(hours=1))
    before = timezone.now() - timedelta(hours=2)
    later = reports.person(unit.email).replace(b"Re: ", b"Ynt: ")
    assert read_returned_mail(raw=later, at=before).presumed is None


def test_a_missing_file_is_said_and_nothing_is_settled(signed_in: SignIn, issuer: Agency) -> None:
    dispatched_to(AgencyFactory(), issuer=issuer)
    notice = claimed()
    left(notice)
    mail = read_returned_mail(raw=reports.person(notice.address, notice.message_id), at=timezone.now())
    mail.file.storage.delete(str(mail.file.name))
    client = signed_in(sender_of(issuer))

    page = client.post(reverse("settle_mail", args=[mail.pk]), {"settled_as": "answer"}, follow=True)

    assert "Yöneticiye bildiriniz" in page.content.decode()
    assert client.get(reverse("returned_mail_file", args=[mail.pk])).status_code == 404
    mail.refresh_from_db()
    assert mail.settled_as == ""
