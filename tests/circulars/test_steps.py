"""What the reader wasn't sure of is asked one by one on the review page, and settled before the dispatch."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from agencies.models import Agency
from circulars.models import Circular, Purpose, ReadingCorrection
from circulars.services.draft import discard
from circulars.services.reading.doubts import doubts_of
from distribution.services.sending.dispatch import NotReady, dispatch
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, draft_to, sender_of
from tests.query_count import query_count

SUGAR, YARN, FOUNTAIN = "Şeker Bakanlığı", "İplik Bakanlığı", "Çeşme Kurumu"


def found(reason: str = "", second: str = "", *spans: dict[str, Any]) -> dict[str, Any]:
    return {"sure": not reason, "reason": reason, "second": second, "spans": list(spans)}


def read_as(circular: Circular, **fields: dict[str, Any]) -> Circular:
    circular.reading = {"readable": True, "asks": True, "reader": "1", "pages": [], "fields": fields}
    circular.source_text = "T.C.\nSayı : E-1-010-7\nKonu : Kar"
    circular.save()
    return circular


@pytest.fixture
def unsure(unit: Agency) -> Circular:
    """A draft of which the reader wasn't sure about the number and the signatory."""
    draft = draft_to(AgencyFactory(name=SUGAR), issuer=unit, number="E-1-010-7", signatory_name="Ali Ak")
    return read_as(
        draft,
        number=found("old_number", "E-1-010-1", {"line": 2}),
        subject=found(),
        signatory_name=found("plain_name"),
    )


@pytest.fixture
def doubled(unit: Agency) -> Circular:
    """A draft with two lines of which the page doesn't tell whether they are Gereği or Bilgi."""
    sugar, yarn, fountain = (AgencyFactory(name=name) for name in (SUGAR, YARN, FOUNTAIN))
    draft = draft_to(sugar, yarn, fountain, issuer=unit, number="E-1-010-7")
    return read_as(
        draft,
        action_lines=found("columns", SUGAR),
        information_lines=found("columns", f"{YARN}\n{FOUNTAIN}"),
    )


def page(circular: Circular) -> str:
    return reverse("review", args=[circular.public_id])


def form_of(client: Client, circular: Circular) -> dict[str, Any]:
    form = client.get(page(circular)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values["date"] = circular.date.strftime("%d.%m.%Y") if circular.date else ""
    return {name: "" if value is None else value for name, value in values.items()}


def press(client: Client, circular: Circular, button: str, value: object, **typed: Any) -> Any:
    data = {**form_of(client, circular), **typed, button: str(value)}
    response = client.post(page(circular), data, follow=True)
    circular.refresh_from_db()
    return response


def keys(response: Any) -> list[str]:
    return [step.key for step in response.context["steps"]]


def lines(circular: Circular, purpose: str) -> list[str]:
    return list(circular.lines.filter(purpose=purpose).values_list("text", flat=True))


def line(circular: Circular, text: str) -> int:
    return int(circular.lines.get(text=text).pk)


def test_the_page_asks_about_the_first_one_with_its_reason_place_and_second_reading(
    writer: Client, unsure: Circular
) -> None:
    response = writer.get(page(unsure))
    text = response.content.decode()
    assert keys(response) == ["number", "signatory_name"]
    assert "2 values to check" in text
    assert "It has not the shape that numbers have since 2020." in text
    assert '<li value="2">Sayı : E-1-010-7</li>' in text
    assert 'name="second" value="number"' in text and "E-1-010-1" in text


def test_one_press_says_that_it_is_right_and_the_next_one_follows(writer: Client, unsure: Circular) -> None:
    response = press(writer, unsure, "right", "number")
    assert response.redirect_chain[-1][0] == f"{page(unsure)}?check=signatory_name"
    assert keys(response) == ["signatory_name"]
    assert response.context["step"].key == "signatory_name"
    assert unsure.number == "E-1-010-7"
    response = press(writer, unsure, "right", "signatory_name")
    assert keys(response) == []
    assert "Everything that was not sure is checked." in response.content.decode()


def test_one_press_takes_the_second_reading(writer: Client, unsure: Circular) -> None:
    response = press(writer, unsure, "second", "number")
    assert unsure.number == "E-1-010-1" and keys(response) == ["signatory_name"]


def test_a_date_in_the_second_reading_is_taken_as_people_write_it(writer: Client, unsure: Circular) -> None:
    read_as(unsure, date=found("stamp_date", "2026-03-17"))
    assert "17.03.2026" in writer.get(page(unsure)).content.decode()
    press(writer, unsure, "second", "date")
    assert str(unsure.date) == "2026-03-17"


def test_a_press_saves_what_was_typed_elsewhere(writer: Client, unsure: Circular) -> None:
    press(writer, unsure, "right", "number", subject="Kar ve Buz")
    assert unsure.subject == "Kar ve Buz"


def test_what_is_corrected_in_its_field_is_settled(writer: Client, unsure: Circular) -> None:
    response = press(writer, unsure, "check", "signatory_name", signatory_name="Ali AK")
    assert keys(response) == ["number"]


def test_a_refused_form_settles_nothing_and_keeps_what_was_typed(writer: Client, unsure: Circular) -> None:
    response = press(writer, unsure, "right", "number", date="sonra", subject="Kar ve Buz")
    assert response.context["form"].errors["date"]
    assert keys(response) == ["number", "signatory_name"]
    assert "Kar ve Buz" in response.content.decode()


def test_any_of_them_can_be_asked_for_first(writer: Client, unsure: Circular) -> None:
    response = press(writer, unsure, "check", "signatory_name")
    assert response.context["step"].key == "signatory_name"
    assert keys(response) == ["number", "signatory_name"]


def test_a_press_on_a_page_that_is_old_is_a_conflict_and_settles_nothing(
    writer: Client, unsure: Circular
) -> None:
    data = form_of(writer, unsure)
    press(writer, unsure, "right", "signatory_name", subject="Yeni")
    response = writer.post(page(unsure), data | {"right": "number"})
    assert "Somebody saved this draft" in response.content.decode()
    unsure.refresh_from_db()
    assert not unsure.reading["fields"]["number"]["sure"]


def test_while_something_is_not_settled_the_letter_stays_and_the_page_leads_there(
    writer: Client, unsure: Circular
) -> None:
    with pytest.raises(NotReady) as error:
        dispatch(circular=unsure, by=unsure.recorded_by, at=MOMENT)
    assert [doubt.key for doubt in error.value.preflight.unsettled] == ["number", "signatory_name"]
    text = writer.get(reverse("dispatch", args=[unsure.public_id])).content.decode()
    assert "2 values were read with low certainty" in text
    assert f"{page(unsure)}?check=first" in text
    for key in ("number", "signatory_name"):
        press(writer, unsure, "right", key)
    assert dispatch(circular=unsure, by=unsure.recorded_by, at=MOMENT).now


def test_a_field_that_the_letter_needs_can_only_be_entered(writer: Client, unsure: Circular) -> None:
    Circular.objects.filter(pk=unsure.pk).update(number="")
    unsure.refresh_from_db()
    read_as(unsure, number=found("not_found"))
    response = writer.get(page(unsure))
    assert keys(response) == ["number"]
    assert 'name="right"' not in response.content.decode()
    press(writer, unsure, "right", "number")
    assert not unsure.reading["fields"]["number"]["sure"]
    response = press(writer, unsure, "check", "", number="E-1-010-9")
    assert keys(response) == []


def test_what_was_not_found_is_settled_once_it_is_there_or_said_to_be_missing(
    writer: Client, unsure: Circular
) -> None:
    read_as(unsure, verification_code=found("not_found"), action_lines=found("not_found"))
    response = writer.get(page(unsure))
    assert keys(response) == ["verification_code"]
    assert "The letter has none" in response.content.decode()
    assert keys(press(writer, unsure, "right", "verification_code")) == []


def test_a_due_time_in_days_is_settled_by_choosing_the_number(writer: Client, unsure: Circular) -> None:
    read_as(unsure, due_at=found("due_in_days"))
    assert keys(writer.get(page(unsure))) == ["due_at"]
    assert keys(press(writer, unsure, "check", "", due_kind="opinion")) == []


def test_each_line_in_doubt_is_asked_about_and_one_press_moves_it(writer: Client, doubled: Circular) -> None:
    response = writer.get(page(doubled))
    assert [step.label for step in response.context["steps"]] == [YARN, FOUNTAIN]
    response = press(writer, doubled, "move", line(doubled, YARN))
    assert lines(doubled, Purpose.ACTION) == [SUGAR, FOUNTAIN]
    assert lines(doubled, Purpose.INFORMATION) == [YARN]
    assert [step.label for step in response.context["steps"]] == [FOUNTAIN]
    response = press(writer, doubled, "keep", line(doubled, FOUNTAIN))
    assert lines(doubled, Purpose.ACTION) == [SUGAR, FOUNTAIN]
    assert keys(response) == []
    assert dispatch(circular=doubled, by=doubled.recorded_by, at=MOMENT).now


def test_a_moved_line_keeps_its_note_and_the_unit_it_stands_for(writer: Client, doubled: Circular) -> None:
    agency = AgencyFactory(name="Bambaşka Kurul")
    doubled.lines.filter(text=YARN).update(text=f"{YARN} (Ek-1 konulmadı)", agency=agency)
    press(writer, doubled, "move", line(doubled, f"{YARN} (Ek-1 konulmadı)"))
    moved = doubled.lines.get(purpose=Purpose.INFORMATION)
    assert moved.text == f"{YARN} (Ek-1 konulmadı)"


def test_without_a_second_reading_every_line_can_be_moved_and_the_list_is_called_right(
    writer: Client, doubled: Circular
) -> None:
    read_as(doubled, action_lines=found("columns"), information_lines=found("columns"))
    response = writer.get(page(doubled))
    assert keys(response) == ["action_lines", "information_lines"]
    assert [each.text for each in response.context["step"].lines] == [SUGAR, YARN, FOUNTAIN]
    response = press(writer, doubled, "move", line(doubled, YARN))
    assert lines(doubled, Purpose.INFORMATION) == [YARN]
    assert response.context["step"].key == "action_lines"
    press(writer, doubled, "right", "action_lines")
    assert keys(press(writer, doubled, "right", "information_lines")) == []


def test_a_line_that_is_gone_is_not_moved(writer: Client, doubled: Circular) -> None:
    gone = line(doubled, YARN)
    press(writer, doubled, "keep", line(doubled, FOUNTAIN))
    writer.post(page(doubled), form_of(writer, doubled) | {"move": str(gone)})
    assert lines(doubled, Purpose.ACTION) == [SUGAR, YARN, FOUNTAIN]


@pytest.mark.parametrize("button", ["right", "second", "keep", "move", "check"])
@pytest.mark.parametrize("value", ["", "0", "yok", "9" * 30, "line-1"])
def test_a_press_on_nothing_saves_the_form_and_settles_nothing(
    writer: Client, unsure: Circular, button: str, value: str
) -> None:
    response = press(writer, unsure, button, value, subject="Kar ve Buz")
    assert response.status_code == 200 and unsure.subject == "Kar ve Buz"
    assert keys(response) == ["number", "signatory_name"]


def test_a_stranger_settles_nothing(signed_in: SignIn, unsure: Circular) -> None:
    client = signed_in(sender_of(AgencyFactory()))
    assert client.post(page(unsure), {"right": "number"}).status_code == 404
    unsure.refresh_from_db()
    assert not unsure.reading["fields"]["number"]["sure"]


def test_a_draft_that_could_not_be_read_or_was_typed_is_asked_nothing(
    writer: Client, unsure: Circular
) -> None:
    for changed in ({"readable": False}, {"asks": False}):
        Circular.objects.filter(pk=unsure.pk).update(reading={**unsure.reading, **changed})
        assert keys(writer.get(page(unsure))) == []


def test_a_reading_of_an_earlier_version_asks_nothing_and_holds_nothing_up(
    writer: Client, unsure: Circular
) -> None:
    del unsure.reading["asks"]
    unsure.save()
    assert keys(writer.get(page(unsure))) == []
    assert doubts_of(unsure, unsure.lines.all()) == []


def test_parts_that_were_not_read_are_named_with_their_pages(writer: Client, unsure: Circular) -> None:
    unread = [
        {"page": 2, "reason": "picture"},
        {"page": 4, "reason": "picture"},
        {"page": 1, "reason": "angle"},
    ]
    Circular.objects.filter(pk=unsure.pk).update(reading={**unsure.reading, "unread": unread})
    text = writer.get(page(unsure)).content.decode()
    assert "Not everything in the file was read" in text
    assert "Pages 2, 4: a picture was not read." in text
    assert "Page 1: text that stands at an angle" in text


def test_the_place_is_cut_out_of_the_page(writer: Client, unsure: Circular) -> None:
    spans = [{"line": 2, "page": 1, "box": [100, 200, 180, 212]}]
    read_as(unsure, number={**found("old_number"), "spans": spans})
    Circular.objects.filter(pk=unsure.pk).update(reading={**unsure.reading, "pages": [[595, 842]]})
    cutout = writer.get(page(unsure)).context["step"].cutout
    assert cutout.page.number == 1
    assert cutout.view == "40 176 300 60"
    assert cutout.boxes == [("98.0", "199.0", "84.0", "14.0")]


def test_two_doubts_take_as_many_queries_as_twenty(writer: Client, unsure: Circular) -> None:
    two = query_count(writer.get, page(unsure))
    names = ("number", "subject", "date", "signatory_name", "signatory_titles", "issuer_lines", "body")
    read_as(unsure, **{name: found("lost_letters") for name in names})
    assert query_count(writer.get, page(unsure)) == two


# -- what people correct is kept, if the settings say so


def test_nothing_is_kept_unless_the_settings_say_so(writer: Client, unsure: Circular) -> None:
    assert "kept to improve the reading" not in writer.get(page(unsure)).content.decode()
    press(writer, unsure, "second", "number")
    assert not ReadingCorrection.objects.exists()


def test_what_was_read_and_what_is_right_is_kept_and_the_page_says_so(
    writer: Client, unsure: Circular, settings: Settings
) -> None:
    settings.KEEP_READING_CORRECTIONS = True
    assert "kept to improve the reading" in writer.get(page(unsure)).content.decode()
    press(writer, unsure, "second", "number", subject="Kar ve Buz", body="Gizlenecek metin")
    press(writer, unsure, "right", "signatory_name")
    press(writer, unsure, "check", "", number="E-1-010-99")
    kept = {each.field: each for each in ReadingCorrection.objects.all()}
    assert set(kept) == {"number", "subject", "signatory_name"}
    number = kept["number"]
    assert (number.read_value, number.second_value) == ("E-1-010-7", "E-1-010-1")
    assert (number.corrected_value, number.reason, number.was_sure) == ("E-1-010-99", "old_number", False)
    assert kept["subject"].was_sure and kept["subject"].corrected_value == "Kar ve Buz"
    assert kept["signatory_name"].read_value == kept["signatory_name"].corrected_value == "Ali Ak"
    assert not any("metin" in str(value) for row in kept.values() for value in vars(row).values())


def test_a_moved_line_is_kept_as_two_corrected_lists(
    writer: Client, doubled: Circular, settings: Settings
) -> None:
    settings.KEEP_READING_CORRECTIONS = True
    press(writer, doubled, "move", line(doubled, YARN))
    kept = {each.field: (each.read_value, each.corrected_value) for each in ReadingCorrection.objects.all()}
    assert kept == {
        "action_lines": (f"{SUGAR}\n{YARN}\n{FOUNTAIN}", f"{SUGAR}\n{FOUNTAIN}"),
        "information_lines": ("", YARN),
    }


def test_corrections_are_exported_and_deleted_with_the_letter(
    writer: Client, unsure: Circular, settings: Settings, tmp_path: Path
) -> None:
    settings.KEEP_READING_CORRECTIONS = True
    press(writer, unsure, "second", "number")
    file = tmp_path / "corrections.jsonl"
    call_command("export_corrections", str(file))
    (row,) = (json.loads(each) for each in file.read_text(encoding="utf-8").splitlines())
    assert {key: row[key] for key in ("reader", "field", "read", "correct", "reason", "sure")} == {
        "reader": "1",
        "field": "number",
        "read": "E-1-010-7",
        "correct": "E-1-010-1",
        "reason": "old_number",
        "sure": False,
    }
    assert str(unsure.public_id) not in file.read_text(encoding="utf-8")
    discard(circular=unsure)
    assert not ReadingCorrection.objects.exists()
    with pytest.raises(CommandError, match="can't be written"):
        call_command("export_corrections", str(tmp_path / "no" / "file"))
