"""Days and due times are entered in the browser's own inputs, and nothing that was typed is lost."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.urls import reverse

from agencies.forms.fields import day_field
from agencies.forms.moment import DueField
from circulars.models import Urgency
from distribution.models import Delivery
from tests.conftest import SignIn
from tests.factories import AgencyFactory, dispatched_to, draft_to, sender_of

ISTANBUL = ZoneInfo("Europe/Istanbul")


class EntryForm(forms.Form):
    due = DueField(label="Süre sonu", required=False)
    day = day_field("İlk gün")


def entered(**data: str) -> EntryForm:
    return EntryForm({"day": "2026-12-18", **data})


def inputs(form: forms.Form) -> dict[str, dict[str, str]]:
    """The attributes of every input, by name."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", form.as_p()):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        found[attributes["name"]] = attributes
    return found


@pytest.mark.parametrize(
    "data",
    [
        {"due_0": "2026-12-18", "due_1": "17:00"},
        {"due_0": "18.12.2026", "due_1": "17:00"},
        {"due": "18.12.2026 17:00"},
        {"due": "2026-12-18T17:00"},
    ],
    ids=["two inputs", "two texts", "one text", "ISO 8601"],
)
def test_a_due_time_is_read_from_two_inputs_or_one_text(data: dict[str, str]) -> None:
    form = entered(**data)

    assert form.is_valid()
    assert form.cleaned_data["due"] == datetime(2026, 12, 18, 17, 0, tzinfo=ISTANBUL)
    shown = inputs(form)
    assert (shown["due_0"]["type"], shown["due_0"]["value"]) == ("date", "2026-12-18")
    assert (shown["due_1"]["type"], shown["due_1"]["value"]) == ("time", "17:00")


@pytest.mark.parametrize("data", [{"due_0": "2026-12-18", "due_1": ""}, {"due": "18.12.2026"}])
def test_without_a_time_the_end_of_the_day_counts(data: dict[str, str]) -> None:
    form = entered(**data)

    assert form.is_valid()
    assert form.cleaned_data["due"] == datetime(2026, 12, 18, 23, 59, tzinfo=ISTANBUL)


@pytest.mark.parametrize("data", [{}, {"due_0": "", "due_1": ""}, {"due": ""}])
def test_no_due_time_is_none(data: dict[str, str]) -> None:
    form = entered(**data)

    assert form.is_valid()
    assert form.cleaned_data["due"] is None


@pytest.mark.parametrize(
    ("data", "day", "hour"),
    [
        ({"due_0": "", "due_1": "17:00"}, None, "17:00"),
        ({"due_0": "31.02.2026", "due_1": "17:00"}, "31.02.2026", "17:00"),
        ({"due": "yarın"}, "yarın", None),
        ({"due_0": "2026-12-18", "due_1": "25:99"}, "2026-12-18 25:99", None),
        ({"due_0": "2150-01-01", "due_1": "08:00"}, "2150-01-01", "08:00"),
    ],
    ids=["a time alone", "no day of the calendar", "words", "no time of the day", "too far"],
)
def test_what_can_not_be_read_is_refused_and_stays_visible(
    data: dict[str, str], day: str | None, hour: str | None
) -> None:
    form = entered(**data)

    assert form.has_error("due")
    shown = inputs(form)
    assert (shown["due_0"].get("value"), shown["due_1"].get("value")) == (day, hour)
    native = day is None or re.fullmatch(r"\d{4}-\d\d-\d\d", day)
    assert shown["due_0"]["type"] == ("date" if native else "text")


def test_a_day_is_read_as_letters_print_it_and_stays_visible_if_there_is_no_such_day() -> None:
    assert EntryForm({"day": "18.12.2026"}).is_valid()
    assert inputs(EntryForm({"day": "18.12.2026"}))["day"]["value"] == "2026-12-18"

    wrong = inputs(EntryForm({"day": "31.02.2026"}))["day"]

    assert (wrong["type"], wrong["value"]) == ("text", "31.02.2026")


def test_both_inputs_have_names_and_the_time_is_never_required() -> None:
    class Required(forms.Form):
        due = DueField(label="Süre sonu")

    html = Required().as_p()
    shown = inputs(Required())
    assert '<label for="id_due">' in html
    assert (shown["due_0"]["id"], shown["due_1"]["id"]) == ("id_due", "id_due_time")
    assert shown["due_1"]["aria-label"].startswith("Süre sonu: ")
    assert "aria-describedby" in shown["due_0"]
    assert re.search(r'name="due_0"[^>]* required', html)
    assert not re.search(r'name="due_1"[^>]* required', html)


def due_page(name: str, *ids: object) -> str:
    return reverse(name, args=list(ids))


@pytest.mark.django_db
def test_the_pages_take_both_inputs(signed_in: SignIn) -> None:
    sent = dispatched_to(
        AgencyFactory(), urgency=Urgency.TIMED, due_at=datetime(2027, 12, 20, 17, 0, tzinfo=ISTANBUL)
    )
    draft = draft_to(AgencyFactory(), issuer=sent.issuer, urgency=Urgency.TIMED)
    client = signed_in(sender_of(sent.issuer))
    typed: Mapping[str, Any] = {"until_0": "2027-12-22", "until_1": "12:30"}

    client.post(due_page("change_due", sent.public_id), typed)
    form = client.get(due_page("review", draft.public_id)).context["form"]
    values = {name: form[name].value() for name in form.fields if name != "due_at"}
    client.post(
        due_page("review", draft.public_id),
        {name: "" if value is None else value for name, value in values.items()}
        | {"due_at_0": "2027-12-23", "due_at_1": ""},
    )

    assert Delivery.objects.get(circular=sent).due_at == datetime(2027, 12, 22, 12, 30, tzinfo=ISTANBUL)
    draft.refresh_from_db()
    assert draft.due_at == datetime(2027, 12, 23, 23, 59, tzinfo=ISTANBUL)
