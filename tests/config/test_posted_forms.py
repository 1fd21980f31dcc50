"""Every address that takes a form is in the table, and answers a GET by a page."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms
from django.test import Client
from django.urls import resolve, reverse

import agencies.forms
import circulars.forms
import distribution.forms
from agencies.forms.files import KeptFileInput
from agencies.models import GroupWording, Role
from config.unsent_forms.posted_forms import BY_SCRIPT, POSTED_FORMS
from tests.conftest import SignIn
from tests.factories import AgencyFactory, AgencyGroupFactory, MembershipFactory, UserFactory, recipient_of
from tests.test_urls import LINKS, example_of, own_patterns

NOT_FOR_PEOPLE = {"post_bounce", *BY_SCRIPT}
"""A mail server posts to the one, scripts of our pages to the others."""


@pytest.fixture
def everything(signed_in: SignIn) -> Client:
    """A client of a person with every role."""
    person = UserFactory(is_superuser=True, is_staff=True)
    for role in Role:
        MembershipFactory(user=person, role=role, agency=AgencyFactory())
    return signed_in(person)


@pytest.fixture
def methods(everything: Client) -> dict[str, set[str]]:
    """The methods that each own address takes; those of a link ask for its signature first."""
    found = {}
    for pattern in own_patterns():
        response = everything.options(example_of(pattern))
        if pattern.name not in LINKS:
            assert response.status_code == 405, pattern.name
            found[str(pattern.name)] = set(response["Allow"].split(", "))
    return found


@pytest.mark.django_db
def test_the_table_has_every_address_that_takes_a_form(methods: dict[str, set[str]]) -> None:
    posted = {name for name, allowed in methods.items() if "POST" in allowed}

    assert posted - NOT_FOR_PEOPLE == {name for name in POSTED_FORMS if ":" not in name}


@pytest.mark.django_db
def test_an_address_that_only_takes_forms_leads_to_the_page_of_its_form(
    everything: Client, methods: dict[str, set[str]]
) -> None:
    only_posted = {name for name, allowed in methods.items() if "GET" not in allowed} - NOT_FOR_PEOPLE
    assert len(only_posted) > 20
    for pattern in own_patterns():
        if pattern.name not in only_posted:
            continue
        for response in (everything.get(example_of(pattern)), everything.head(example_of(pattern))):
            assert response.status_code == 302, pattern.name
            assert "GET" in methods[resolve(response["Location"]).view_name], pattern.name


@pytest.mark.django_db
def test_no_address_of_the_libraries_answers_a_get_by_405(everything: Client) -> None:
    for name in (
        "set_language",
        "admin:logout",
        "account_logout",
        "account_login",
        "account_change_password",
        "mfa_index",
        "mfa_generate_recovery_codes",
    ):
        assert everything.get(reverse(name)).status_code in (200, 302), name


@pytest.mark.django_db
def test_the_form_that_removes_a_wording_stands_on_the_page_of_its_group(signed_in: SignIn) -> None:
    group = AgencyGroupFactory()
    wording = GroupWording.objects.create(group=group, text="Sınama valiliklerine")

    response = signed_in(recipient_of(AgencyFactory())).get(
        reverse("take_back_group_wording", args=[wording.pk])
    )

    assert response["Location"] == reverse("group", args=[group.pk])


def fields_for_files() -> Iterator[tuple[type[forms.Form], str, forms.FileField]]:
    """Every field for files of every form."""
    for package in (agencies.forms, circulars.forms, distribution.forms):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for found in vars(importlib.import_module(module.name)).values():
                if isinstance(found, type) and issubclass(found, forms.Form):
                    for name, field in found.base_fields.items():
                        if isinstance(field, forms.FileField):
                            yield found, name, field


def test_every_field_for_files_keeps_them_if_the_form_is_refused() -> None:
    found = {(form.__name__, name): field for form, name, field in fields_for_files()}

    assert len(found) >= 6
    assert not [key for key, field in found.items() if not isinstance(field.widget, KeptFileInput)]


def test_the_table_names_the_fields_without_whose_files_a_form_is_refused() -> None:
    required = {name for _form, name, field in fields_for_files() if field.required}

    needed = {name for form in POSTED_FORMS.values() for name in form.needs}

    assert needed == required | {"files"}  # attachments have no form class
