"""Declared leave: administrators declare and revoke it; the page is 404 for anybody else."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.calendar import calendar_for
from agencies.models import DeclaredLeave, Province, User
from agencies.services.leave import take_back_leave
from agencies.services.refusal import ActionRefused
from tests.conftest import SignIn
from tests.factories import AgencyFactory, UserFactory, manager_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return UserFactory(is_superuser=True)


@pytest.fixture
def admin_client(administrator: User, signed_in: SignIn) -> Client:
    return signed_in(administrator)


def leave_from(first: date, by: User, **fields: object) -> DeclaredLeave:
    return DeclaredLeave.objects.create(
        first_day=first,
        last_day=first,
        reason="İdari izin",
        entered_by=by,
        entered_at=timezone.now(),
        **fields,
    )


def test_an_administrator_declares_leave_and_the_calendar_knows_it(
    admin_client: Client, administrator: User
) -> None:
    province = Province.objects.create(plate="25", name="Erzurum", sort_key="e")

    response = admin_client.post(
        reverse("leaves"), {"first_day": "15.12.2026", "province": "25", "reason": "Yoğun kar"}, follow=True
    )

    leave = DeclaredLeave.objects.get()
    assert (leave.first_day, leave.last_day, leave.province) == (
        date(2026, 12, 15),
        date(2026, 12, 15),
        province,
    )
    assert leave.entered_by == administrator
    assert not calendar_for("25", date(2026, 12, 1)).is_working_day(date(2026, 12, 15))
    assert "Yoğun kar" in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"last_day": "2026-12-01"}, "__all__"),
        ({"last_day": "2027-12-15"}, "last_day"),
        ({"last_day": "2026-12-17", "afternoon_only": "on"}, "__all__"),
        ({"first_day": "yarın"}, "first_day"),
    ],
)
def test_invalid_input_is_refused_and_kept_on_the_page(
    admin_client: Client, typed: dict[str, str], field: str
) -> None:
    data = {"first_day": "2026-12-15", "last_day": "2026-12-15", "reason": "Yoğun kar"} | typed

    response = admin_client.post(reverse("leaves"), data)

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert data["last_day"] in response.content.decode()
    assert not DeclaredLeave.objects.exists()


def test_the_same_leave_is_declared_again_only_after_it_was_revoked(
    admin_client: Client, administrator: User
) -> None:
    data = {"first_day": "15.12.2026", "reason": "Yoğun kar"}
    adana = Province.objects.create(plate="01", name="Adana", sort_key="a")

    assert admin_client.post(reverse("leaves"), data).status_code == 302
    again = admin_client.post(reverse("leaves"), data)
    assert "__all__" in again.context["form"].errors
    assert admin_client.post(reverse("leaves"), data | {"province": adana.pk}).status_code == 302
    assert DeclaredLeave.objects.count() == 2

    national = DeclaredLeave.objects.get(province=None)
    take_back_leave(leave=national, reason="Yanlış gün", by=administrator, at=timezone.now())
    assert admin_client.post(reverse("leaves"), data).status_code == 302


def test_other_users_get_404_and_a_get_changes_nothing(signed_in: SignIn, administrator: User) -> None:
    leave = leave_from(date(2026, 12, 15), administrator)
    pages = [reverse("leaves"), reverse("take_back_leave", args=[leave.pk])]
    client = signed_in(manager_of(AgencyFactory()))
    for page in pages:
        assert client.get(page).status_code in (404, 405)
        assert client.post(page).status_code == 404
    assert "/leaves/" not in client.get("/directory/").content.decode()

    client = signed_in(administrator)
    assert client.get(pages[1]).status_code == 302
    assert "/leaves/" in client.get("/directory/").content.decode()
    leave.refresh_from_db()
    assert leave.removed_at is None


def test_future_leave_is_revoked_and_the_row_records_by_whom(
    admin_client: Client, administrator: User
) -> None:
    day = timezone.localdate() + timedelta(days=30)
    leave = leave_from(day, administrator)

    admin_client.post(reverse("take_back_leave", args=[leave.pk]))

    leave.refresh_from_db()
    assert leave.removed_by == administrator
    assert not calendar_for(None, day).leaves


def test_leave_that_has_begun_needs_a_reason(admin_client: Client, administrator: User) -> None:
    leave = leave_from(timezone.localdate(), administrator)
    url = reverse("take_back_leave", args=[leave.pk])

    response = admin_client.post(url)

    assert f"reason-error-{leave.pk}" in response.content.decode()
    leave.refresh_from_db()
    assert leave.removed_at is None

    admin_client.post(url, {"reason": "Yanlış il girildi"})
    leave.refresh_from_db()
    assert leave.removal_reason == "Yanlış il girildi"


def test_revoking_without_a_reason_leaves_nothing_and_twice_changes_nothing(administrator: User) -> None:
    leave = leave_from(timezone.localdate(), administrator)
    with pytest.raises(ActionRefused):
        take_back_leave(leave=leave, reason=" ", by=administrator, at=timezone.now())
    first = take_back_leave(leave=leave, reason="Yanlış", by=administrator, at=timezone.now())

    second = take_back_leave(leave=leave, reason="Başka", by=UserFactory(), at=timezone.now())

    assert (second.removal_reason, second.removed_at) == ("Yanlış", first.removed_at)


def test_the_admin_site_declares_leave_too_and_never_deletes_it(
    admin_client: Client, administrator: User
) -> None:
    administrator.is_staff = True
    administrator.save()

    admin_client.post(
        "/admin/agencies/declaredleave/add/",
        {"first_day": "15.12.2026", "last_day": "15.12.2026", "reason": "Yoğun kar", "province": ""},
    )

    leave = DeclaredLeave.objects.get()
    assert leave.entered_by == administrator
    assert admin_client.post(f"/admin/agencies/declaredleave/{leave.pk}/delete/").status_code == 403


def test_the_list_takes_as_many_queries_for_20_leaves_as_for_2(
    admin_client: Client, administrator: User
) -> None:
    counts = []
    for more in (2, 18):
        for number in range(more):
            leave_from(date(2027, 1, 1) + timedelta(days=number), administrator)
        admin_client.get(reverse("leaves"))
        counts.append(query_count(admin_client.get, reverse("leaves")))
    assert counts[0] == counts[1]
