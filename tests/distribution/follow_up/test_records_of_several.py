"""Records on behalf of several units at once, and by a unit that passed the letter on."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular, Purpose
from distribution.models import Delivery, DeliveryEvent, EventKind, Notice, NoticeKind, OnBehalfRecord
from distribution.queries.sending.decisions import below, of_letter
from distribution.services.follow_up.record_on_behalf import (
    record_on_behalf,
    record_on_behalf_of_several,
    take_back_record,
)
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.receiving.object_to_record import object_to_record
from distribution.services.receiving.pass_on import pass_on
from tests.conftest import SignIn
from tests.consistency import findings
from tests.distribution.follow_up.on_behalf import LATER, answered, said
from tests.factories import MOMENT, AgencyFactory, dispatched_to, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def letter_to(count: int) -> tuple[Circular, list[Delivery], User]:
    circular = dispatched_to(*(AgencyFactory() for _ in range(count)))
    return circular, list(circular.deliveries.order_by("pk")), sender_of(circular.issuer)


def note() -> SimpleUploadedFile:
    return SimpleUploadedFile("tutanak.pdf", b"%PDF-1.7 tutanak")


def recorded(
    circular: Circular, deliveries: list[Delivery], by: User, **more: object
) -> list[OnBehalfRecord]:
    told = {each.public_id: answered(said_by=f"Can {each.pk}", **more) for each in deliveries}
    return record_on_behalf_of_several(letter=circular.public_id, said=told, by=by, at=LATER)


def test_it_is_recorded_for_each_unit_with_its_person_the_file_stored_once_and_each_is_told() -> None:
    circular, deliveries, by = letter_to(3)

    records = recorded(circular, deliveries, by, file=note())

    assert len({each.file.name for each in records}) == 1
    assert default_storage.exists(records[0].file.name)
    for each in Delivery.objects.all():
        assert each.acknowledged_on_behalf and each.completed_on_behalf
        assert each.acknowledged_name == f"Can {each.pk}"
    told = Notice.objects.filter(kind=NoticeKind.ON_BEHALF)
    assert {each.agency_id for each in told} == {each.agency_id for each in deliveries}
    assert findings(LATER) == []


def test_the_queries_do_not_grow_with_the_units_and_one_that_confirmed_stops_all() -> None:
    def record(count: int) -> int:
        circular, deliveries, by = letter_to(count)
        return query_count(lambda: recorded(circular, deliveries, by, file=note()))

    assert record(2) == record(12)
    circular, deliveries, by = letter_to(2)
    unit = deliveries[1].agency
    acknowledge(delivery=deliveries[1].public_id, by=recipient_of(unit), at=MOMENT)
    told = {each.public_id: said() for each in deliveries}
    with pytest.raises(ActionRefused, match=unit.name):
        record_on_behalf_of_several(letter=circular.public_id, said=told, by=by, at=LATER)
    with pytest.raises(Delivery.DoesNotExist):
        recorded(letter_to(1)[0], deliveries[:1], by)
    assert not Delivery.objects.filter(circular=circular, acknowledged_on_behalf=True).exists()


def test_from_the_list_of_outstanding_units_several_are_ticked_and_recorded(signed_in: SignIn) -> None:
    circular = dispatched_to(*(AgencyFactory() for _ in range(3)), at=timezone.now() - timedelta(days=1))
    deliveries = list(circular.deliveries.order_by("pk"))
    client = signed_in(sender_of(circular.issuer))
    address = reverse("record_on_behalf_of_several", args=[circular.public_id])
    assert (
        address
        in client.get(reverse("letter", args=[circular.public_id]) + "?show=outstanding").content.decode()
    )
    ids = [str(each.public_id) for each in deliveries]

    page = client.get(address, {"delivery": ids}).content.decode()
    assert page.count('name="delivery"') == 3
    assert Delivery.objects.outstanding().count() == 3

    moment = timezone.localtime() - timedelta(hours=1)
    typed: dict[str, object] = {
        "listed": ids, "delivery": ids[:2], "disposition": "confirmed", "channel": "telephone",
        "said_at": f"{moment:%Y-%m-%dT%H:%M}", "note": "Toplantıda", "file": note(),
        f"said_by_{ids[0]}": "Ayşe KAYA", f"said_by_title_{ids[0]}": "Memur",
    }  # fmt: skip
    page = client.post(address, typed).content.decode()
    assert page.count("Fill this in, or name one person for all units.") == 2
    assert "tutanak.pdf" in page
    typed |= {"said_by": "Can SU", "said_by_title": "Şef", "file": note()}
    page = client.post(address, typed, follow=True).content.decode()

    assert "Recorded on behalf of 2 units. They are told." in page
    assert [each.said_by for each in OnBehalfRecord.objects.order_by("delivery")] == ["Ayşe KAYA", "Can SU"]
    assert Delivery.objects.outstanding().count() == 1
    del typed["file"]
    again = client.post(address, typed).content.decode()
    assert OnBehalfRecord.objects.count() == 2
    assert "Nothing was recorded: the letter is confirmed already." in again


def test_a_ticked_unit_that_confirmed_meanwhile_is_named_and_nothing_is_recorded_until_the_form_is_sent_again(
    signed_in: SignIn,
) -> None:
    circular = dispatched_to(
        *(AgencyFactory() for _ in range(2)),
        purpose=Purpose.INFORMATION,
        at=timezone.now() - timedelta(days=1),
    )
    first, second = circular.deliveries.order_by("pk")
    client = signed_in(sender_of(circular.issuer))
    address = reverse("record_on_behalf_of_several", args=[circular.public_id])
    ids = [str(first.public_id), str(second.public_id)]
    moment = timezone.localtime() - timedelta(hours=1)
    typed = {
        "listed": ids, "delivery": ids, "disposition": "confirmed", "channel": "telephone",
        "said_at": f"{moment:%Y-%m-%dT%H:%M}", "said_by": "Can SU", "said_by_title": "Şef",
    }  # fmt: skip
    acknowledge(delivery=first.public_id, by=recipient_of(first.agency), at=timezone.now())

    page = client.post(address, typed).content.decode()

    assert f"{first.agency}: Nothing can be recorded for this unit any more." in page
    assert not OnBehalfRecord.objects.exists()
    client.post(address, {**typed, "delivery": ids[1:]})
    assert OnBehalfRecord.objects.get().delivery == second


def test_all_errors_of_fields_and_units_are_told_at_once(signed_in: SignIn) -> None:
    circular = dispatched_to(*(AgencyFactory() for _ in range(6)), at=timezone.now() - timedelta(days=1))
    gone, informed, answered_one, named, unnamed, unticked = circular.deliveries.order_by("pk")
    for each in (gone, informed):
        Delivery.objects.filter(pk=each.pk).update(purpose=Purpose.INFORMATION)
    acknowledge(delivery=gone.public_id, by=recipient_of(gone.agency), at=timezone.now())
    ids = {each: str(each.public_id) for each in (gone, informed, answered_one, named, unnamed, unticked)}
    Delivery.objects.filter(pk=answered_one.pk).update(created_at=timezone.now())
    typed = {
        "listed": list(ids.values()), "delivery": [ids[each] for each in ids if each != unticked],
        "disposition": "not_applicable", "channel": "", "answer": "",
        "said_at": f"{timezone.localtime() - timedelta(hours=1):%Y-%m-%dT%H:%M}",
        "file": SimpleUploadedFile("kur.exe", b"MZ"),
        f"said_by_{ids[named]}": "Ayşe KAYA", f"said_by_title_{ids[named]}": "Memur",
    }  # fmt: skip
    client = signed_in(sender_of(circular.issuer))

    response = client.post(reverse("record_on_behalf_of_several", args=[circular.public_id]), typed)

    page, errors = response.content.decode(), response.context["form"].errors
    assert f"{gone.agency}: Nothing can be recorded for this unit any more." in page
    assert errors["disposition"] == [
        f"{informed.agency.name}: The letter came for information: it asks for a confirmation and for no answer."
    ]
    everyone = ", ".join(each.agency.name for each in response.context["form"].ticked)
    assert errors["answer"] == [f"{everyone}: Say why the letter does not concern the unit's work."]
    assert errors["said_at"][0].startswith(f"{answered_one.agency.name}: The letter was sent on ")
    assert {"channel", "file"} < errors.keys()
    for each in (informed, answered_one, unnamed):
        assert {f"said_by_{ids[each]}", f"said_by_title_{ids[each]}"} < errors.keys()
    for each in (named, unticked):
        assert f"said_by_{ids[each]}" not in errors
    assert 'value="Ayşe KAYA"' in page
    assert not OnBehalfRecord.objects.exists()


def test_nobody_but_the_letter_s_senders_records_for_several(signed_in: SignIn) -> None:
    circular, deliveries, _by = letter_to(2)
    address = reverse("record_on_behalf_of_several", args=[circular.public_id])
    ids = [str(each.public_id) for each in deliveries]
    for person in (recipient_of(deliveries[0].agency), sender_of(AgencyFactory())):
        client = signed_in(person)
        assert client.get(address, {"delivery": ids}).status_code == 404
        assert client.post(address, {"delivery": ids}).status_code == 404


@pytest.fixture
def passed() -> tuple[Delivery, Delivery, User]:
    """A copy, the copy of a unit to which it was passed on, and a person of the first unit."""
    circular = dispatched_to(AgencyFactory())
    above = circular.deliveries.get()
    by, unit = recipient_of(above.agency), AgencyFactory(parent=above.agency)
    pass_on(
        delivery=above.public_id, recipients=[(unit, Purpose.ACTION)], note="", due_at=None, by=by, at=MOMENT
    )
    return above, Delivery.objects.get(agency=unit), by


def test_a_unit_records_for_those_to_which_it_passed_the_letter_on_and_decides_on_their_objection(
    passed: tuple[Delivery, Delivery, User],
) -> None:
    above, copy, by = passed

    record = record_on_behalf(delivery=copy.public_id, said=answered(), by=by, at=LATER, below=True)

    assert record.by_giver and record.recorded_for == above.agency
    event = DeliveryEvent.objects.get(kind=EventKind.RECORDED_ON_BEHALF)
    assert (event.for_agency, event.data["agency"]) == (above.agency, above.agency.name)
    assert Notice.objects.get(kind=NoticeKind.ON_BEHALF).details.agency == above.agency.name  # type: ignore[union-attr]
    assert findings(LATER) == []
    object_to_record(delivery=copy.public_id, by=recipient_of(copy.agency), at=LATER, reason="Aranmadık")
    assert Notice.objects.get(kind=NoticeKind.OBJECTED).agency == above.agency
    assert below(above).objections == [record]
    assert of_letter(above.circular).objections == []


def test_the_issuer_s_records_and_the_unit_s_are_taken_back_by_those_who_made_them(
    passed: tuple[Delivery, Delivery, User],
) -> None:
    above, copy, by = passed
    sender = sender_of(copy.circular.issuer)
    own = record_on_behalf(delivery=copy.public_id, said=said(), by=by, at=LATER, below=True)
    issuers = record_on_behalf(delivery=copy.public_id, said=answered(), by=sender, at=LATER)

    for record, person, is_below in ((own, sender, False), (issuers, by, True)):
        with pytest.raises(OnBehalfRecord.DoesNotExist):
            take_back_record(
                delivery=copy.public_id,
                record=record.pk,
                reason="Yanlış",
                by=person,
                at=LATER,
                below=is_below,
            )
    for person, delivery, is_below in ((by, above, True), (by, copy, False), (sender, copy, True)):
        with pytest.raises(Delivery.DoesNotExist):
            record_on_behalf(delivery=delivery.public_id, said=said(), by=person, at=LATER, below=is_below)
    take_back_record(delivery=copy.public_id, record=own.pk, reason="Yanlış", by=by, at=LATER, below=True)
    copy.refresh_from_db()
    assert copy.is_outstanding
    assert findings(LATER) == []


def test_on_the_branch_s_page_the_unit_records_and_takes_back(
    passed: tuple[Delivery, Delivery, User], signed_in: SignIn
) -> None:
    above, copy, by = passed
    client = signed_in(by)
    address = reverse("record_below", args=[copy.public_id])
    assert address in client.get(reverse("branch", args=[above.public_id])).content.decode()
    moment = timezone.localtime() - timedelta(hours=1)
    typed = {
        "disposition": "confirmed", "channel": "telephone", "said_by": "Can SU", "said_by_title": "Şef",
        "said_at": f"{moment:%Y-%m-%dT%H:%M}",
    }  # fmt: skip

    assert client.get(address).status_code == 200
    assert Delivery.objects.get(pk=copy.pk).is_outstanding
    page = client.post(address, typed, follow=True).content.decode()
    assert "Can SU, Şef" in page
    record = OnBehalfRecord.objects.get()
    own = (
        signed_in(recipient_of(copy.agency)).get(reverse("delivery", args=[copy.public_id])).content.decode()
    )
    assert f"{above.agency.name} recorded that your unit has confirmed this letter" in own

    back = reverse("take_back_record_below", args=[copy.public_id, record.pk])
    client = signed_in(by)
    assert "This field is required" in client.post(back, {"reason": ""}).content.decode()
    client.post(back, {"reason": "Yanlış"})
    assert Delivery.objects.get(pk=copy.pk).is_outstanding
    stranger: Agency = AgencyFactory()
    for person in (recipient_of(stranger), recipient_of(copy.agency), sender_of(above.circular.issuer)):
        client = signed_in(person)
        assert client.get(address).status_code == 404
        assert client.post(address, typed).status_code == 404
        assert client.post(back, {"reason": "Yanlış"}).status_code == 404
