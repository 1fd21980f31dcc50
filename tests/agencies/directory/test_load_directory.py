"""`load_directory` is idempotent and keeps local changes; here with the core, which is what most tests need."""

from io import StringIO

import pytest
from django.core.management import call_command

from agencies.models import Agency, AgencyGroup, AgencyKind, Province

pytestmark = pytest.mark.django_db


def load(**options: object) -> str:
    out = StringIO()
    call_command("load_directory", stdout=out, **{"core": True} | options)
    return out.getvalue()


def test_it_loads_the_shipped_directory() -> None:
    load()
    count = Agency.objects.filter
    assert Province.objects.count() == 81
    assert Province.objects.filter(metropolitan=True).count() == 30
    assert count(kind=AgencyKind.MINISTRY).count() == 17
    assert count(kind=AgencyKind.GOVERNORSHIP).count() == 81
    assert count(kind=AgencyKind.METROPOLITAN_MUNICIPALITY).count() == 30
    assert count(kind=AgencyKind.MUNICIPALITY).count() == 51
    directorates = count(kind=AgencyKind.PROVINCIAL_DIRECTORATE)
    assert directorates.count() % 81 == 0
    for template in directorates.values_list("template", flat=True).distinct():
        assert directorates.filter(template=template).count() == 81
    assert AgencyGroup.objects.count() > 20


def test_no_detsis_number_is_invented() -> None:
    load()
    assert list(Agency.objects.exclude(detsis_no=None).values_list("name", "detsis_no")) == [
        ("Uluslararası İşgücü Genel Müdürlüğü", "98167286")
    ]


def test_every_agency_has_a_path_to_the_top() -> None:
    load()
    unit = Agency.objects.get(code="sosyal-guvenlik-01")
    assert [each.code for each in unit.ancestors()] == ["ministry-calisma", "sosyal-guvenlik-kurumu"]
    assert unit.path[-1] == unit.pk
    assert not Agency.objects.filter(path=[]).exists()


def test_loading_twice_adds_nothing_and_keeps_what_people_changed() -> None:
    load()
    Agency.objects.filter(code="valilik-01").update(
        email="evrak@ornek.example", name="Adana Valiliği (deneme)"
    )
    before = Agency.objects.count(), AgencyGroup.objects.count()
    load()
    assert (Agency.objects.count(), AgencyGroup.objects.count()) == before
    assert Agency.objects.get(code="valilik-01").name == "Adana Valiliği (deneme)"


def test_a_refresh_overwrites_shipped_values_and_keeps_addresses() -> None:
    load()
    Agency.objects.filter(code="valilik-01").update(
        email="evrak@ornek.example", name="Adana Valiliği (deneme)"
    )
    load(refresh=True)
    governorship = Agency.objects.get(code="valilik-01")
    assert (governorship.name, governorship.email) == ("Adana Valiliği", "evrak@ornek.example")


def test_an_agency_that_people_added_stays() -> None:
    load()
    parent = Agency.objects.get(code="ministry-adalet")
    own = Agency.objects.create(name="Deneme Dairesi Başkanlığı", parent=parent)
    load(refresh=True)
    own.refresh_from_db()
    assert own.path == [parent.pk, own.pk]


@pytest.mark.parametrize("refresh", [False, True])
def test_a_detsis_number_that_people_entered_for_another_agency_is_left_out(*, refresh: bool) -> None:
    other = Agency.objects.create(name="Deneme Başkanlığı", kind=AgencyKind.OTHER, detsis_no="98167286")
    load(refresh=refresh)
    load(refresh=refresh)
    assert Agency.objects.get(detsis_no="98167286") == other
    assert Agency.objects.get(name="Uluslararası İşgücü Genel Müdürlüğü").detsis_no is None
