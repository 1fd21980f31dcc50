"""Wordings that people add and remove."""

from collections.abc import Callable

from django.urls import reverse
from django.utils import timezone

from agencies.matching.lines import match_lines
from agencies.models import Agency, AgencyGroup, AgencyWording, GroupWording, User
from agencies.services.wordings import NotRemembered, remember_wording
from tests.conftest import SignIn
from tests.factories import MOMENT, AgencyFactory, UserFactory, sender_of

Directory = Callable[[str], Agency]


def teach(
    text: str, *, agency: Agency | None = None, group: AgencyGroup | None = None, by: User | None = None
) -> NotRemembered | None:
    return remember_wording(text=text, agency=agency, group=group, by=by or UserFactory(), at=MOMENT)


def meaning(line: str) -> Agency | AgencyGroup | None:
    [match] = match_lines([line], issuer=None, on=MOMENT.date())
    return match.agency or match.group


def test_an_added_wording_is_recognised_in_any_case(directory: Directory) -> None:
    person = UserFactory()
    assert teach("Merkez Bankasına", agency=directory("tbmm"), by=person) is None
    assert meaning("MERKEZ BANKASINA") == directory("tbmm")
    wording = AgencyWording.objects.get(added_by__isnull=False)
    assert (wording.added_by, wording.added_at) == (person, MOMENT)


def test_groups_have_wordings_too_and_adding_one_twice_is_harmless(directory: Directory) -> None:
    ministries = AgencyGroup.objects.get(code="ministries")
    assert teach("Kabine Üyelerine", group=ministries) is None
    assert teach("Kabine Üyelerine", group=ministries) is None
    assert meaning("Kabine Üyelerine") == ministries


def test_a_wording_means_one_thing_only(directory: Directory) -> None:
    teach("Kabine Üyelerine", group=AgencyGroup.objects.get(code="ministries"))
    assert teach("Kabine Üyelerine", agency=directory("tbmm")) == NotRemembered.TAKEN
    assert teach("81 İl Valiliklerine", agency=directory("tbmm")) == NotRemembered.TAKEN


def test_names_in_the_directory_are_not_overridden(directory: Directory) -> None:
    assert teach("Adalet Bakanlığına", agency=directory("ministry-saglik")) == NotRemembered.KNOWN
    assert meaning("Adalet Bakanlığına") == directory("ministry-adalet")


def test_an_ambiguous_wording_is_not_remembered(directory: Directory) -> None:
    for code in ("ministry-adalet", "ministry-saglik"):
        unit = AgencyFactory(name="Deneme Dairesi Başkanlığı", parent=directory(code))
    assert teach("Deneme Dairesi Başkanlığına", agency=unit) == NotRemembered.AMBIGUOUS
    assert teach("İl Sağlık Müdürlüğüne", agency=directory("saglik-06")) == NotRemembered.AMBIGUOUS
    ministry_unit = directory("calisma-hukuk")
    assert teach("Hukuk Hizmetleri Genel Müdürlüğüne", agency=ministry_unit) == NotRemembered.AMBIGUOUS


def test_an_exception_in_words_and_an_endless_line_are_not_remembered(directory: Directory) -> None:
    governorships = AgencyGroup.objects.get(code="governorships")
    assert teach("Valiliklere (Ankara hariç)", group=governorships) == NotRemembered.EXCEPTION
    assert teach("Kurula " * 60, group=governorships) == NotRemembered.LONG
    assert not AgencyWording.objects.filter(added_by__isnull=False).exists()


def test_a_central_unit_is_not_named_from_outside_by_an_added_wording(directory: Directory) -> None:
    assert teach("Hukukçularımıza", agency=directory("calisma-hukuk")) is None
    assert meaning("Hukukçularımıza") is None
    [within] = match_lines(["Hukukçularımıza"], issuer=directory("ministry-calisma"), on=MOMENT.date())
    assert within.agency == directory("calisma-hukuk")


def test_the_person_who_added_a_wording_removes_it_on_the_page(
    directory: Directory, signed_in: SignIn
) -> None:
    person = sender_of(directory("tbmm"))
    teach("Merkez Bankasına", agency=directory("tbmm"), by=person)
    teach("Kabine Üyelerine", group=AgencyGroup.objects.get(code="ministries"), by=person)
    client = signed_in(person)
    of_agency, of_group = (
        AgencyWording.objects.get(added_by__isnull=False),
        GroupWording.objects.get(text="Kabine Üyelerine"),
    )
    for page, wording, name in (
        (reverse("agency", args=[of_agency.agency_id]), of_agency, "take_back_agency_wording"),
        (reverse("group", args=[of_group.group_id]), of_group, "take_back_group_wording"),
    ):
        address = reverse(name, args=[wording.pk])
        text = client.get(page).content.decode()
        assert wording.text in text
        assert address in text
        assert client.get(address).status_code == 302
        assert client.post(address)["Location"] == page
    assert meaning("Merkez Bankasına") is None
    assert meaning("Kabine Üyelerine") is None


def test_others_see_a_wording_and_only_an_administrator_can_remove_it(
    directory: Directory, signed_in: SignIn
) -> None:
    teach("Merkez Bankasına", agency=directory("tbmm"))
    wording = AgencyWording.objects.get(added_by__isnull=False)
    address = reverse("take_back_agency_wording", args=[wording.pk])
    client = signed_in(UserFactory())
    text = client.get(reverse("agency", args=[wording.agency_id])).content.decode()
    assert wording.text in text
    assert address not in text
    assert client.post(address).status_code == 404
    shipped = GroupWording.objects.filter(added_by=None)[0]
    assert client.post(reverse("take_back_group_wording", args=[shipped.pk])).status_code == 404
    signed_in(UserFactory(is_superuser=True)).post(address)
    assert not AgencyWording.objects.filter(added_by__isnull=False).exists()


def test_who_does_not_send_any_more_removes_no_wording(directory: Directory, signed_in: SignIn) -> None:
    person = sender_of(directory("tbmm"))
    teach("Merkez Bankasına", agency=directory("tbmm"), by=person)
    wording = AgencyWording.objects.get(added_by=person)
    person.memberships.update(active_to=timezone.localdate())
    address = reverse("take_back_agency_wording", args=[wording.pk])
    client = signed_in(person)

    assert address not in client.get(reverse("agency", args=[wording.agency_id])).content.decode()
    assert client.post(address).status_code == 404
    assert AgencyWording.objects.filter(pk=wording.pk).exists()
