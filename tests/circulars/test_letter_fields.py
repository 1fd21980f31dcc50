"""The registry of the letter's fields, used by form, correction, fingerprint and comparison."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from django.db import models
from django.test.utils import isolate_apps

from agencies.models import Agency
from circulars.forms.review import CircularForm
from circulars.models import Circular, Reference, Urgency, letter_fields
from circulars.models.letter_fields import LetterField, changed_fields, unlisted_fields
from circulars.services.correct import start_correction
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, CircularFactory, dispatched_to, draft_to, sender_of

pytestmark = pytest.mark.django_db


def digest_of(content: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def first_content(circular: Circular) -> dict[str, object]:
    """What the first fingerprints covered; stored ones must remain valid."""
    return {
        "issuer": [circular.issuer.name, circular.issuer_lines],
        "number": circular.number,
        "circular_number": circular.circular_number,
        "date": "2026-03-02",
        "subject": circular.subject,
        "urgency": circular.urgency,
        "secrecy": circular.secrecy,
        "due_at": circular.due_at.isoformat() if circular.due_at else None,
        "addressee": circular.addressee,
        "body": circular.body,
        "signatory": [circular.signatory_name, circular.signatory_titles],
        "verification_code": circular.verification_code,
        "file": circular.source_sha256,
        "references": ["a) 1.1.2026 tarihli yazımız."],
        "lines": [["action", circular.lines.get().text]],
        "attachments": [],
    }


@pytest.fixture
def draft() -> Circular:
    circular = draft_to(
        AgencyFactory(),
        circular_number="2026/3",
        verification_code="ABC123",
        signatory_titles="Bakan a.\nGenel Müdür",
    )
    Reference.objects.create(circular=circular, position=0, text="a) 1.1.2026 tarihli yazımız.")
    return circular


def test_every_field_of_the_model_is_listed() -> None:
    assert unlisted_fields(Circular) == []


def test_an_unlisted_field_is_named() -> None:
    with isolate_apps("circulars"):

        class LongerLetter(Circular):
            archive_note = models.TextField()

            class Meta:
                app_label = "circulars"

    assert "archive_note" in unlisted_fields(LongerLetter)


def test_no_list_names_a_field_that_is_not_there_or_one_twice() -> None:
    listed = [*(field.name for field in letter_fields.LETTER_FIELDS), *letter_fields.NOT_OF_THE_LETTER]
    there = {field.name for field in [*Circular._meta.fields, *Circular._meta.many_to_many]}
    assert sorted(listed) == sorted(there)


def test_stored_fingerprints_remain_valid(draft: Circular) -> None:
    assert draft.fingerprint([]) == digest_of(first_content(draft))

    draft.urgency, draft.due_at = Urgency.TIMED, datetime(2026, 4, 1, 14, tzinfo=UTC)
    assert draft.fingerprint([]) == digest_of(first_content(draft))

    draft.due_at, draft.due_working_days = None, 15
    assert draft.fingerprint([]) == digest_of(first_content(draft) | {"due_working_days": 15})

    draft.corrects, draft.revision_number, draft.change_note = CircularFactory(), 2, "Tarih düzeltildi"
    assert draft.fingerprint([]) == digest_of(
        first_content(draft) | {"due_working_days": 15, "revision": [2, "Tarih düzeltildi"]}
    )


def test_what_is_added_to_the_list_is_in_fingerprint_correction_and_comparison(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = dispatched_to(AgencyFactory())
    before, plain = (
        letter.fingerprint([]),
        start_correction(circular=letter, by=letter.recorded_by, at=MOMENT),
    )

    def count(circular: Circular) -> object:
        return circular.recipient_count

    added = LetterField("recipient_count", True, True, count, "recipients", count)
    monkeypatch.setattr(letter_fields, "LETTER_FIELDS", (*letter_fields.LETTER_FIELDS, added))

    assert (letter.recipient_count, plain[0].recipient_count) == (1, 0)
    assert letter.fingerprint([]) != before
    assert changed_fields(letter, plain[0]) == ["recipient_count"]
    assert letter_fields.typed_fields()[-1] == "recipient_count"
    plain[0].delete()
    again, _begun = start_correction(circular=letter, by=letter.recorded_by, at=MOMENT)
    assert again.recipient_count == 1


def test_the_form_has_the_typed_fields_and_shows_also_one_that_its_layout_does_not_place() -> None:
    form = CircularForm(instance=CircularFactory(), issuers=Agency.objects.none())
    assert form._meta.fields == letter_fields.typed_fields()
    assert form.helper.render_unmentioned_fields


def test_a_correction_differs_in_the_fields_that_were_changed() -> None:
    letter = dispatched_to(AgencyFactory(), urgency=Urgency.TIMED, due_working_days=5)
    draft, _begun = start_correction(circular=letter, by=letter.recorded_by, at=MOMENT)
    assert changed_fields(letter, draft) == []

    draft.subject, draft.body = "Yeni Konu", "Yeni metin."
    assert changed_fields(letter, draft) == ["subject", "body"]


def test_the_draft_of_a_correction_names_the_fields_that_it_changes(signed_in: SignIn) -> None:
    letter = dispatched_to(AgencyFactory())
    draft, _begun = start_correction(circular=letter, by=letter.recorded_by, at=MOMENT)
    client = signed_in(sender_of(letter.issuer))
    address = f"/letters/{draft.public_id}/edit/"
    assert client.get(address).context["changed"] == []

    Circular.objects.filter(pk=draft.pk).update(subject="Yeni Konu")
    response = client.get(address)
    assert response.context["changed"] == ["konu"]
    assert "Değişen alanlar: konu" in " ".join(response.content.decode().split())
