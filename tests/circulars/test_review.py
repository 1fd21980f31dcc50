"""Checking and correcting a draft, and deleting it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from agencies.models import Agency, AgencyKind
from circulars.models import Attachment, Circular, Purpose, Status
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.factories import (
    MOMENT,
    AgencyFactory,
    AgencyGroupFactory,
    CircularFactory,
    LineFactory,
    MembershipFactory,
    draft_to,
    manager_of,
    sender_of,
)
from tests.query_count import query_count


def page(circular: Circular) -> str:
    return reverse("review", args=[circular.public_id])


def fields(client: Client, circular: Circular, **changed: Any) -> dict[str, Any]:
    """The page's form data, with these fields changed."""
    form = client.get(page(circular)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values["date"] = circular.date.strftime("%d.%m.%Y") if circular.date else ""
    return {name: "" if value is None else value for name, value in values.items()} | changed


def errors(response: Any, field: str) -> str:
    return " ".join(response.context["form"].errors.get(field, []))


def texts(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def sent(circular: Circular) -> Circular:
    circular.lines.filter(agency=None).delete()
    return dispatch(circular=circular, by=circular.recorded_by, at=MOMENT).circular


def test_the_page_shows_every_field_and_changes_nothing(writer: Client, draft: Circular) -> None:
    before = Circular.objects.values().get()
    response = writer.get(page(draft))
    text = response.content.decode()
    for value in (draft.number, "02.03.2026", draft.subject, draft.signatory_name, "İplik Bakanlığı"):
        assert value in text
    assert Circular.objects.values().get() == before


def test_a_stranger_gets_404(draft: Circular, signed_in: SignIn) -> None:
    for stranger in (sender_of(AgencyFactory()), manager_of(draft.issuer)):
        client = signed_in(stranger)
        for name in ("review", "delete_draft"):
            address = reverse(name, args=[draft.public_id])
            assert client.get(address).status_code == 404
            assert client.post(address).status_code == 404
    draft.refresh_from_db()


def test_what_is_typed_is_saved(writer: Client, draft: Circular) -> None:
    data = fields(
        writer,
        draft,
        subject="Değişen Konu",
        date="17.03.2026",
        reference_lines="a) 01.02.2026 tarihli yazı.\n\nb) 02.02.2026 tarihli yazı.",
        attachment_lines="Kılavuz (2 Sayfa)",
        verification_code="aaaa1111-9edb-4078-ba31-3625c3aa1079",
    )
    response = writer.post(page(draft), data, follow=True)
    assert "saved" in texts(response)
    draft.refresh_from_db()
    assert draft.subject == "Değişen Konu"
    assert draft.date == date(2026, 3, 17)
    assert draft.verification_code == "AAAA1111-9EDB-4078-BA31-3625C3AA1079"
    assert [reference.text for reference in draft.references.all()] == [
        "a) 01.02.2026 tarihli yazı.",
        "b) 02.02.2026 tarihli yazı.",
    ]
    assert draft.attachments.get().title == "Kılavuz (2 Sayfa)"


def test_settled_lines_stay_settled_when_the_form_is_saved(writer: Client, draft: Circular) -> None:
    writer.post(page(draft), fields(writer, draft))
    lines = list(draft.lines.all())
    assert [line.is_resolved for line in lines] == [True, True, False]


def test_new_lines_are_resolved_as_they_are_saved(writer: Client, draft: Circular) -> None:
    wanted = AgencyFactory(name="Yağmur Bakanlığı")
    writer.post(page(draft), fields(writer, draft, action_lines="", information_lines="Yağmur Bakanlığına"))
    line = draft.lines.get()
    assert (line.agency, line.purpose) == (wanted, Purpose.INFORMATION)


def test_saving_may_redirect_to_the_check_before_dispatch(writer: Client, draft: Circular) -> None:
    response = writer.post(page(draft), fields(writer, draft, next="dispatch", subject="Yeni"))
    assert response["Location"] == reverse("dispatch", args=[draft.public_id])
    draft.refresh_from_db()
    assert draft.subject == "Yeni"


def test_settling_a_line_saves_what_is_typed_first(writer: Client, draft: Circular) -> None:
    line = draft.lines.get(agency=None)
    response = writer.post(page(draft), fields(writer, draft, settle=line.pk, subject="Yeni"))
    line = draft.lines.get(agency=None)
    assert response["Location"] == reverse("settle_line", args=[draft.public_id, line.pk])
    draft.refresh_from_db()
    assert draft.subject == "Yeni"


def test_an_urgent_letter_with_a_due_time_is_refused_at_the_field(writer: Client, draft: Circular) -> None:
    data = fields(writer, draft, urgency="ACELE", due_at="20.03.2026 17:00", subject="Yazdığım konu")
    response = writer.post(page(draft), data)
    assert "has no due time" in errors(response, "due_at")
    assert "Yazdığım konu" in response.content.decode()
    assert '<a href="#id_due_at">' in response.content.decode()
    assert 'value="2026-03-20"' in response.content.decode()
    assert 'value="17:00"' in response.content.decode()
    draft.refresh_from_db()
    assert draft.urgency == "" and draft.due_at is None


def test_a_due_date_without_a_time_means_the_end_of_the_day(writer: Client, draft: Circular) -> None:
    writer.post(page(draft), fields(writer, draft, urgency="GÜNLÜDÜR", due_at="20.03.2026"))
    draft.refresh_from_db()
    assert draft.due_at == datetime(2026, 3, 20, 20, 59, tzinfo=UTC)


def test_a_due_time_survives_opening_and_saving(writer: Client, draft: Circular) -> None:
    writer.post(page(draft), fields(writer, draft, urgency="GÜNLÜDÜR", due_at="20.03.2026 17:30"))
    text = writer.get(page(draft)).content.decode()
    assert 'value="2026-03-20"' in text
    assert 'value="17:30"' in text


def test_a_number_that_another_letter_has_is_linked(writer: Client, draft: Circular) -> None:
    other = CircularFactory(issuer=draft.issuer)
    response = writer.post(page(draft), fields(writer, draft, number=other.number))
    assert "already recorded" in errors(response, "number")
    assert reverse("letter", args=[other.public_id]) in errors(response, "number")
    assert "&lt;a" not in response.content.decode()


def test_a_verification_code_that_another_letter_has_is_linked(writer: Client, draft: Circular) -> None:
    other = CircularFactory(issuer=draft.issuer, verification_code="AAAA1111-9EDB-4078-BA31-3625C3AA1079")
    response = writer.post(
        page(draft), fields(writer, draft, verification_code=other.verification_code.lower())
    )
    assert "already recorded" in errors(response, "verification_code")
    assert str(other.public_id) in errors(response, "verification_code")


def test_a_draft_of_another_unit_does_not_block_its_code(writer: Client, draft: Circular) -> None:
    other = CircularFactory(verification_code="AAAA1111-9EDB-4078-BA31-3625C3AA1079")
    response = writer.post(page(draft), fields(writer, draft, verification_code=other.verification_code))
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.verification_code == other.verification_code


def test_the_number_of_an_earlier_year_is_free(writer: Client, draft: Circular) -> None:
    other = CircularFactory(issuer=draft.issuer, date=date(2020, 5, 4))
    response = writer.post(page(draft), fields(writer, draft, number=other.number))
    assert response.status_code == 302
    this_year = CircularFactory(issuer=draft.issuer)
    response = writer.post(page(draft), fields(writer, draft, number=this_year.number))
    assert "already recorded" in errors(response, "number")


def test_the_number_of_a_withdrawn_letter_is_free(writer: Client, draft: Circular) -> None:
    other = CircularFactory(issuer=draft.issuer, number_in_use=False)
    response = writer.post(page(draft), fields(writer, draft, number=other.number))
    assert response.status_code == 302


def test_the_issuer_may_only_be_a_unit_that_one_sends_for(writer: Client, draft: Circular) -> None:
    response = writer.post(page(draft), fields(writer, draft, issuer=AgencyFactory().pk))
    assert errors(response, "issuer")


def test_a_line_that_is_too_long_is_named(writer: Client, draft: Circular) -> None:
    response = writer.post(page(draft), fields(writer, draft, action_lines="Kısa\n" + "U" * 301))
    assert "Line 2 has 301 characters" in errors(response, "action_lines")


def test_a_missing_date_is_reported(writer: Client, draft: Circular) -> None:
    assert "prints no date" not in writer.get(page(draft)).content.decode()
    Circular.objects.update(date=None)
    assert "prints no date" in writer.get(page(draft)).content.decode()


@pytest.mark.parametrize("number", ["", "E-123"])
def test_a_draft_without_a_date_is_saved(writer: Client, draft: Circular, number: str) -> None:
    Circular.objects.update(date=None, number=number)
    response = writer.post(page(draft), fields(writer, draft, subject="Tarihsiz", date="", number=number))
    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.subject, draft.date, draft.number) == ("Tarihsiz", None, number)


def test_two_drafts_without_a_date_do_not_have_one_number(writer: Client, draft: Circular) -> None:
    Circular.objects.update(date=None, number="E-123")
    CircularFactory(issuer=draft.issuer, date=None, number="E-124")
    response = writer.post(page(draft), fields(writer, draft, date="", number="E-124"))
    assert "already recorded in this year" in errors(response, "number")


def test_unknown_closed_and_empty_lines_are_reported(writer: Client, draft: Circular) -> None:
    successor = AgencyFactory(name="Yeni Bakanlık")
    closed = AgencyFactory(name="Eski Bakanlık", active_to=date(2024, 1, 1), successor=successor)
    LineFactory(circular=draft, position=3, agency=closed)
    LineFactory(
        circular=draft, position=4, agency=None, group=AgencyGroupFactory(name="Boş Grup"), text="Gruba"
    )
    text = writer.get(page(draft)).content.decode()
    assert "Unknown: nobody receives it for this line." in text
    assert "Eski Bakanlık is closed since 01.01.2024." in text
    assert "Its successor is Yeni Bakanlık." in text
    assert "The group “Boş Grup” has no members now." in text


def test_a_group_shows_its_units_and_a_count_that_differs(writer: Client, draft: Circular) -> None:
    group = AgencyGroupFactory(name="Mahkemeler", rule_kind=AgencyKind.HIGH_COURT)
    court = AgencyFactory(name="Yüksek Sınama Mahkemesi", kind=AgencyKind.HIGH_COURT)
    LineFactory(circular=draft, position=3, agency=None, group=group, text="5 Mahkemeye")
    text = writer.get(page(draft)).content.decode()
    assert court.name in text
    assert "Mahkemeler: 1 unit" in text
    assert "The line says 5, the directory has 1." in text


def test_more_lines_take_no_more_queries(
    writer: Client, draft: Circular, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    few = query_count(writer.get, page(draft))
    for position in range(3, 23):
        LineFactory(circular=draft, position=position)
    with django_assert_num_queries(few):
        writer.get(page(draft))


def test_a_dispatched_letter_redirects_to_its_page(writer: Client, draft: Circular) -> None:
    data = fields(writer, draft, subject="Zu spät")
    sent(draft)
    for response in (writer.get(page(draft)), writer.post(page(draft), data)):
        assert response["Location"] == reverse("letter", args=[draft.public_id])
    draft.refresh_from_db()
    assert draft.subject != "Zu spät"
    assert "can't be changed" in texts(writer.get(page(draft), follow=True))


def test_a_draft_deleted_meanwhile_is_not_found(writer: Client, draft: Circular) -> None:
    data = fields(writer, draft)
    Circular.objects.all().delete()
    assert writer.post(page(draft), data).status_code == 404


def test_deleting_needs_a_confirmation(writer: Client, draft: Circular) -> None:
    response = writer.get(reverse("delete_draft", args=[draft.public_id]))
    assert draft.number in response.content.decode()
    assert Circular.objects.filter(pk=draft.pk).exists()


def test_deleting_comes_after_all_else_that_can_be_done(writer: Client, draft: Circular) -> None:
    text = writer.get(page(draft)).content.decode()
    delete = text.index(reverse("delete_draft", args=[draft.public_id]))
    assert delete > text.index('name="next" value="dispatch"')
    assert delete > text.index(reverse("attach", args=[draft.public_id]))


def test_deleting_a_draft_deletes_its_files(
    writer: Client,
    draft: Circular,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    draft.source_file.save("genelge.txt", ContentFile(b"yazi"))
    Attachment(circular=draft, title="Ek").file.save("ek.pdf", ContentFile(b"ek"))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 2
    with django_capture_on_commit_callbacks(execute=True):
        response = writer.post(reverse("delete_draft", args=[draft.public_id]))
    assert response["Location"] == reverse("letters")
    assert not Circular.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_dispatched_letter_is_not_deleted(writer: Client, draft: Circular) -> None:
    sent(draft)
    response = writer.post(reverse("delete_draft", args=[draft.public_id]))
    assert response["Location"] == reverse("letter", args=[draft.public_id])
    assert Circular.objects.get().status == Status.DISPATCHED


@pytest.mark.django_db
def test_the_issuer_may_be_changed_to_another_unit_that_one_sends_for(
    english: Client, signed_in: SignIn
) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    person = sender_of(first)
    MembershipFactory(user=person, agency=second, role="sender")
    circular = draft_to(AgencyFactory(), issuer=first)
    client = signed_in(person)
    client.post(page(circular), fields(client, circular, issuer=second.pk))
    assert Agency.objects.get(circulars=circular) == second


def test_a_save_after_another_persons_save_reports_the_conflict(writer: Client, draft: Circular) -> None:
    url = reverse("review", args=[draft.public_id])
    first = writer.get(url).context["form"]
    typed = {name: first[name].value() for name in first.fields if first[name].value() is not None}
    writer.post(url, {**typed, "subject": "Birinci Konu"})

    refused = writer.post(url, {**typed, "subject": "İkinci Konu"})

    assert refused.status_code == 200
    assert "Somebody saved this draft" in refused.content.decode()
    assert "İkinci Konu" in refused.content.decode()
    draft.refresh_from_db()
    assert draft.subject == "Birinci Konu"

    again = {
        **typed,
        "subject": "İkinci Konu",
        "version_read": refused.context["form"]["version_read"].value(),
    }
    writer.post(url, again)
    draft.refresh_from_db()
    assert draft.subject == "İkinci Konu"


def test_saving_an_unchanged_form_keeps_the_readers_warnings(writer: Client, draft: Circular) -> None:
    warning = {"sure": False, "reason": "columns", "spans": []}
    Circular.objects.update(
        reading={"fields": {"action_lines": warning, "body": warning, "subject": warning}}
    )
    url = reverse("review", args=[draft.public_id])
    form = writer.get(url).context["form"]
    as_posted_by_a_browser = {
        name: str(form[name].value()).replace("\n", "\r\n")
        for name in form.fields
        if form[name].value() is not None
    }

    assert writer.post(url, as_posted_by_a_browser).status_code == 302

    draft.refresh_from_db()
    assert "\r" not in draft.body
    assert {name: field["sure"] for name, field in draft.reading["fields"].items()} == {
        "action_lines": False,
        "body": False,
        "subject": False,
    }
