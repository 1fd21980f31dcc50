"""Whose KEP evidence is that matches no notice: each ministry settles what was imported for it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Role, User
from distribution.feedback.kep_evidence import dismiss_evidence, import_evidence
from distribution.models import KepEvidence
from distribution.visibility import evidence_of
from tests.conftest import SignIn
from tests.distribution import kep
from tests.factories import AgencyFactory, MembershipFactory, UserFactory, sender_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kep_account")]


@pytest.fixture
def ministries() -> tuple[Agency, Agency]:
    return AgencyFactory(name="Dokuma Bakanlığı"), AgencyFactory(name="İplik Bakanlığı")


@pytest.fixture
def of_both(ministries: tuple[Agency, Agency]) -> User:
    """A person who sends for both ministries."""
    person = sender_of(ministries[0])
    MembershipFactory(user=person, agency=ministries[1], role=Role.SENDER)
    return person


def upload() -> SimpleUploadedFile:
    content = kep.answer({"delilId": "1"}, recipient="takma-ad@hs01.kep.tr")
    return SimpleUploadedFile("delil.xml", content, "application/xml")


def test_evidence_that_a_colleague_imported_for_another_ministry_is_not_ours_to_dismiss(
    signed_in: SignIn, ministries: tuple[Agency, Agency], of_both: User
) -> None:
    dokuma, iplik = ministries
    signed_in(of_both).post(reverse("import_evidence"), {"evidence": upload(), "issuer": iplik.pk})
    kept = KepEvidence.objects.get()

    client = signed_in(sender_of(dokuma))
    assert client.get(reverse("returned")).context["evidence_count"] == 0
    assert client.post(reverse("dismiss_evidence", args=[kept.pk])).status_code == 404
    assert client.get(reverse("match_evidence", args=[kept.pk])).status_code == 404
    with pytest.raises(KepEvidence.DoesNotExist):
        dismiss_evidence(pk=kept.pk, by=sender_of(dokuma))
    assert list(evidence_of(sender_of(iplik))) == [kept]
    assert dismiss_evidence(pk=kept.pk, by=sender_of(iplik))


def test_whoever_sends_for_several_units_says_for_which(
    signed_in: SignIn, of_both: User, ministries: tuple[Agency, Agency]
) -> None:
    client = signed_in(of_both)
    assert "İplik Bakanlığı" in str(client.get(reverse("returned")).context["form"])

    refused = client.post(reverse("import_evidence"), {"evidence": upload()})
    stranger = client.post(reverse("import_evidence"), {"evidence": upload(), "issuer": AgencyFactory().pk})

    assert "issuer" in refused.context["form"].errors
    assert "issuer" in stranger.context["form"].errors
    assert not KepEvidence.objects.exists()


def test_whoever_sends_for_one_unit_is_not_asked(
    signed_in: SignIn, ministries: tuple[Agency, Agency]
) -> None:
    client = signed_in(sender_of(ministries[0]))
    assert "issuer" not in client.get(reverse("returned")).context["form"].fields
    client.post(reverse("import_evidence"), {"evidence": upload()})
    assert KepEvidence.objects.get().issuer == ministries[0]


def test_evidence_for_no_unit_in_particular_is_the_importers_and_the_administrators(
    of_both: User, ministries: tuple[Agency, Agency]
) -> None:
    files = [("delil.xml", upload().read())]
    (kept,) = import_evidence(files=files, by=of_both, at=timezone.now()).unmatched
    assert kept.issuer is None
    assert [list(evidence_of(sender_of(each))) for each in ministries] == [[], []]
    assert list(evidence_of(of_both)) == [kept]
    assert list(evidence_of(UserFactory(is_superuser=True))) == [kept]
