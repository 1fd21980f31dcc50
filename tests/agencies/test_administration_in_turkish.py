"""The Django administration has no English word on a Turkish screen, whichever library a page comes from."""

import re
from datetime import date
from html import unescape

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import AgencyGroup, AgencyWording, DeclaredLeave, GroupWording, SecondStep, User
from tests.conftest import SignIn
from tests.factories import AgencyFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

SAME = {"Dağıtım Takip", "English"}
"""Names, and words that are the same in both languages."""


@pytest.fixture
def administrator(signed_in: SignIn) -> Client:
    person: User = UserFactory(is_staff=True, is_superuser=True, first_name="Ölçü", last_name="ÇAĞ")
    person.set_unusable_password()  # the page of a person shows the beginning of a hash
    person.save()
    agency, now = AgencyFactory(), timezone.now()
    MembershipFactory(user=person, agency=agency)
    EmailAddress.objects.create(user=person, email="cag@kurum.example", verified=True, primary=True)
    Authenticator.objects.create(user=person, type="totp", data={"secret": "GİZLİANAHTAR"}, last_used_at=now)
    Authenticator.objects.create(user=person, type="recovery_codes", data={"seed": "GİZLİANAHTAR"})
    AgencyWording.objects.create(agency=agency, text="Ölçü Çağına")
    group = AgencyGroup.objects.create(name="Ölçü Çağ Topluluğu")
    GroupWording.objects.create(group=group, text="Ölçü Çağ Topluluğuna")
    day = date(2026, 3, 2)
    DeclaredLeave.objects.create(
        first_day=day,
        last_day=day,
        reason="Çığ",
        entered_by=person,
        entered_at=now,
        removed_at=now,
        removed_by=person,
    )
    return signed_in(person)


def pages() -> list[str]:
    """The index, and list, form, deletion and history of each registered model."""
    found = [reverse("admin:index"), reverse("admin:password_change")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [
            reverse("admin:app_list", args=[model._meta.app_label]),
            reverse(f"{name}_changelist"),
            reverse(f"{name}_add"),
        ]
        found += [
            reverse(f"{name}_{page}", args=[each.pk])
            for each in model._default_manager.all()[:1]
            for page in ("change", "delete", "history")
        ]
    return list(dict.fromkeys(found))


def texts(client: Client, address: str, language: str) -> set[str]:
    """What a person reads on the page, by pieces; empty if it is closed to administrators."""
    response = client.get(address, headers={"accept-language": language}, follow=True)
    if response.status_code != 200:
        return set()
    page = re.sub(r"(?s)<(script|style).*?</\1>|<!--.*?-->", "", response.content.decode())
    said = re.findall(r'(?:title|placeholder|aria-label|alt)="([^"]*)"', page)
    said += re.findall(r'<input type="submit"[^>]* value="([^"]*)"', page)
    return {" ".join(unescape(each).split()) for each in [*said, *re.split(r"(?s)<[^>]*>", page)]}


def data() -> set[str]:
    """What is shown of the rows themselves."""
    found: set[str] = set()
    rows: list[Model] = [each for model in admin.site._registry for each in model._default_manager.all()]
    for row in rows:
        found |= {str(row), *(str(each.value_from_object(row)) for each in row._meta.concrete_fields)}
    return found


def test_no_page_shows_the_same_words_in_turkish_and_in_english(administrator: Client) -> None:
    known, english = data(), []
    for address in pages():
        turkish = texts(administrator, address, "tr")
        same = turkish & texts(administrator, address, "en")
        english += [
            (address, text) for text in sorted(turkish) if re.search(r"\bCan (add|change|delete)", text)
        ]
        english += [
            (address, text)
            for text in sorted(same - known - SAME)
            if re.search(r"[A-Za-z]{3}", text) and not any(each in text for each in known if len(each) > 4)
        ]

    assert english == []


def test_the_second_step_of_a_sign_in_is_removed_and_its_secret_not_shown(administrator: Client) -> None:
    step = SecondStep.objects.get(type="totp")
    listed = administrator.get(reverse("admin:agencies_secondstep_changelist")).content.decode()
    shown = administrator.get(reverse("admin:agencies_secondstep_change", args=[step.pk])).content.decode()

    assert "Ölçü ÇAĞ" in listed and "Ölçü ÇAĞ" in shown
    assert f"{timezone.localdate():%d.%m.%Y}" in shown
    assert "GİZLİANAHTAR" not in listed + shown
    assert administrator.get(reverse("admin:agencies_secondstep_add")).status_code == 403
    administrator.post(reverse("admin:agencies_secondstep_delete", args=[step.pk]), {"post": "yes"})
    assert list(Authenticator.objects.values_list("type", flat=True)) == ["recovery_codes"]
