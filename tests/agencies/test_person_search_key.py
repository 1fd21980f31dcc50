"""A person's name is folded in the database as `search_key` folds what is typed."""

import pytest
from django.db.migrations.loader import MigrationLoader

from agencies.models import person
from agencies.turkish import APOSTROPHES, search_key
from tests.factories import UserFactory


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["Işıl ÇİĞDEMOĞLU", "Âli Hîlmi Ûğur", *(f"Sean O{apostrophe}Neil" for apostrophe in APOSTROPHES)]
)
def test_letters_and_apostrophes_are_folded_as_in_a_search(name: str) -> None:
    first, last = name.rsplit(" ", 1)
    key = UserFactory(first_name=first, last_name=last).search_key

    assert key == search_key(name)
    assert len(person.LETTERS) == len(person.FOLDED)


def test_other_letters_need_a_migration(monkeypatch: pytest.MonkeyPatch) -> None:
    state = MigrationLoader(None).project_state().models["agencies", "user"]
    migrated = state.fields["search_key"].expression
    assert migrated == person.name_key("first_name", "last_name")

    monkeypatch.setattr(person, "LETTERS", person.LETTERS.replace("Û", "Ô"))
    assert migrated != person.name_key("first_name", "last_name")
