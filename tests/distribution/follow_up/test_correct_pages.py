"""The pages of a correction, and how lists, exports and copies show it."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from agencies.models import User
from circulars.models import Purpose, Reference
from distribution.models import (
    Delivery,
)
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import begin, copy_of, send, url
from tests.factories import (
    AgencyFactory,
    LineFactory,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)

pytestmark = pytest.mark.django_db


def test_the_sender_corrects_from_page_to_page(signed_in: SignIn) -> None:
    action, informed = AgencyFactory(), AgencyFactory()
    circular = draft_to(action)
    LineFactory(circular=circular, position=9, agency=informed, purpose=Purpose.INFORMATION)
    dispatch(circular=circular, by=circular.recorded_by, at=timezone.now())
    client = signed_in(sender_of(circular.issuer))
    assert url("correct", circular) in client.get(url("letter", circular)).content.decode()

    response = client.post(url("correct", circular), follow=True)
    draft = circular.corrections.get()
    assert response.redirect_chain[-1][0] == url("touched", draft)
    page = client.post(url("touched", draft), {"note": "", "scope": "units"}).content.decode()
    assert "invalid-feedback" in page
    response = client.post(url("touched", draft), {"note": "Ek değişti", "scope": "action"})
    assert response["Location"] == url("review", draft)
    assert "Ek değişti" in client.get(url("review", draft)).content.decode()
    assert list(draft.touched.all()) == [action]
    assert "Ek değişti" in client.get(url("dispatch", draft)).content.decode()
    digest = client.get(url("dispatch", draft)).context["content_digest"]
    client.post(url("dispatch", draft), {"content_digest": digest})

    assert Delivery.objects.get(circular=draft).agency == action
    assert url("letter", draft) in client.get(url("letter", circular)).content.decode()
    assert client.post(url("correct", circular), follow=True).redirect_chain[-1][0] == url("letter", draft)


def test_lines_and_units_can_be_chosen(signed_in: SignIn) -> None:
    first, second = AgencyFactory(), AgencyFactory()
    circular = dispatched_to(first, second)
    draft = begin(circular)
    client = signed_in(sender_of(circular.issuer))

    client.post(url("touched", draft), {"note": "x", "scope": "lines", "lines": [second.name]})
    assert list(draft.touched.all()) == [second]
    client.post(url("touched", draft), {"note": "x", "scope": "units", "units": [first.pk]})
    assert list(draft.touched.all()) == [first]
    client.post(url("touched", draft), {"note": "x", "scope": "all"})
    assert draft.touched.count() == 2


def test_each_recipient_reads_what_the_correction_means_for_it(signed_in: SignIn) -> None:
    touched, untouched = AgencyFactory(), AgencyFactory()
    circular = dispatched_to(touched, untouched)
    revision = send(begin(circular), touched)
    new, old, kept = copy_of(revision, touched), copy_of(circular, touched), copy_of(circular, untouched)

    client = signed_in(recipient_of(touched))
    page = client.get(url("delivery", new)).content.decode()
    assert "2. sürüm" in page and "Tarih düzeltildi" in page
    assert url("delivery", new) in client.get(url("delivery", old)).content.decode()
    client = signed_in(recipient_of(untouched))
    page = client.get(url("delivery", kept)).content.decode()
    assert "geçerlidir" in page
    assert url("delivery", new) not in page
    assert "2. sürüm" in client.get(url("unit_inbox", untouched.pk)).content.decode()
    assert client.get(url("delivery", new)).status_code == 404


def test_lists_exports_and_references_point_to_the_revision(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency, AgencyFactory())
    citing = draft_to(AgencyFactory(), issuer=circular.issuer)
    Reference.objects.create(circular=citing, position=0, text="İlk yazı", target=circular)
    send(begin(circular), agency)
    client = signed_in(sender_of(circular.issuer))

    citing = dispatch(circular=citing, by=citing.recorded_by, at=timezone.now()).circular
    for address in (url("letters"), url("letter", citing)):
        assert "2. sürüm" in client.get(address).content.decode()
    client = signed_in(manager_of(circular.issuer))
    assert "2. sürüm" in client.get(url("outstanding")).content.decode()
    rows = b"".join(client.get(url("outstanding"), {"_export": "csv"})).decode("utf-8-sig")  # type: ignore[arg-type]
    assert rows.count(circular.number) == 3


@pytest.mark.parametrize("role_of", [sender_of, recipient_of, manager_of])
def test_a_stranger_corrects_nothing(signed_in: SignIn, role_of: Callable[..., User]) -> None:
    circular = dispatched_to(AgencyFactory())
    draft = begin(circular)
    client = signed_in(role_of(AgencyFactory()))

    assert client.post(url("correct", circular)).status_code == 404
    assert client.get(url("touched", draft)).status_code == 404
    assert client.post(url("touched", draft), {"note": "x", "scope": "all"}).status_code == 404
    assert client.get(url("touched", circular)).status_code == 404
    draft.refresh_from_db()
    assert draft.change_note == ""


def test_a_get_begins_no_correction(signed_in: SignIn) -> None:
    circular = dispatched_to(AgencyFactory())

    assert signed_in(sender_of(circular.issuer)).get(url("correct", circular)).status_code == 302
    assert not circular.corrections.exists()
