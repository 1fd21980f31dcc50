"""Unsaved text of a draft is kept, and two people who have one draft open see each other."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from circulars.models import Circular, DraftEditing
from circulars.services import unsaved
from circulars.services.unsaved import clear_editings, keep_unsaved
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, sender_of


def page(draft: Circular) -> str:
    return reverse("review", args=[draft.public_id])


def fields(client: Client, draft: Circular, query: str = "", **changed: Any) -> dict[str, Any]:
    """What the page's form would send, with these fields changed."""
    form = client.get(page(draft) + query).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values["date"] = draft.date.isoformat() if draft.date else ""
    return {name: "" if value is None else value for name, value in values.items()} | changed


def keep(client: Client, draft: Circular, data: dict[str, Any]) -> Any:
    return client.post(reverse("keep_unsaved", args=[draft.public_id]), data)


def colleague(unit: Agency) -> tuple[Client, User]:
    person = sender_of(unit)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client, person


def test_typed_text_is_kept_without_a_new_version_for_others(writer: Client, draft: Circular) -> None:
    answer = keep(writer, draft, fields(writer, draft, subject="Yarım kalan konu")).json()

    assert answer["is_kept"]
    assert f"Kept at {timezone.localtime():%H:%M}" in answer["kept"]
    kept = DraftEditing.objects.get()
    assert kept.values == {"subject": "Yarım kalan konu"}
    after = Circular.objects.get()
    assert (after.subject, after.draft_version) == (draft.subject, 0)


def test_a_reopened_page_offers_the_unsaved_text_and_shows_what_differs(
    writer: Client, draft: Circular
) -> None:
    data = fields(writer, draft, subject="Yarım kalan konu", date="2026-03-17", body="İlk satır\r\nson satır")
    keep(writer, draft, data)

    response = writer.get(page(draft))
    (offer,) = response.context["offered"]
    assert [(each.label, each.saved, each.typed) for each in offer[1]] == [
        ("Date", "02.03.2026", "17.03.2026"),
        ("Subject", draft.subject, "Yarım kalan konu"),
        ("Text", draft.body, "İlk satır\nson satır"),
    ]
    assert response.context["form"]["subject"].value() == draft.subject

    used = f"?unsaved={offer[0].public_id}"
    assert used in response.content.decode()
    form = writer.get(page(draft) + used).context["form"]
    assert form["subject"].value() == "Yarım kalan konu"
    assert 'value="2026-03-17"' in str(form["date"])


def test_saving_the_text_that_was_kept_leaves_nothing_unsaved(writer: Client, draft: Circular) -> None:
    keep(
        writer, draft, fields(writer, draft, urgency="GÜNLÜDÜR", due_kind="moment", due_at="20.03.2026 17:30")
    )
    used = f"?unsaved={DraftEditing.objects.get().public_id}"

    writer.post(page(draft), fields(writer, draft, used))

    assert not DraftEditing.objects.unsaved().exists()
    after = Circular.objects.get()
    assert timezone.localtime(after.due_at).isoformat() == "2026-03-20T17:30:00+03:00"
    assert after.saved_by is not None and after.saved_at is not None
    assert writer.get(page(draft)).context["offered"] == []


def test_discarding_deletes_the_text_and_leaves_the_draft(writer: Client, draft: Circular) -> None:
    keep(writer, draft, fields(writer, draft, subject="Yarım kalan konu"))
    address = reverse("discard_unsaved", args=[draft.public_id, DraftEditing.objects.get().public_id])

    response = writer.post(address, follow=True)

    assert "discarded" in response.content.decode()
    assert not DraftEditing.objects.exists()
    assert Circular.objects.get().subject == draft.subject
    assert writer.post(address).status_code == 404


def test_text_typed_and_taken_back_again_is_not_kept(writer: Client, draft: Circular) -> None:
    data = fields(writer, draft)
    keep(writer, draft, data | {"subject": "Başka"})
    answer = keep(writer, draft, data).json()

    assert answer["kept"].strip() == ""
    assert DraftEditing.objects.get().kept_at is None


def test_two_windows_of_one_person_keep_their_own_text(writer: Client, draft: Circular) -> None:
    first, second = fields(writer, draft, subject="Birinci"), fields(writer, draft, subject="İkinci")
    for data in (first, second):
        keep(writer, draft, data)

    offered = writer.get(page(draft)).context["offered"]

    assert [each.values["subject"] for each, _rows in offered] == ["İkinci", "Birinci"]


def test_a_colleague_is_told_who_has_the_draft_open_and_since_when(
    writer: Client, draft: Circular, unit: Agency
) -> None:
    other, _person = colleague(unit)
    with time_machine.travel(MOMENT, tick=False):
        keep(writer, draft, fields(writer, draft))
    with time_machine.travel(MOMENT + timedelta(minutes=2), tick=False):
        keep(writer, draft, fields(writer, draft))  # the same person, on the page that came after saving
        name, since = DraftEditing.objects.latest("pk").person, "02.03.2026 12:30"
        words = f"This draft is also open at {name}, since {since}."
        assert words in other.get(page(draft)).content.decode()
        assert words in keep(other, draft, fields(other, draft)).json()["others"]
    with time_machine.travel(MOMENT + timedelta(minutes=6), tick=False):
        assert "also open" not in other.get(page(draft)).content.decode()


def test_a_colleague_with_several_windows_is_named_once(
    writer: Client, draft: Circular, unit: Agency
) -> None:
    other, person = colleague(unit)
    for _ in range(3):
        keep(other, draft, fields(other, draft))
    keep(other, draft, fields(other, draft, subject="Yarım kalan konu"))

    text = writer.get(page(draft)).content.decode()

    assert text.count(f"This draft is also open at {person}") == 1
    assert text.count(f"Changes of {person} are not saved yet") == 1


def test_unsaved_text_of_a_colleague_is_named_before_dispatch(
    writer: Client, draft: Circular, unit: Agency
) -> None:
    draft.lines.filter(agency=None).delete()
    other, person = colleague(unit)
    keep(other, draft, fields(other, draft, subject="Yarım kalan konu"))

    text = writer.get(reverse("dispatch", args=[draft.public_id])).content.decode()

    assert f"Changes of {person} are not saved yet" in text
    assert "Yarım kalan konu" not in text


def test_a_save_over_a_newer_one_shows_both_versions_and_either_can_be_taken(
    writer: Client, draft: Circular, unit: Agency
) -> None:
    other, person = colleague(unit)
    mine = fields(writer, draft, subject="Benim konum", addressee="BENİM MUHATABIM")
    other.post(page(draft), fields(other, draft, subject="Onun konusu"))

    assert f"{person}, on " in keep(writer, draft, mine).json()["others"]
    refused = writer.post(page(draft), mine)

    text = refused.content.decode()
    assert f"Somebody saved this draft after you opened it: {person}, on " in text
    rows = {each.label: (each.saved, each.typed) for each in refused.context["conflict"]}
    assert rows == {
        "Subject": ("Onun konusu", "Benim konum"),
        "Addressee": ("DAĞITIM YERLERİNE", "BENİM MUHATABIM"),
    }
    assert Circular.objects.get().subject == "Onun konusu"

    kept = DraftEditing.objects.unsaved().get()
    assert reverse("discard_unsaved", args=[draft.public_id, kept.public_id]) in text
    form = refused.context["form"]
    writer.post(page(draft), mine | {"version_read": form["version_read"].value()})
    assert Circular.objects.get().subject == "Benim konum"
    assert not DraftEditing.objects.unsaved().exists()


LONG_TEXT = "Yazının metni uzundur. " + " ".join(f"Kelime{number}" for number in range(200))


@pytest.mark.parametrize("how", ["refused", "offered"])
def test_what_differs_in_long_texts_is_marked(
    writer: Client, draft: Circular, unit: Agency, how: str
) -> None:
    Circular.objects.update(body=LONG_TEXT)
    draft.refresh_from_db()
    mine = fields(writer, draft, body=LONG_TEXT.replace("Kelime7 ", "<b>Benim</b> "))
    if how == "refused":
        other, _person = colleague(unit)
        other.post(page(draft), fields(other, draft, body=LONG_TEXT.replace("Kelime150 ", "Onun ")))
        text = writer.post(page(draft), mine).content.decode()
    else:
        keep(writer, draft, mine)
        text = writer.get(page(draft)).content.decode()

    shown = text[text.index('<dl class="differences">') : text.index("</dl>")]
    assert '</span>&lt;b&gt;Benim&lt;/b&gt;<span class="visually-hidden">] </span></ins>' in shown
    assert '</span>Kelime7<span class="visually-hidden">] </span></del>' in shown
    assert ("Onun" in shown) == (how == "refused")
    assert "Kelime75" not in shown


def test_taking_the_saved_version_discards_ones_own(writer: Client, draft: Circular, unit: Agency) -> None:
    other, _person = colleague(unit)
    mine = fields(writer, draft, subject="Benim konum")
    other.post(page(draft), fields(other, draft, subject="Onun konusu"))
    writer.post(page(draft), mine)  # refused, without any script

    kept = DraftEditing.objects.unsaved().get()
    response = writer.post(reverse("discard_unsaved", args=[draft.public_id, kept.public_id]), follow=True)

    assert response.context["form"]["subject"].value() == "Onun konusu"
    assert response.context["offered"] == []


def test_nobody_else_sees_or_discards_unsaved_text(
    writer: Client, draft: Circular, unit: Agency, signed_in: SignIn
) -> None:
    keep(writer, draft, fields(writer, draft, subject="Yarım kalan konu"))
    kept = DraftEditing.objects.get().public_id
    discard = reverse("discard_unsaved", args=[draft.public_id, kept])
    other, _person = colleague(unit)

    response = other.get(page(draft) + f"?unsaved={kept}")
    assert "Yarım kalan konu" not in response.content.decode()
    assert other.post(discard).status_code == 404

    stranger = signed_in(sender_of(AgencyFactory()))
    assert stranger.post(discard).status_code == 404
    assert keep(stranger, draft, {"editing": uuid4()}).status_code == 404
    assert DraftEditing.objects.get().values == {"subject": "Yarım kalan konu"}


def test_text_marked_gizli_is_not_kept(writer: Client, draft: Circular) -> None:
    answer = keep(writer, draft, fields(writer, draft, body="GİZLİ\nMetin")).json()

    assert not answer["is_kept"]
    assert "Not kept" in answer["kept"]
    assert not DraftEditing.objects.unsaved().exists()


@pytest.mark.django_db
def test_a_page_whose_session_has_ended_is_told_and_leaves_nothing_in_a_session(draft: Circular) -> None:
    assert keep(Client(), draft, {"subject": "Yarım"}).status_code == 302
    assert keep(Client(enforce_csrf_checks=True), draft, {"subject": "Yarım"}).status_code == 403
    assert not Session.objects.exists()


def test_a_letter_that_was_dispatched_meanwhile_keeps_nothing(writer: Client, draft: Circular) -> None:
    data = fields(writer, draft, subject="Yarım")
    keep(writer, draft, data)
    draft.lines.filter(agency=None).delete()
    dispatch(circular=draft, by=draft.recorded_by, at=MOMENT)

    assert keep(writer, draft, data).status_code == 409

    clear_editings(at=timezone.now() + timedelta(minutes=5))
    assert not DraftEditing.objects.exists()


def test_unsaved_text_stays_for_a_month_after_the_page_was_closed(writer: Client, draft: Circular) -> None:
    keep(writer, draft, fields(writer, draft, subject="Yarım"))
    keep(writer, draft, fields(writer, draft))
    at = timezone.now()

    clear_editings(at=at + timedelta(days=29))
    assert [each.values for each in DraftEditing.objects.all()] == [{"subject": "Yarım"}]

    clear_editings(at=at + timedelta(days=31))
    assert not DraftEditing.objects.exists()


def test_signs_and_numbers_that_the_database_cannot_store_do_no_harm(writer: Client, draft: Circular) -> None:
    data = fields(writer, draft, subject="Yarım\0 kalan", version_read=2**40)

    assert keep(writer, draft, data).status_code == 200
    assert [each.values for each in DraftEditing.objects.all()] == [{"subject": "Yarım kalan"}]
    for version in (2**40, -1):
        saved = writer.post(page(draft), data | {"subject": "Yarım kalan", "version_read": version})
        assert "version_read" in saved.context["form"].errors


def test_text_that_is_kept_while_it_is_saved_does_not_stay_unsaved(
    writer: Client, draft: Circular, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press on Save leaves the field, which keeps its text, and submits the form: both arrive together."""
    data = fields(writer, draft, subject="Yeni konu")

    def saved_in_between(*args: Any, **values: Any) -> DraftEditing:
        monkeypatch.undo()
        assert writer.post(page(draft), data).status_code == 302
        return keep_unsaved(*args, **values)

    monkeypatch.setattr(unsaved, "keep_unsaved", saved_in_between)
    answer = keep(writer, draft, data)

    assert answer.status_code == 200
    assert Circular.objects.get().subject == "Yeni konu"
    assert [each.values for each in DraftEditing.objects.all()] == [{}]
