"""What nobody has settled of a draft's values is asked about after another file was chosen for it, too."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from agencies.models import Agency
from circulars.models import Circular, LetterReading
from circulars.services.reading.background import record_by_hand
from circulars.services.reading.doubts import doubts_of, with_confirmed, with_settled_line
from distribution.services.sending.dispatch import NotReady, dispatch
from tests.circulars.background_readings import a_file, read
from tests.circulars.signed_letters import signed_letter
from tests.circulars.test_record import a_pdf_without_text
from tests.factories import MOMENT, AgencyFactory, draft_to

SUGAR, YARN, FOUNTAIN = "Şeker Bakanlığı", "İplik Bakanlığı", "Çeşme Kurumu"


def doubt(reason: str, second: str = "", **other: object) -> dict[str, Any]:
    return {"sure": not reason, "reason": reason, "second": second, "spans": [{"line": 999}], **other}


@pytest.fixture
def unsure(unit: Agency) -> Circular:
    units = [AgencyFactory(name=name) for name in (SUGAR, YARN, FOUNTAIN)]
    draft = draft_to(*units, issuer=unit, number="E-1-010-7", signatory_name="Ali Ak")
    return read_as(draft, number=doubt("old_number"), secrecy=doubt("repaired"), subject=doubt(""))


def read_as(draft: Circular, **fields: dict[str, Any]) -> Circular:
    draft.reading = {"readable": True, "asks": True, "reader": "1", "pages": [], "fields": fields}
    draft.save()
    return draft


def at_once(client: Client, draft: Circular, content: bytes, name: str) -> None:
    client.post(reverse("choose_file", args=[draft.public_id]), {"file": a_file(content, name)})


def choose(client: Client, draft: Circular, content: bytes | None = None, name: str = "yeni.txt") -> None:
    at_once(client, draft, signed_letter() if content is None else content, name)
    draft.refresh_from_db()


def keys(draft: Circular) -> list[str]:
    return sorted(each.key for each in doubts_of(draft, draft.lines.all()))


@pytest.mark.parametrize("way", ["at once", "in the background", "by hand", "unreadable"])
def test_a_new_file_settles_nothing_that_was_read_from_the_one_before(
    writer: Client, unsure: Circular, settings: Settings, way: str
) -> None:
    settings.READING_AT_ONCE_MS = 0 if way in ("in the background", "by hand") else 600_000
    if way == "unreadable":
        choose(writer, unsure, a_pdf_without_text(), "tarama.pdf")
    else:
        choose(writer, unsure)
    if way == "in the background":
        read(LetterReading.objects.get())
    if way == "by hand":
        record_by_hand(reading=LetterReading.objects.get(), at=timezone.now())
    unsure.refresh_from_db()

    assert unsure.source_name in ("yeni.txt", "tarama.pdf")
    assert keys(unsure) == ["number", "secrecy"]
    with pytest.raises(NotReady):
        dispatch(circular=unsure, by=unsure.recorded_by, at=MOMENT)


def test_what_was_settled_before_is_not_asked_again_nor_what_only_the_new_file_leaves_open(
    writer: Client, unsure: Circular
) -> None:
    unsure.reading = with_confirmed(unsure.reading, ["number"])
    unsure.save()
    two_digits = signed_letter().replace(b"02.11.2026", b"02.11.26")

    choose(writer, unsure, two_digits)

    assert not unsure.reading["fields"]["date"]["sure"]
    assert keys(unsure) == ["secrecy"]
    unsure.reading = with_confirmed(unsure.reading, ["secrecy"])
    unsure.save()
    choose(writer, unsure)
    assert keys(unsure) == []
    assert dispatch(circular=unsure, by=unsure.recorded_by, at=MOMENT).now


def test_lines_whose_group_is_in_doubt_stay_so_but_for_those_that_were_settled(
    writer: Client, unsure: Circular
) -> None:
    read_as(
        unsure,
        action_lines=doubt("columns", SUGAR),
        information_lines=doubt("columns", f"{YARN}\n{FOUNTAIN}"),
    )
    settled, left = unsure.lines.get(text=YARN), unsure.lines.get(text=FOUNTAIN)
    unsure.reading = with_settled_line(unsure.reading, settled, moved=False)
    unsure.save()

    choose(writer, unsure)

    assert keys(unsure) == [f"line-{left.pk}"]


def test_the_place_of_a_doubt_is_the_one_in_the_new_file(writer: Client, unsure: Circular) -> None:
    choose(writer, unsure)
    lines = [span["line"] for span in unsure.reading["fields"]["number"]["spans"]]
    assert lines and 999 not in lines
    assert unsure.reading["fields"]["secrecy"]["spans"] == []


def test_what_the_new_file_has_is_not_said_to_be_missing_in_it(writer: Client, unsure: Circular) -> None:
    unsure.verification_code = unsure.signatory_name = ""
    read_as(unsure, signatory_name=doubt("not_found"), verification_code=doubt("not_found"))
    choose(writer, unsure)
    reasons = {each.key: each.reason for each in doubts_of(unsure, unsure.lines.all())}
    assert reasons == {"signatory_name": "", "verification_code": "not_found"}
    page = writer.get(reverse("review", args=[unsure.public_id])).content.decode()
    assert "Compare it with the letter." in page
