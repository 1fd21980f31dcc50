"""Text entered by users contains no invisible characters."""

import pytest
from django import forms

from distribution.forms.by_link.link import LinkConfirmForm
from distribution.forms.words import WordsField


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ayşe\u202e Çağlayan", "Ayşe Çağlayan"),
        ("zil\u0007 sesi", "zil sesi"),
        ("bir\nsatır\tve", "bir\nsatır\tve"),
        ("sıfır\u200bgenişlik", "sıfırgenişlik"),
    ],
)
def test_invisible_characters_are_removed(typed: str, kept: str) -> None:
    assert WordsField().clean(typed) == kept


def test_text_of_invisible_characters_only_is_empty() -> None:
    with pytest.raises(forms.ValidationError):
        WordsField().clean("\u202e\u200b")


def test_a_name_given_by_link_does_not_change_the_direction_of_the_text_beside_it() -> None:
    form = LinkConfirmForm(
        {
            "code": "123456",
            "name": "Ayşe Çağlayan\u202e",
            "job_title": "\u2067Memur",
            "register_number": "2026/1\u202e",
        }
    )

    assert form.is_valid(), form.errors
    assert form.cleaned_data["name"] == "Ayşe Çağlayan"
    assert form.cleaned_data["job_title"] == "Memur"
    assert form.cleaned_data["register_number"] == "2026/1"
