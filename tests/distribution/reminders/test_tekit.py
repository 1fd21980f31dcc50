"""Drafting a tekit for the units of a sent letter that haven't confirmed or answered (Y 34, K 30)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from agencies.models import Agency, AgencyKind
from circulars.lines.distribution_list import expand
from circulars.models import Circular, Purpose, Urgency
from distribution.models import ChangeKind, CircularChange, Delivery
from distribution.reminders.tekit import NotDrafted, NoTekit, WhySkipped, draft_tekit, plan_tekit
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.sending.dispatch import dispatch
from tests.factories import MOMENT, AgencyFactory, dispatched_to, draft_to, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
Directory = Callable[[str], Agency]
LATER = MOMENT + timedelta(days=20)


def tekit_of(circular: Circular, **more: object) -> Circular:
    return draft_tekit(circular=circular, by=sender_of(circular.issuer), at=LATER, **more)  # type: ignore[arg-type]


def sent(draft: Circular, number: str, day: date, at: datetime) -> Circular:
    draft.number, draft.date = number, day
    draft.save()
    return dispatch(circular=draft, by=draft.recorded_by, at=at).circular


def test_the_draft_is_a_letter_of_the_same_issuer_without_number_and_date(directory: Directory) -> None:
    issuer = directory("calisma-uluslararasi-isgucu")
    first = dispatched_to(
        directory("valilik-06"),
        directory("valilik-34"),
        issuer=issuer,
        number="E-98167286-010.06.02-77",
        date=date(2026, 3, 2),
        urgency=Urgency.URGENT,
        subject="Çalışma İzinleri",
        signatory_titles="Bakan a.\nGenel Müdür",
    )

    draft = tekit_of(first)

    assert draft.is_draft
    assert (draft.issuer, draft.issuer_lines) == (issuer, first.issuer_lines)
    assert (draft.number, draft.date, draft.verification_code, draft.due_at) == ("", None, "", None)
    assert (draft.subject, draft.urgency) == ("Çalışma İzinleri (Tekit)", Urgency.URGENT)
    assert draft.addressee == "DAĞITIM YERLERİNE"
    assert (draft.signatory_name, draft.signatory_titles) == (first.signatory_name, first.signatory_titles)
    assert draft.reminds == first
    [reference] = draft.references.all()
    assert reference.text == "02.03.2026 tarihli ve E-98167286-010.06.02-77 sayılı yazımız."
    assert (reference.target, reference.number, reference.date) == (first, first.number, first.date)
    assert draft.body.startswith(
        "İlgi'de kayıtlı “Çalışma İzinleri” konulu yazımız ile gereğinin yapılması istenilmişti."
    )
    assert draft.body.endswith("rica ederim.")


def test_its_distribution_is_one_settled_line_for_each_unit_that_owes(directory: Directory) -> None:
    units = [directory("valilik-34"), directory("valilik-06"), directory("sosyal-guvenlik-kurumu")]
    informed = directory("calisma-hukuk")
    first = draft_to(*units, issuer=directory("calisma-uluslararasi-isgucu"))
    first.lines.create(position=9, purpose=Purpose.INFORMATION, text="Hukuk", agency=informed)
    dispatch(circular=first, by=first.recorded_by, at=MOMENT)
    answered = first.deliveries.get(agency=units[2])
    acknowledge(delivery=answered.public_id, by=recipient_of(units[2]), at=MOMENT)
    Delivery.objects.filter(pk=answered.pk).update(completed_at=MOMENT, disposition="done")

    draft = tekit_of(first)

    lines = [(line.purpose, line.text, line.agency) for line in draft.lines.order_by("position")]
    assert lines == [
        (Purpose.ACTION, "Ankara Valiliğine", units[1]),
        (Purpose.ACTION, "İstanbul Valiliğine", units[0]),
        (Purpose.INFORMATION, "Hukuk Hizmetleri Genel Müdürlüğüne", informed),
    ]
    assert not expand(draft, on=LATER.date()).unresolved
    assert draft.body.endswith("teyit edilmesini arz ve rica ederim.")


def test_what_was_confirmed_for_action_and_not_answered_still_owes() -> None:
    unit = AgencyFactory()
    first = dispatched_to(unit)
    acknowledge(delivery=first.deliveries.get().public_id, by=recipient_of(unit), at=MOMENT)

    assert [line.agency for line in tekit_of(first).lines.all()] == [unit]


@pytest.mark.parametrize(
    ("code", "addressee", "end"),
    [
        ("ministry-adalet", "ADALET BAKANLIĞINA", "bildirilmesini arz ederim."),
        ("valilik-31", "HATAY VALİLİĞİNE", "bildirilmesini rica ederim."),
        ("calisma-hukuk", "HUKUK HİZMETLERİ GENEL MÜDÜRLÜĞÜNE", "bildirilmesini arz ederim."),
    ],
)
def test_a_single_addressee_stands_in_capitals_with_the_closing_of_its_rank(
    directory: Directory, code: str, addressee: str, end: str
) -> None:
    first = dispatched_to(directory(code), issuer=directory("calisma-uluslararasi-isgucu"))

    draft = tekit_of(first)

    assert draft.addressee == addressee
    assert draft.body.endswith(end)


def test_a_central_unit_of_another_institution_stands_in_parentheses(directory: Directory) -> None:
    unit = AgencyFactory(
        name="Bilgi İşlem Genel Müdürlüğü",
        kind=AgencyKind.CENTRAL_UNIT,
        parent=directory("ministry-adalet"),
        addressable=False,
    )
    draft = tekit_of(dispatched_to(unit, issuer=directory("calisma-uluslararasi-isgucu")))

    assert draft.addressee == "ADALET BAKANLIĞINA (Bilgi İşlem Genel Müdürlüğü)"
    assert draft.lines.get().text == "Adalet Bakanlığına (Bilgi İşlem Genel Müdürlüğü)"


def test_nobody_who_ranks_above_the_issuer_is_on_it_and_it_is_said_who(directory: Directory) -> None:
    above = [directory("cumhurbaskanligi"), directory("ministry-calisma")]
    issuer = directory("calisma-uluslararasi-isgucu")
    first = dispatched_to(*above, directory("valilik-06"), issuer=issuer)

    plan = plan_tekit(circular=first, at=LATER)
    draft = tekit_of(first, deliveries=[delivery.public_id for delivery in first.deliveries.all()])

    assert [(each.unit, each.why) for each in plan.skipped] == [(unit, WhySkipped.SUPERIOR) for unit in above]
    assert [line.text for line in draft.lines.all()] == ["Ankara Valiliğine"]
    assert CircularChange.objects.get().data["superiors"] == [unit.name for unit in above]


def test_if_only_superiors_owe_nothing_is_drafted(directory: Directory) -> None:
    first = dispatched_to(directory("cumhurbaskanligi"), issuer=directory("valilik-06"))

    with pytest.raises(NotDrafted) as refused:
        tekit_of(first)

    assert refused.value.reason == NoTekit.ONLY_SUPERIORS
    assert not Circular.objects.filter(reminds=first).exists()
    assert not CircularChange.objects.exists()


def test_the_second_tekit_names_the_first_letter_and_the_first_tekit_oldest_first() -> None:
    first = dispatched_to(AgencyFactory(), number="E-12345678-010.06.02-1", date=date(2026, 3, 2))
    sent(tekit_of(first), "E-12345678-010.06.02-9", date(2026, 3, 23), at=LATER)

    second = tekit_of(first)

    assert second.subject == f"{first.subject} (2. Tekit)"
    assert second.reminds == first
    assert [reference.text for reference in second.references.all()] == [
        "a) 02.03.2026 tarihli ve E-12345678-010.06.02-1 sayılı yazımız.",
        "b) 23.03.2026 tarihli ve E-12345678-010.06.02-9 sayılı yazımız.",
    ]
    assert second.body.splitlines()[0] == (
        f"İlgi (a)'da kayıtlı “{first.subject}” konulu yazımız ile gereğinin yapılması istenilmiş, "
        "İlgi (b)'de kayıtlı yazımız ile de tekit edilmişti."
    )


def test_a_timed_letter_keeps_its_mark_and_asks_for_a_new_due_time() -> None:
    first = dispatched_to(
        AgencyFactory(), urgency=Urgency.TIMED, due_at=datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
    )

    draft = tekit_of(first)

    assert (draft.urgency, draft.due_at) == (Urgency.TIMED, None)
    assert "due_at" in draft.missing_fields()
    assert "en geç 09.03.2026 tarihine kadar gereğinin yapılması istenilmişti." in draft.body


def test_whose_time_has_not_passed_gets_a_tekit_only_if_ticked() -> None:
    first = dispatched_to(
        AgencyFactory(), AgencyFactory(), urgency=Urgency.TIMED, due_at=LATER + timedelta(days=1)
    )

    with pytest.raises(NotDrafted) as refused:
        tekit_of(first)
    ticked = first.deliveries.all()[0]

    assert refused.value.reason == NoTekit.NOBODY_CHOSEN
    assert tekit_of(first, deliveries=[ticked.public_id]).lines.get().agency == ticked.agency


def test_the_successor_of_a_closed_unit_gets_it_once() -> None:
    closed, successor = AgencyFactory(active_to=date(2026, 3, 5)), AgencyFactory()
    first = dispatched_to(closed, successor)
    Delivery.objects.filter(agency=closed).update(successor=successor)

    assert [line.agency for line in tekit_of(first).lines.all()] == [successor]


def test_a_closed_unit_without_successor_is_skipped_with_the_reason() -> None:
    first = dispatched_to(AgencyFactory(active_to=date(2026, 3, 5)), AgencyFactory())

    plan = plan_tekit(circular=first, at=LATER)

    assert [each.why for each in plan.skipped] == [WhySkipped.CLOSED]
    assert len(plan.owing) == 1


def test_withdrawn_replaced_and_unsent_letters_and_tekits_themselves_get_none() -> None:
    unit = AgencyFactory()
    withdrawn, replaced, first = dispatched_to(unit), dispatched_to(unit), dispatched_to(unit)
    Circular.objects.filter(pk=withdrawn.pk).update(
        withdrawn_at=MOMENT, withdrawn_by=withdrawn.recorded_by, withdrawal_reason="Yanlış dosya"
    )
    Circular.objects.filter(pk=replaced.pk).update(superseded_by=first)
    tekit = sent(tekit_of(first), "E-12345678-010.06.02-9", date(2026, 3, 23), at=LATER)

    reasons = []
    for letter in (withdrawn, replaced, draft_to(unit), tekit):
        with pytest.raises(NotDrafted) as refused:
            tekit_of(letter)
        reasons.append(refused.value.reason)

    assert reasons == [NoTekit.WITHDRAWN, NoTekit.REPLACED, NoTekit.DRAFT, NoTekit.TEKIT]


def test_while_a_draft_waits_no_second_one_is_made() -> None:
    first = dispatched_to(AgencyFactory())
    draft = tekit_of(first)

    with pytest.raises(NotDrafted) as refused:
        tekit_of(first)

    assert refused.value.waiting == draft
    assert first.tekits.count() == 1


def test_drafting_is_recorded_with_the_letter() -> None:
    first = dispatched_to(AgencyFactory())
    draft = tekit_of(first)

    change = CircularChange.objects.get(circular=first)
    assert change.kind == ChangeKind.TEKIT_DRAFTED
    assert change.data["tekit"] == str(draft.public_id)
    assert change.data["count"] == 1


def test_the_number_of_queries_does_not_grow_with_the_recipients() -> None:
    counts = []
    for size in (2, 40):
        first = dispatched_to(*AgencyFactory.create_batch(size), at=timezone.now())
        counts.append(query_count(tekit_of, first))
    assert counts[0] == counts[1]
