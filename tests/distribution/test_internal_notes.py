"""Internal notes: who sees them, where they stand, and that nothing else tells them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from agencies.models import Agency, Role, User
from agencies.services.refusal import ActionRefused
from circulars.models import Circular
from distribution.models import Delivery, DeliveryEvent, InternalNote, Notice
from distribution.services.internal_notes import (
    strike_note,
    write_note_on_letter,
    write_note_on_own_copy,
)
from distribution.services.sending.dispatch import dispatch
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import begin, send
from tests.distribution.status_reports import report_of
from tests.factories import (
    MOMENT,
    AgencyFactory,
    AgencyGroupFactory,
    LineFactory,
    MembershipFactory,
    copy_below,
    dispatched_to,
    draft_to,
    manager_of,
    recipient_of,
    sender_of,
)
from tests.query_count import query_count

pytestmark = pytest.mark.django_db
NOTE = "12.10 arandı, evrak müdürü izinde.\nPazartesi dönecek."


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Ardahan Valiliği")


@pytest.fixture
def circular(unit: Agency) -> Circular:
    return dispatched_to(unit, AgencyFactory(), issuer=AgencyFactory(parent=AgencyFactory()))


@pytest.fixture
def copy(circular: Circular, unit: Agency) -> Delivery:
    return circular.deliveries.get(agency=unit)


def url(name: str, *parts: object) -> str:
    return reverse(name, args=[getattr(part, "public_id", part) for part in parts])


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def on(copy: Delivery, by: User, text: str = NOTE) -> InternalNote:
    return write_note_on_letter(
        letter=copy.circular.public_id, delivery=copy.public_id, text=text, by=by, at=timezone.now()
    )


def test_a_note_on_a_recipient_stands_in_its_history_and_writes_no_event(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    client = signed_in(sender_of(circular.issuer))
    events = DeliveryEvent.objects.count()

    response = client.post(url("note_on_recipient", circular, copy), {"text": NOTE.replace("\n", "\r\n")})

    assert response.headers["Location"] == url("recipient", circular, copy) + "#events"
    note = InternalNote.objects.get()
    assert (note.text, note.unit, note.delivery, note.by_sender) == (NOTE, circular.issuer, copy, True)
    found = page(client, url("recipient", circular, copy))
    assert "evrak müdürü izinde.<br>Pazartesi dönecek." in found
    assert "app-internal" in found
    assert (DeliveryEvent.objects.count(), Notice.objects.count()) == (events, 2)


def test_the_recipient_sees_no_note_of_the_sender_and_the_sender_none_of_the_recipient(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    sender, recipient = sender_of(circular.issuer), recipient_of(copy.agency)
    on(copy, sender)
    write_note_on_letter(letter=circular.public_id, text="Bakan bekliyor", by=sender, at=timezone.now())
    write_note_on_own_copy(delivery=copy.public_id, text="Hukuka soruldu", by=recipient, at=timezone.now())
    child = copy_below(copy, AgencyFactory(parent=copy.agency))

    client = signed_in(recipient)
    own = page(client, url("delivery", copy))
    assert "Hukuka soruldu" in own
    assert "izinde" not in own
    assert "Bakan bekliyor" not in own
    assert "Hukuka" not in page(signed_in(recipient_of(child.agency)), url("delivery", child))
    client = signed_in(sender)
    whole = page(client, url("recipient", circular, copy)) + page(client, url("letter", circular))
    assert "izinde" in whole
    assert "Bakan bekliyor" in whole
    assert "Hukuka" not in whole


def test_colleagues_see_a_note_and_a_manager_above_does_not(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    on(copy, sender_of(circular.issuer))
    assert circular.issuer.parent is not None

    for colleague in (sender_of(circular.issuer), manager_of(circular.issuer)):
        assert "izinde" in page(signed_in(colleague), url("recipient", circular, copy))
    above = page(signed_in(manager_of(circular.issuer.parent)), url("recipient", circular, copy))
    assert "izinde" not in above
    assert "note-text" not in above


def test_a_successor_sees_what_the_closed_unit_had_noted(signed_in: SignIn, copy: Delivery) -> None:
    write_note_on_own_copy(
        delivery=copy.public_id, text="Hukuka soruldu", by=recipient_of(copy.agency), at=timezone.now()
    )
    successor = AgencyFactory()
    Delivery.objects.filter(pk=copy.pk).update(successor=successor)

    assert "Hukuka soruldu" in page(signed_in(recipient_of(successor)), url("delivery", copy))


def test_a_person_of_both_units_sees_on_each_page_the_notes_of_its_side_only(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    both = sender_of(circular.issuer)
    MembershipFactory(user=both, agency=copy.agency, role=Role.RECIPIENT)
    on(copy, both)
    write_note_on_own_copy(delivery=copy.public_id, text="Hukuka soruldu", by=both, at=timezone.now())

    client = signed_in(both)
    assert "Hukuka" not in page(client, url("recipient", circular, copy))
    assert "izinde" not in page(client, url("delivery", copy))


def test_its_first_words_stand_in_the_list_of_recipients_and_a_struck_note_does_not(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    sender = sender_of(circular.issuer)
    on(copy, sender, "Eski söz")
    newest = on(copy, sender)
    client = signed_in(sender)

    for address in (url("letter", circular), url("letter", circular) + "?show=outstanding"):
        found = page(client, address)
        assert "evrak müdürü izinde. Pazartesi dönecek." in found
        assert "Eski söz" not in found
    strike_note(note=newest.pk, by=sender, at=timezone.now())
    found = page(client, url("letter", circular))
    assert "izinde" not in found
    assert "Eski söz" in found


def test_a_line_of_several_units_says_how_many_have_a_note(signed_in: SignIn) -> None:
    group = AgencyGroupFactory()
    units = AgencyFactory.create_batch(3)
    group.members.set(units)
    draft = draft_to(AgencyFactory())
    LineFactory(circular=draft, position=5, agency=None, group=group, text="Üç birime")
    circular = send_out(draft)
    line = circular.lines.get(group=group)
    sender = sender_of(circular.issuer)
    on(circular.deliveries.get(agency=units[0]), sender)

    client = signed_in(sender)
    assert "1" in page(client, url("letter", circular)).split("ti-note")[1][:160]
    assert "izinde" in page(client, reverse("line_units", args=[circular.public_id, line.pk]))


def send_out(draft: Circular) -> Circular:
    return dispatch(circular=draft, by=draft.recorded_by, at=MOMENT).circular


def test_the_author_strikes_a_note_out_and_it_stays_readable(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    author, colleague = sender_of(circular.issuer), sender_of(circular.issuer)
    note = on(copy, author)
    strike = reverse("strike_note", args=[note.pk])

    assert signed_in(colleague).post(strike).status_code == 404
    client = signed_in(author)
    assert client.get(strike).status_code == 302
    client.post(strike)
    note.refresh_from_db()
    struck_at = note.struck_at
    client.post(strike)

    note.refresh_from_db()
    assert note.struck_at == struck_at is not None
    found = page(client, url("recipient", circular, copy))
    assert "<del>" in found
    assert "izinde" in found
    assert strike not in found


@pytest.mark.parametrize("change", ["text = 'Başka'", "written_at = now()", "written_by_id = 0"])
def test_the_database_refuses_any_other_change(circular: Circular, copy: Delivery, change: str) -> None:
    note = on(copy, sender_of(circular.issuer))
    name, _, value = change.partition(" = ")
    with pytest.raises(DatabaseError), transaction.atomic():
        InternalNote.objects.filter(pk=note.pk).update(
            **{name: {"now()": timezone.now() + timedelta(1)}.get(value, value.strip("'"))}
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        note.delete()


def test_notes_on_the_earlier_revision_are_shown_with_the_newer_one(signed_in: SignIn, unit: Agency) -> None:
    first = dispatched_to(unit, at=timezone.now())
    sender, recipient = sender_of(first.issuer), recipient_of(unit)
    old = first.deliveries.get()
    on(old, sender)
    write_note_on_letter(letter=first.public_id, text="Bakan bekliyor", by=sender, at=timezone.now())
    write_note_on_own_copy(delivery=old.public_id, text="Hukuka soruldu", by=recipient, at=timezone.now())
    second = send(begin(first), unit)
    new = second.deliveries.get()

    client = signed_in(sender)
    assert "izinde" in page(client, url("recipient", second, new))
    assert "Bakan bekliyor" in page(client, url("letter", second))
    assert "izinde" in page(client, url("letter", second))
    assert "Hukuka soruldu" in page(signed_in(recipient), url("delivery", new))


def test_no_report_export_or_mail_tells_a_note(signed_in: SignIn, circular: Circular, copy: Delivery) -> None:
    sender = sender_of(circular.issuer)
    on(copy, sender)

    report = PdfReader(BytesIO(report_of(circular)))
    assert "izinde" not in "".join(each.extract_text() for each in report.pages)
    export = signed_in(sender).get(url("letter", circular) + "?show=outstanding&_export=csv")
    assert "izinde" not in b"".join(export).decode()


@pytest.mark.parametrize("text", ["", " \n ", "x" * 1001])
def test_what_can_not_be_recorded_is_kept_in_the_form(
    signed_in: SignIn, circular: Circular, copy: Delivery, text: str
) -> None:
    client = signed_in(sender_of(circular.issuer))

    response = client.post(url("note_on_recipient", circular, copy), {"text": text})

    assert response.status_code == 200
    assert response.context["form"].errors["text"]
    assert text.strip() in response.content.decode()
    assert not InternalNote.objects.exists()


def test_a_double_click_writes_one_note_and_the_same_words_on_the_letter_are_another(
    circular: Circular, copy: Delivery
) -> None:
    sender = sender_of(circular.issuer)
    on(copy, sender)
    on(copy, sender)
    assert InternalNote.objects.count() == 1

    write_note_on_letter(letter=circular.public_id, text=NOTE, by=sender, at=timezone.now())
    assert InternalNote.objects.count() == 2
    with pytest.raises(ActionRefused):
        on(copy, sender, " ")


def test_strangers_and_managers_write_nothing_and_a_get_writes_nothing(
    signed_in: SignIn, circular: Circular, copy: Delivery
) -> None:
    addresses = [
        url("note_on_letter", circular),
        url("note_on_recipient", circular, copy),
        url("note_on_own_copy", copy),
    ]
    other = copy.circular.deliveries.exclude(pk=copy.pk).get()
    for stranger in (sender_of(AgencyFactory()), recipient_of(other.agency), manager_of(circular.issuer)):
        client = signed_in(stranger)
        for address in addresses:
            assert client.post(address, {"text": NOTE}).status_code == 404
            assert client.get(address).status_code == 404
    client = signed_in(sender_of(circular.issuer))
    assert client.post(url("note_on_own_copy", copy), {"text": NOTE}).status_code == 404
    for address in addresses[:2]:
        assert client.get(address, {"text": NOTE}).status_code == 200
    assert not InternalNote.objects.exists()


def test_the_letter_asks_the_same_questions_for_2_and_20_noted_recipients(signed_in: SignIn) -> None:
    counts = []
    for number in (2, 20):
        circular = dispatched_to(*AgencyFactory.create_batch(number))
        sender = sender_of(circular.issuer)
        for copy in circular.deliveries.all():
            on(copy, sender)
        client = signed_in(sender)
        address = url("letter", circular)
        counts.append(
            (query_count(page, client, address), query_count(page, client, address + "?show=outstanding"))
        )

    assert counts[0] == counts[1]


def test_the_board_marks_the_rows_with_notes_of_the_own_unit_in_as_many_queries_for_few_and_many(
    circular: Circular, copy: Delivery, signed_in: SignIn
) -> None:
    manager, by = manager_of(circular.issuer), sender_of(circular.issuer)
    on(copy, by, "İlk arama")
    on(copy, by)
    strike_note(note=on(copy, by, "Yanlış").pk, by=by, at=timezone.now())
    client = signed_in(manager)
    shown = page(client, reverse("outstanding"))
    few = query_count(client.get, reverse("outstanding"))

    assert shown.count("app-note-mark") == 1
    assert "2 birim içi not" in shown
    assert "Pazartesi dönecek." in shown
    assert "İlk arama" not in shown and "Yanlış" not in shown
    for each in dispatched_to(*(AgencyFactory() for _ in range(12)), issuer=circular.issuer).deliveries.all():
        on(each, by)
    assert query_count(client.get, reverse("outstanding")) == few
    above = circular.issuer.parent
    assert above is not None
    assert "app-note-mark" not in page(signed_in(manager_of(above)), reverse("outstanding"))


def test_a_note_on_an_earlier_revision_marks_the_row_on_the_board(
    circular: Circular, copy: Delivery, signed_in: SignIn
) -> None:
    on(copy, sender_of(circular.issuer))
    send(begin(circular), copy.agency)

    shown = page(signed_in(manager_of(circular.issuer)), reverse("outstanding"))

    assert shown.count("app-note-mark") == 1


@pytest.mark.parametrize("name", ["outstanding", "outstanding_letters", "letters"])
def test_lists_mark_letters_that_have_a_note_in_as_many_queries_for_2_and_20(
    circular: Circular, signed_in: SignIn, name: str
) -> None:
    by = sender_of(circular.issuer)
    client = signed_in(by if name == "letters" else manager_of(circular.issuer))

    def noted(count: int) -> int:
        for _ in range(count):
            letter = dispatched_to(AgencyFactory(), issuer=circular.issuer)
            for text in ("İlk söz", "Bakan bekliyor"):
                write_note_on_letter(letter=letter.public_id, text=text, by=by, at=timezone.now())
        return query_count(page, client, reverse(name))

    few = noted(2)
    shown = page(client, reverse(name))
    assert shown.count("app-note-mark") == 2
    assert shown.count("2 birim içi not") == 2
    assert "Bakan bekliyor" in shown and "İlk söz" not in shown
    assert noted(18) == few
    stranger = manager_of(AgencyFactory())
    MembershipFactory(user=stranger, agency=stranger.memberships.get().agency, role=Role.SENDER)
    assert "Bakan bekliyor" not in page(signed_in(stranger), reverse(name))


def test_a_note_on_an_earlier_revision_marks_the_letter_in_lists(
    circular: Circular, copy: Delivery, signed_in: SignIn
) -> None:
    by = sender_of(circular.issuer)
    write_note_on_letter(letter=circular.public_id, text="Bakan bekliyor", by=by, at=timezone.now())
    send(begin(circular), copy.agency)

    client = signed_in(manager_of(circular.issuer))
    for name in ("outstanding", "outstanding_letters"):
        assert page(client, reverse(name)).count("app-note-mark") >= 1
