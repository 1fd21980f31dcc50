"""A letter withdrawn for its wrong file: the right one is recorded under the same number and replaces it."""

from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Role
from circulars.models import Circular, Status
from distribution.models import ChangeKind, CircularChange, Delivery, Notice
from distribution.outbox.messages import compose
from distribution.services.follow_up.correct import begin_correction, choose_touched
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.consistency import findings
from tests.factories import (
    AgencyFactory,
    LineFactory,
    MembershipFactory,
    dispatched_to,
    recipient_of,
    sender_of,
    settle_doubts,
)

pytestmark = pytest.mark.django_db

NUMBER = "E-12345678-010.06-417"
TEXT = f"""T.C.
ÖRNEK BAKANLIĞI

Sayı : {NUMBER}                                   {timezone.localdate():%d.%m.%Y}
Konu : Denetim

DAĞITIM YERLERİNE

Denetim yapılacaktır. Gereğini rica ederim.

Ad SOYAD
Bakan a.
"""


@pytest.fixture
def letter() -> Circular:
    return dispatched_to(AgencyFactory(), AgencyFactory(), number=NUMBER, date=timezone.localdate())


@pytest.fixture
def as_sender(letter: Circular, english: Client, signed_in: SignIn) -> Client:
    return signed_in(sender_of(letter.issuer))


@pytest.fixture
def withdrawn(letter: Circular) -> Circular:
    taken_back(letter)
    return letter


def taken_back(letter: Circular) -> None:
    withdraw(circular=letter, reason="Yanlış dosya", by=sender_of(letter.issuer), at=timezone.now())
    letter.refresh_from_db()


def page(letter: Circular, name: str = "record_replacement") -> str:
    return reverse(name, args=[letter.public_id])


def recorded(as_sender: Client, letter: Circular) -> Circular:
    response = as_sender.post(page(letter), {"text": TEXT})
    assert response.status_code == 302, response.content.decode()
    return Circular.objects.get(status=Status.DRAFT)


def sent(draft: Circular) -> Circular:
    draft.date = timezone.localdate()
    draft.save()
    draft.lines.all().delete()
    for position, copy in enumerate(Delivery.objects.filter(circular__revision_number=1)):
        LineFactory(circular=draft, position=position, agency=copy.agency)
    dispatch(circular=settle_doubts(draft), by=draft.recorded_by, at=timezone.now())
    draft.refresh_from_db()
    return draft


def test_the_withdrawn_letter_offers_to_record_the_right_one(as_sender: Client, withdrawn: Circular) -> None:
    shown = as_sender.get(page(withdrawn, "letter")).content.decode()

    assert page(withdrawn) in shown
    assert NUMBER in as_sender.get(page(withdrawn)).content.decode()


def test_the_right_letter_has_the_same_number_and_replaces_the_wrong_one_when_it_is_sent(
    as_sender: Client, withdrawn: Circular
) -> None:
    draft = recorded(as_sender, withdrawn)
    assert (draft.number, draft.replaces) == (NUMBER, withdrawn)
    withdrawn.refresh_from_db()
    assert withdrawn.superseded_by is None

    right = sent(draft)

    withdrawn.refresh_from_db()
    assert withdrawn.superseded_by == right
    assert CircularChange.objects.filter(circular=withdrawn, kind=ChangeKind.REPLACED).count() == 1
    assert Delivery.objects.filter(circular=right).outstanding().count() == 2
    assert findings() == []


def saved(client: Client, draft: Circular, **changed: object) -> HttpResponse:
    """Save the draft's form as the browser sends it, with these values changed."""
    form = client.get(page(draft, "review")).context["form"]
    values = {bound.html_name: bound.value() for bound in form if bound.value() not in (None, "")}
    if isinstance(day := values.get("date"), date):
        values["date"] = f"{day:%d.%m.%Y}"
    return client.post(page(draft, "review"), values | changed)


def test_recording_it_by_the_ordinary_way_offers_to_say_so(as_sender: Client, withdrawn: Circular) -> None:
    shown = as_sender.post(reverse("record"), {"text": TEXT}, follow=True).content.decode()
    draft = Circular.objects.get(status=Status.DRAFT)
    assert "A letter with this number was withdrawn" in shown
    assert draft.replaces is None

    saved(as_sender, draft, replaces=withdrawn.pk)
    draft.refresh_from_db()
    assert draft.replaces == withdrawn

    saved(as_sender, draft, replaces="")
    draft.refresh_from_db()
    assert draft.replaces is None


def test_the_letter_of_another_year_with_the_same_number_is_not_in_its_place(
    as_sender: Client, withdrawn: Circular
) -> None:
    Circular.objects.filter(pk=withdrawn.pk).update(date=date(2024, 6, 1))
    as_sender.post(reverse("record"), {"text": TEXT})

    right = sent(Circular.objects.get(status=Status.DRAFT))

    withdrawn.refresh_from_db()
    assert (withdrawn.superseded_by, right.in_place_of) == (None, None)


def test_a_number_that_is_typed_only_on_the_form_is_offered_as_well(
    as_sender: Client, withdrawn: Circular
) -> None:
    as_sender.post(reverse("record"), {"text": TEXT.replace(NUMBER, "E-12345678-010.06-1")})
    draft = Circular.objects.get(status=Status.DRAFT)
    assert "replaces" not in as_sender.get(page(draft, "review")).context["form"].fields

    saved(as_sender, draft, number=NUMBER)

    assert "replaces" in as_sender.get(page(draft, "review")).context["form"].fields


def test_a_draft_of_another_issuer_replaces_nothing(as_sender: Client, withdrawn: Circular) -> None:
    draft = recorded(as_sender, withdrawn)
    other = MembershipFactory(user=draft.recorded_by, role=Role.SENDER, agency=AgencyFactory()).agency

    refused = saved(as_sender, draft, issuer=other.pk, replaces=withdrawn.pk)
    assert "replaces" in refused.context["form"].errors

    Circular.objects.filter(pk=draft.pk).update(issuer=other)
    draft.refresh_from_db()
    right = sent(draft)
    withdrawn.refresh_from_db()
    assert (withdrawn.superseded_by, right.in_place_of) == (None, None)


def corrected(letter: Circular, *touched: Agency) -> Circular:
    by = sender_of(letter.issuer)
    draft = begin_correction(circular=letter, by=by, at=timezone.now())
    choose_touched(correction=draft, note="Ek değişti", agencies=touched)
    dispatch(circular=draft, by=by, at=timezone.now())
    draft.refresh_from_db()
    return draft


@pytest.mark.parametrize("first_withdrawn", ["letter", "correction"])
def test_the_number_is_free_once_no_revision_is_in_force(
    as_sender: Client, letter: Circular, first_withdrawn: str
) -> None:
    agency = Delivery.objects.order_by("pk")[0].agency
    revisions = {"letter": letter, "correction": corrected(letter, agency)}
    first = revisions.pop(first_withdrawn)
    (second,) = revisions.values()

    taken_back(first)
    shown = as_sender.get(page(first, "letter")).content.decode()
    assert "Another revision of this letter is still in force" in shown
    assert as_sender.get(page(first)).headers["Location"] == page(first, "letter")
    assert "already recorded" in as_sender.post(reverse("record"), {"text": TEXT}).content.decode()

    second.refresh_from_db()
    taken_back(second)
    as_sender.post(reverse("record"), {"text": TEXT})
    assert Circular.objects.filter(status=Status.DRAFT, number=NUMBER).count() == 1
    assert findings() == []


def test_the_migration_frees_and_takes_numbers_by_the_same_rule(letter: Circular) -> None:
    migration = import_module("distribution.migrations.0017_numbers_in_use")

    def in_use_after_it() -> set[Circular]:
        with connection.cursor() as cursor:
            cursor.execute(migration.FREE)
            cursor.execute(migration.TAKE_AGAIN)
        return set(Circular.objects.filter(number_in_use=True))

    first, second = (copy.agency for copy in letter.deliveries.all())
    correction = corrected(letter, first)
    taken_back(correction)
    for before in (True, False):
        Circular.objects.update(number_in_use=before)
        assert in_use_after_it() == {letter, correction}

    Circular.objects.update(number_in_use=False)
    newer = dispatched_to(second, issuer=letter.issuer, number=NUMBER, date=letter.date)
    assert in_use_after_it() == {newer}
    Circular.objects.filter(pk=newer.pk).update(number="E-1")
    taken_back(letter)
    Circular.objects.update(number_in_use=True)
    assert in_use_after_it() == {newer}


def test_whoever_had_confirmed_is_told_and_confirms_the_right_one(
    as_sender: Client, letter: Circular, signed_in: SignIn
) -> None:
    confirmed = Delivery.objects.order_by("pk")[0]
    acknowledge(
        delivery=confirmed.public_id,
        by=recipient_of(confirmed.agency),
        at=timezone.now() - timedelta(hours=1),
    )
    taken_back(letter)
    right = sent(recorded(as_sender, letter))

    theirs = Delivery.objects.get(circular=right, agency=confirmed.agency)
    shown = signed_in(recipient_of(confirmed.agency)).get(reverse("delivery", args=[theirs.public_id]))

    assert "in place of the letter withdrawn on" in shown.content.decode()
    assert "confirms this one too" in shown.content.decode()
    subject = compose(Notice.objects.get(delivery=theirs)).subject
    assert subject == f"GERİ ÇEKİLEN YAZININ YERİNE: {right.subject} ({NUMBER})"
    sent_page = signed_in(sender_of(letter.issuer)).get(page(right, "letter")).content.decode()
    assert page(letter, "letter") in sent_page
    confirmed.refresh_from_db()
    assert confirmed.acknowledged_at is not None
    assert theirs.acknowledged_at is None


def test_a_letter_withdrawn_after_a_correction_is_recorded_again(as_sender: Client, letter: Circular) -> None:
    correction = begin_correction(circular=letter, by=sender_of(letter.issuer), at=timezone.now())
    correction.change_note = "Ek değişti"
    correction.save()
    dispatch(circular=correction, by=sender_of(letter.issuer), at=timezone.now())
    correction.refresh_from_db()
    taken_back(correction)

    draft = recorded(as_sender, correction)

    assert draft.replaces == correction
    assert page(correction) in as_sender.get(page(correction, "letter")).content.decode()


def test_a_letter_whose_last_revision_was_withdrawn_is_named_when_its_number_comes_again(
    as_sender: Client, letter: Circular
) -> None:
    sender = sender_of(letter.issuer)
    correction = begin_correction(circular=letter, by=sender, at=timezone.now())
    touched = [copy.agency for copy in letter.deliveries.all()]
    choose_touched(correction=correction, note="Ek değişti", agencies=touched)
    dispatch(circular=correction, by=sender, at=timezone.now())
    taken_back(Circular.objects.get(pk=correction.pk))

    shown = as_sender.post(reverse("record"), {"text": TEXT}, follow=True).content.decode()

    assert "A letter with this number was withdrawn" in shown
    assert page(correction, "letter") in shown


def test_a_second_draft_in_its_place_is_not_begun(as_sender: Client, withdrawn: Circular) -> None:
    draft = recorded(as_sender, withdrawn)

    assert as_sender.get(page(withdrawn)).headers["Location"] == page(draft, "review")
    assert as_sender.post(page(withdrawn), {"text": TEXT}).headers["Location"] == page(draft, "review")
    assert Circular.objects.filter(status=Status.DRAFT).count() == 1


def test_a_letter_that_was_replaced_is_not_replaced_again(as_sender: Client, withdrawn: Circular) -> None:
    sent(recorded(as_sender, withdrawn))

    assert as_sender.get(page(withdrawn)).headers["Location"] == page(withdrawn, "letter")
    assert page(withdrawn) not in as_sender.get(page(withdrawn, "letter")).content.decode()


def test_a_living_letter_is_refused_still(as_sender: Client, letter: Circular) -> None:
    assert as_sender.get(page(letter)).status_code == 404
    response = as_sender.post(reverse("record"), {"text": TEXT})

    assert "already recorded" in response.content.decode()


def test_nobody_of_another_unit_records_it(withdrawn: Circular, signed_in: SignIn) -> None:
    stranger = signed_in(sender_of(AgencyFactory()))

    assert stranger.get(page(withdrawn)).status_code == 404
    assert stranger.post(page(withdrawn), {"text": TEXT}).status_code == 404


def test_the_same_wrong_file_is_warned_of(as_sender: Client, withdrawn: Circular, tmp_path: Path) -> None:
    file = tmp_path / "yazi.txt"
    file.write_text(TEXT)
    with file.open("rb") as upload:
        as_sender.post(page(withdrawn), {"file": upload})
    first = Circular.objects.get(status=Status.DRAFT)
    Circular.objects.filter(pk=withdrawn.pk).update(source_sha256=first.source_sha256)
    first.delete()

    with file.open("rb") as upload:
        response = as_sender.post(page(withdrawn), {"file": upload}, follow=True)

    assert "the file of the withdrawn letter" in response.content.decode()
