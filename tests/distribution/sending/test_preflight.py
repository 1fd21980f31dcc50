"""Warnings before a dispatch."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.lines.distribution_list import replace_lines
from circulars.models import Attachment, Circular, Purpose, Urgency
from circulars.services.plans import PlannedLine, save_plan
from distribution.models import Delivery
from distribution.services.follow_up.correct import begin_correction, choose_touched
from distribution.services.sending.dispatch import NotReady, dispatch
from tests.conftest import SignIn
from tests.factories import (
    MOMENT,
    AgencyFactory,
    CircularFactory,
    LineFactory,
    UserFactory,
    dispatched_to,
    draft_to,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(english: Client, signed_in: SignIn) -> Callable[[Circular], str]:
    """The preflight page of a draft in English, as seen by a sender of its issuer."""

    def text(circular: Circular) -> str:
        signed_in(sender_of(circular.issuer))
        page = english.get(reverse("dispatch", args=[circular.public_id])).content.decode()
        return " ".join(page.split())

    return text


Look = Callable[[Circular], str]


WITHIN = "Bilgilerin 5 (beş) iş günü içinde gönderilmesini rica ederim."


@pytest.mark.parametrize(
    ("told", "letter"),
    [
        (True, {}),
        (False, {"urgency": Urgency.URGENT}),
        (False, {"urgency": Urgency.TIMED, "due_at": MOMENT + timedelta(days=9000)}),
    ],
)
def test_a_time_limit_in_the_text_of_a_letter_without_a_due_time_is_told(
    look: Look, told: bool, letter: dict[str, Any]
) -> None:
    text = look(draft_to(AgencyFactory(), body=WITHIN, **letter))
    assert ("The text says “5 (beş) iş günü içinde”" in text) == told


def test_a_unit_that_nobody_reads_for_is_told_of_first(look: Look) -> None:
    both = AgencyFactory(name="Sessiz Kaymakamlığı", email="", kep_address="")
    assert "Nobody can read the letter at 1 unit" in look(draft_to(both, AgencyFactory()))
    recipient_of(both)
    assert "Nobody can read the letter" not in look(draft_to(both, AgencyFactory()))


def test_a_unit_named_by_two_lines_is_reported_with_the_lines_and_the_one_that_counts(look: Look) -> None:
    agency = AgencyFactory(name="İplik Bakanlığı")
    circular = CircularFactory()
    LineFactory(
        circular=circular, position=0, purpose=Purpose.INFORMATION, agency=agency, text="Bilgi İçin İpliğe"
    )
    LineFactory(
        circular=circular, position=1, purpose=Purpose.ACTION, agency=agency, text="İplik Bakanlığına"
    )
    text = look(circular)
    assert "“İplik Bakanlığına” (For action (Gereği)), “Bilgi İçin İpliğe” (For information (Bilgi)):" in text
    assert (
        "1 unit is named by each of these lines. It receives the letter once, for “İplik Bakanlığına”" in text
    )
    assert "Send to 1 recipient" in text


def test_units_repeated_by_the_same_lines_are_reported_together(
    look: Look, directory: Callable[[str], Agency]
) -> None:
    circular = CircularFactory(issuer=directory("ministry-calisma"))
    replace_lines(
        circular,
        action=["81 İl Valiliklerine", "Valiliklere"],
        information=["Adana Valiliğine"],
        on=date(2026, 3, 2),
    )
    text = look(circular)
    assert text.count("named by each of these lines") == 2
    assert "80 units are named by each of these lines" in text
    assert "Send to 81 recipients" in text


class TestThePreviousLetterUnderTheSameFilePlanCode:
    def test_is_compared_and_who_is_dropped_is_named(self, look: Look) -> None:
        issuer = AgencyFactory()
        both, dropped = AgencyFactory(name="Kalan Birim"), AgencyFactory(name="Unutulan Birim")
        closed = AgencyFactory(name="Kapanan Birim")
        previous = dispatched_to(
            both, dropped, closed, issuer=issuer, number="E-12345678-010.06.02-17", subject="Önceki"
        )
        Agency.objects.filter(pk=closed.pk).update(active_to=date(2026, 3, 3))
        text = look(draft_to(both, issuer=issuer, number="E-12345678-010.06.02-18"))
        assert (
            "1 unit that got the previous letter under this file plan code (E-12345678-010.06.02-17)" in text
        )
        assert "Unutulan Birim" in text
        assert "Kapanan Birim" not in text
        assert reverse("letter", args=[previous.public_id]) in text

    def test_is_the_last_one(self, look: Look) -> None:
        issuer, first, second = AgencyFactory(), AgencyFactory(name="Eski Birim"), AgencyFactory()
        dispatched_to(first, issuer=issuer, number="E-12345678-010.06-1")
        dispatched_to(second, issuer=issuer, number="E-12345678-010.06-2", at=MOMENT + timedelta(days=1))
        assert "Eski Birim" not in look(draft_to(second, issuer=issuer, number="E-12345678-010.06-3"))

    def test_of_another_issuer_or_code_does_not_count(self, look: Look) -> None:
        issuer, gone = AgencyFactory(), AgencyFactory(name="Unutulan Birim")
        dispatched_to(gone, issuer=AgencyFactory(), number="E-12345678-010.06-1")
        dispatched_to(gone, issuer=issuer, number="E-12345678-010.06.02-1")
        dispatched_to(gone, issuer=issuer, number="2026/7")
        for number in ("E-12345678-010.06-2", "2026/8"):
            assert "Unutulan Birim" not in look(draft_to(AgencyFactory(), issuer=issuer, number=number))


def test_a_letter_whose_due_time_has_passed_does_not_leave(look: Look) -> None:
    late = draft_to(AgencyFactory(), urgency=Urgency.TIMED, due_at=timezone.now() - timedelta(minutes=1))

    text = look(late)

    assert "That time has passed already." in text
    assert "Send to" not in text
    with pytest.raises(NotReady):
        dispatch(circular=late, by=late.recorded_by, at=timezone.now())
    assert not Delivery.objects.exists()
    in_time = draft_to(AgencyFactory(), urgency=Urgency.TIMED, due_at=timezone.now() + timedelta(hours=1))
    assert "Send to 1 recipient" in look(in_time)


def test_an_overdue_letter_can_still_be_corrected() -> None:
    agency = AgencyFactory()
    sent = timezone.now() - timedelta(days=9)
    circular = dispatched_to(agency, at=sent, urgency=Urgency.TIMED, due_at=sent + timedelta(days=2))
    draft = begin_correction(circular=circular, by=circular.recorded_by, at=timezone.now())
    choose_touched(correction=draft, note="Tarih düzeltildi", agencies=[agency])

    revision = dispatch(circular=draft, by=draft.recorded_by, at=timezone.now()).circular

    assert revision.due_at == circular.due_at


def test_a_date_in_the_future_is_reported(look: Look) -> None:
    ahead = timezone.localdate() + timedelta(days=1)

    assert "which is still to come" in look(draft_to(AgencyFactory(), date=ahead))
    assert "which is still to come" not in look(draft_to(AgencyFactory(), date=timezone.localdate()))


def test_attachments_too_large_for_mail_are_reported_with_what_happens_instead(look: Look) -> None:
    circular = draft_to(AgencyFactory())
    Attachment.objects.create(circular=circular, title="A", file="a.pdf", size=12 * 1024**2)
    assert "They aren't mailed" not in look(circular)
    Attachment.objects.create(circular=circular, title="B", file="b.pdf", size=12 * 1024**2)
    text = look(circular)
    assert "24.0" in text
    assert "They aren't mailed: the notice carries only the link" in text


def test_a_recipient_with_only_a_kep_address_is_reported_separately(look: Look) -> None:
    neither = AgencyFactory(name="Adressiz Birim", email="")
    only_kep = AgencyFactory(name="Kepli Birim", email="", kep_address="birim@hs01.kep.example")
    text = look(draft_to(neither, only_kep, AgencyFactory()))
    assert "1 recipient has neither an e-mail nor a KEP address" in text
    assert "1 recipient has a KEP address but no e-mail address" in text


def test_with_a_kep_account_such_a_recipient_is_notified_by_kep(look: Look, kep_account: None) -> None:
    text = look(draft_to(AgencyFactory(email="", kep_address="birim@hs01.kep.example"), AgencyFactory()))
    assert "1 recipient is told by KEP" in text
    assert "no KEP account" not in text


def test_a_recipient_whose_first_channel_is_kep_is_notified_by_kep(look: Look, kep_account: None) -> None:
    agency = AgencyFactory(kep_address="birim@hs01.kep.example", channels=["kep", "email"])
    assert "1 recipient is told by KEP" in look(draft_to(agency))


def test_a_plan_with_a_newer_version_is_reported_once(look: Look) -> None:
    issuer = AgencyFactory()
    lines = [PlannedLine(Purpose.ACTION, "Birime", agency=AgencyFactory())]
    version = save_plan(name="A Planı", lines=lines, owner=issuer, by=UserFactory(), at=MOMENT)
    circular = draft_to(AgencyFactory(), issuer=issuer)
    for position in (1, 2):
        LineFactory(circular=circular, position=position, plan_version=version)
    assert "by now" not in look(circular)
    more = [*lines, PlannedLine(Purpose.ACTION, "Ötekine", agency=AgencyFactory())]
    save_plan(name="A Planı", lines=more, plan=version.plan, by=UserFactory(), at=MOMENT)
    text = look(circular)
    assert text.count("The letter uses version 1 of the plan “A Planı”. The plan has version 2 by now.") == 1


def test_a_number_that_differs_from_the_directory_is_reported(
    look: Look, directory: Callable[[str], Agency]
) -> None:
    circular = CircularFactory(issuer=directory("ministry-calisma"))
    replace_lines(circular, action=["80 İl Valiliğine"], information=[], on=date(2026, 3, 2))
    assert "“80 İl Valiliğine” says 80, the directory has 81." in look(circular)


def test_an_unknown_line_comes_with_its_reason(look: Look, directory: Callable[[str], Agency]) -> None:
    circular = CircularFactory(issuer=directory("ministry-calisma"))
    replace_lines(circular, action=["39 İlçe Milli Eğitim Müdürlüğüne"], information=[], on=date(2026, 3, 2))
    assert "It names a class of units for which the directory has no group." in look(circular)
