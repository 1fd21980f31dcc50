"""The due time of a draft: none, working days by Y 33, or a date and time."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from circulars.models import Circular
from tests.circulars.test_review import errors, fields, page


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ({"due_kind": "information"}, 5),
        ({"due_kind": "opinion"}, 15),
        ({"due_kind": "days", "due_working_days": "7"}, 7),
        ({"due_working_days": "7"}, 7),
        ({"due_kind": "information", "due_at": "20.03.2026"}, 5),
    ],
)
def test_a_term_in_working_days_is_kept(
    writer: Client, draft: Circular, typed: dict[str, str], days: int
) -> None:
    writer.post(page(draft), fields(writer, draft, urgency="GÜNLÜDÜR", **typed))

    draft.refresh_from_db()
    assert (draft.due_working_days, draft.due_at) == (days, None)
    form = writer.get(page(draft)).context["form"]
    assert form["due_kind"].value() == typed.get("due_kind", "days")


def test_the_choice_survives_opening_and_saving(writer: Client, draft: Circular) -> None:
    writer.post(page(draft), fields(writer, draft, urgency="GÜNLÜDÜR", due_kind="opinion"))

    writer.post(page(draft), fields(writer, draft, subject="Yeni konu"))

    draft.refresh_from_db()
    assert (draft.subject, draft.due_working_days) == ("Yeni konu", 15)


def test_choosing_none_or_emptying_the_field_clears_the_due_time(writer: Client, draft: Circular) -> None:
    for changed in ({"due_kind": "none"}, {"due_at": ""}):
        writer.post(page(draft), fields(writer, draft, urgency="GÜNLÜDÜR", due_at="20.03.2026 17:00"))
        draft.refresh_from_db()
        assert draft.due_at == datetime(2026, 3, 20, 14, 0, tzinfo=UTC)

        writer.post(page(draft), fields(writer, draft, **changed))

        draft.refresh_from_db()
        assert (draft.due_working_days, draft.due_at) == (None, None)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"due_kind": "days"}, "due_working_days"),
        ({"due_kind": "days", "due_working_days": "0"}, "due_working_days"),
        ({"due_kind": "days", "due_working_days": "9999"}, "due_working_days"),
        ({"due_kind": "moment"}, "due_at"),
        ({"due_at": "31.12.9999"}, "due_at"),
        ({"due_kind": "never"}, "due_kind"),
        ({"due_kind": "information", "urgency": "ACELE"}, "due_kind"),
        ({"due_at": "20.03.2026", "urgency": "ACELE"}, "due_at"),
    ],
)
def test_missing_and_contradictory_input_is_reported_at_the_field_and_nothing_is_lost(
    writer: Client, draft: Circular, typed: dict[str, str], field: str
) -> None:
    response = writer.post(page(draft), fields(writer, draft, subject="Yazdığım konu", **typed))

    assert errors(response, field)
    assert "Yazdığım konu" in response.content.decode()
    draft.refresh_from_db()
    assert (draft.due_working_days, draft.due_at) == (None, None)
