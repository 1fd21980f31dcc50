"""A sender sets a missing address for a letter; whoever maintains the directory approves, corrects or refuses it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, ProposalState, ProposedAddress, User
from agencies.services.contact_details.propose_address import HasAnAddress, KnownAsDead, propose_address
from agencies.services.contact_details.undeliverable import remember_undeliverable
from circulars.models import Circular
from distribution.event_log import data_of
from distribution.models import Delivery, Notice, NoticeKind, NoticeState
from distribution.outbox.messages import compose
from distribution.outbox.outages.retry import retry_failed
from distribution.outbox.write import channel_today, fallback
from distribution.queries.sending.without_notice import without_notice
from distribution.reminders.remind_by_hand import remind_by_hand
from distribution.services.decide_address import decide_address
from distribution.services.sending.dispatch import dispatch
from distribution.services.sending.preflight import preflight
from tests.conftest import SignIn
from tests.consistency import findings
from tests.factories import MOMENT, AgencyFactory, UserFactory, draft_to, sender_of

pytestmark = pytest.mark.django_db
ADDRESS = "igdir@kurum.gov.tr"


@pytest.fixture
def unit() -> Agency:
    return AgencyFactory(name="Iğdır Valiliği", email="")


@pytest.fixture
def draft(unit: Agency) -> Circular:
    return draft_to(unit, AgencyFactory())


@pytest.fixture
def sender(draft: Circular) -> User:
    return sender_of(draft.issuer)


@pytest.fixture
def client_of_sender(sender: User, english: Client, signed_in: SignIn) -> Client:
    return signed_in(sender)


@pytest.fixture
def maintainer() -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    person = UserFactory(is_superuser=True, is_staff=True)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def propose(draft: Circular, unit: Agency, by: User, address: str = ADDRESS) -> ProposedAddress:
    return propose_address(
        unit=unit, channel="email", address=address, letter=draft.pk, issuer=draft.issuer, by=by, at=MOMENT
    )


def decide(proposal: ProposedAddress, state: ProposalState, **words: str) -> None:
    decide_address(
        proposal=proposal, state=state, by=UserFactory(), at=MOMENT + timedelta(minutes=1), **words
    )


def sent(draft: Circular, unit: Agency) -> Delivery:
    dispatch(circular=draft, by=draft.recorded_by, at=MOMENT)
    return Delivery.objects.get(circular=draft, agency=unit)


def form_page(draft: Circular, unit: Agency) -> str:
    return reverse("propose_address", args=[draft.public_id, unit.pk])


def test_the_address_is_set_from_the_warning_normalised_and_used_at_once(
    client_of_sender: Client, draft: Circular, unit: Agency
) -> None:
    check = reverse("dispatch", args=[draft.public_id])
    assert form_page(draft, unit) in client_of_sender.get(check).content.decode()

    data = {"channel": "email", "address": "mailto:IGDIR@Kurum.gov.tr"}
    text = client_of_sender.post(form_page(draft, unit), data, follow=True).content.decode()

    assert "1 recipient is told at an address that isn" in text
    delivery = sent(draft, unit)
    assert Notice.objects.get(delivery=delivery).address == ADDRESS
    unit.refresh_from_db()
    assert unit.email == ""
    assert findings() == []


@pytest.mark.parametrize("address", ["iki@kurum.gov.tr, uc@kurum.gov.tr", "adres değil", ""])
def test_an_address_is_checked_as_everywhere(
    client_of_sender: Client, draft: Circular, unit: Agency, address: str
) -> None:
    response = client_of_sender.post(form_page(draft, unit), {"channel": "email", "address": address})

    assert response.context["form"].errors["address"]
    assert not ProposedAddress.objects.exists()


def test_only_the_letters_senders_set_an_address_and_only_of_recipients_without_one(
    client_of_sender: Client, draft: Circular, unit: Agency, signed_in: SignIn
) -> None:
    other = draft.lines.exclude(agency=unit).get().agency
    assert other is not None
    assert client_of_sender.get(form_page(draft, AgencyFactory(email=""))).status_code == 404
    assert client_of_sender.get(form_page(draft, other))["Location"].endswith("/dispatch/")
    stranger = signed_in(sender_of(AgencyFactory()))
    assert stranger.post(form_page(draft, unit), {"channel": "email", "address": ADDRESS}).status_code == 404
    assert not ProposedAddress.objects.exists()
    with pytest.raises(HasAnAddress):
        propose(draft, other, draft.recorded_by)


def test_the_evidence_says_which_address_was_used_and_who_set_it(
    client_of_sender: Client, draft: Circular, unit: Agency, sender: User
) -> None:
    propose(draft, unit, sender)
    delivery = sent(draft, unit)

    words = data_of(delivery.events.first()).wording().text  # type: ignore[arg-type]
    assert ADDRESS in words and str(sender) in words
    page = reverse("recipient", args=[draft.public_id, delivery.public_id])
    text = client_of_sender.get(page).content.decode()
    assert "Waits for approval" in text and ADDRESS in text


def test_another_letter_does_not_use_it_unless_its_sender_says_so(
    draft: Circular, unit: Agency, sender: User, english: Client, signed_in: SignIn
) -> None:
    propose(draft, unit, sender)
    theirs = draft_to(unit)
    unit.refresh_from_db()
    assert unit.open_channels() == [] == unit.open_channels(letter=theirs.pk)
    assert preflight(circular=theirs, at=MOMENT).unapproved == []

    text = signed_in(sender_of(theirs.issuer)).get(form_page(theirs, unit)).content.decode()
    assert "Waits for approval" in text and ADDRESS in text and draft.issuer.name in text

    propose(theirs, unit, theirs.recorded_by)
    row = ProposedAddress.objects.get()
    assert (row.letters, row.set_by) == ([draft.pk, theirs.pk], sender)
    assert [agency for agency, _address in preflight(circular=theirs, at=MOMENT).unapproved] == [unit]


def test_a_letter_has_one_set_address_and_a_mistyped_one_is_replaced(
    draft: Circular, unit: Agency, sender: User
) -> None:
    propose(draft, unit, sender, "yanlis@kurum.gov.tr")
    propose(draft, unit, sender)

    assert [each.address for each in ProposedAddress.objects.all()] == [ADDRESS]


def test_later_notices_of_the_letter_go_to_the_set_address(
    draft: Circular, unit: Agency, sender: User
) -> None:
    Agency.objects.filter(pk=unit.pk).update(digests_letters=True, kep_address="igdir@hs01.kep.tr")
    propose(draft, unit, sender)
    delivery = sent(draft, unit)

    notice = Notice.objects.select_related("agency", "delivery").get(delivery=delivery)
    assert notice.state == "waiting"  # it waits for no digest
    assert channel_today(notice) == ("email", ADDRESS)
    assert fallback(notice, at=MOMENT) is None


def test_an_address_that_nothing_reaches_is_not_set_and_one_that_came_back_is_used_no_more(
    draft: Circular, unit: Agency, sender: User
) -> None:
    propose(draft, unit, sender)
    remember_undeliverable(channel="email", address=ADDRESS, answer="550", at=MOMENT, wrote_to=unit)

    unit.refresh_from_db()
    assert unit.open_channels(letter=draft.pk) == []
    with pytest.raises(KnownAsDead):
        propose(draft, unit, sender)


def test_approving_makes_it_the_units_address(
    maintainer: Client, draft: Circular, unit: Agency, sender: User
) -> None:
    proposal = propose(draft, unit, sender)
    delivery = sent(draft, unit)
    assert ADDRESS in maintainer.get(reverse("proposed_addresses")).content.decode()

    maintainer.post(reverse("decide_address", args=[proposal.pk]), {"decision": "approve"})

    unit.refresh_from_db()
    assert (unit.email, unit.proposed) == (ADDRESS, {})
    assert unit.changes.get().data == {"changes": {"email": ["", ADDRESS]}}
    mail = compose(Notice.objects.get(kind=NoticeKind.ADDRESS_DECIDED, person=sender, delivery=delivery))
    assert "rehbere alındı" in mail.text
    assert findings() == []


def test_each_decision_has_a_form_of_its_own_so_that_enter_carries_out_the_one_of_its_field(
    maintainer: Client, draft: Circular, unit: Agency, sender: User
) -> None:
    page = maintainer.get(reverse("decide_address", args=[propose(draft, unit, sender).pk])).content.decode()

    forms = [form.partition("</form>")[0] for form in page.split("<form")]
    assert [form.count('value="approve"') for form in forms if "corrected_to" in form] == [0]
    assert [form.count('value="approve"') for form in forms if 'name="reason"' in form] == [0]


def test_an_approval_does_not_replace_the_address_that_the_unit_got_meanwhile(
    maintainer: Client, draft: Circular, unit: Agency, sender: User
) -> None:
    proposal = propose(draft, unit, sender)
    Agency.objects.filter(pk=unit.pk).update(email="kendi@kurum.gov.tr")
    address = reverse("decide_address", args=[proposal.pk])

    page = maintainer.post(address, {"decision": "approve"}).content.decode()

    assert "The unit has another address by now" in page
    unit.refresh_from_db()
    assert unit.email == "kendi@kurum.gov.tr"
    assert ProposedAddress.objects.get().is_pending
    maintainer.post(address, {"decision": "correct", "corrected_to": "kendi@kurum.gov.tr"})
    assert ProposedAddress.objects.get().corrected_to == "kendi@kurum.gov.tr"


@pytest.mark.parametrize("decision", ["correct", "refuse"])
def test_a_wrong_address_is_used_no_more_and_the_sender_is_told(
    maintainer: Client,
    client_of_sender: Client,
    draft: Circular,
    unit: Agency,
    sender: User,
    decision: str,
) -> None:
    proposal = propose(draft, unit, sender)
    sent(draft, unit)
    address = reverse("decide_address", args=[proposal.pk])
    assert maintainer.post(address, {"decision": decision}).context["form"].errors

    data = {"corrected_to": "dogru@kurum.gov.tr", "reason": "Başka birimin adresi"}
    maintainer.post(address, {"decision": decision, **data})

    unit.refresh_from_db()
    assert unit.email == ("dogru@kurum.gov.tr" if decision == "correct" else "")
    assert unit.open_channels(letter=draft.pk) == ([("email", unit.email)] if unit.email else [])
    page = client_of_sender.get(reverse("letter", args=[draft.public_id])).content.decode()
    assert ADDRESS in page
    told = "dogru@kurum.gov.tr" if decision == "correct" else "Başka birimin adresi"
    assert told in page
    assert told in compose(Notice.objects.get(kind=NoticeKind.ADDRESS_DECIDED)).text
    assert "meanwhile" in maintainer.post(address, {"decision": "approve"}, follow=True).content.decode()


@pytest.mark.parametrize("state", [NoticeState.WAITING, NoticeState.PAUSED])
def test_what_still_waits_for_a_corrected_address_goes_to_the_right_one(
    draft: Circular, unit: Agency, sender: User, state: NoticeState
) -> None:
    proposal = propose(draft, unit, sender)
    notices = Notice.objects.filter(kind=NoticeKind.LETTER, delivery=sent(draft, unit))
    notices.update(state=state)
    if state == NoticeState.PAUSED:
        Circular.objects.filter(pk=draft.pk).update(paused_at=MOMENT)

    decide(proposal, ProposalState.CORRECTED, corrected_to="dogru@kurum.gov.tr")

    assert [(each.state, each.address) for each in notices] == [(state, "dogru@kurum.gov.tr")]
    assert findings() == []


def test_what_still_waits_for_a_refused_address_does_not_leave_and_is_not_repeated(
    draft: Circular, unit: Agency, sender: User
) -> None:
    proposal = propose(draft, unit, sender)
    delivery = sent(draft, unit)

    decide(proposal, ProposalState.REFUSED, reason="Başka birimin adresi")

    notice = Notice.objects.get(kind=NoticeKind.LETTER, delivery=delivery)
    assert (notice.state, notice.address) == (NoticeState.FAILED, ADDRESS)
    assert "Başka birimin adresi" in notice.last_error
    untold = without_notice(draft.deliveries.all(), draft, most=9)
    assert delivery in [each.delivery for each in untold]
    assert retry_failed(circular=draft, at=MOMENT) == 0
    Agency.objects.filter(pk=unit.pk).update(email="dogru@kurum.gov.tr")
    assert retry_failed(circular=draft, at=MOMENT) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.address) == (NoticeState.WAITING, "dogru@kurum.gov.tr")


def test_a_refused_address_is_not_set_again(
    client_of_sender: Client, draft: Circular, unit: Agency, sender: User
) -> None:
    decide(propose(draft, unit, sender), ProposalState.REFUSED, reason="Başka birimin adresi")

    data = {"channel": "email", "address": ADDRESS}
    page = client_of_sender.post(form_page(draft, unit), data).content.decode()

    assert "This address was refused for the unit before." in page
    unit.refresh_from_db()
    assert unit.proposed == {}


def test_letters_with_different_set_addresses_are_reminded_of_at_their_own(
    draft: Circular, unit: Agency, sender: User
) -> None:
    other = draft_to(unit)
    propose(draft, unit, sender)
    propose(other, unit, sender, "baska@kurum.gov.tr")
    deliveries = [sent(each, unit).pk for each in (draft, other)]

    at = MOMENT + timedelta(days=3)
    remind_by_hand(deliveries=Delivery.objects.filter(pk__in=deliveries), by=sender, at=at)

    reminders = Notice.objects.filter(kind=NoticeKind.REMINDER).order_by("pk")
    assert [(each.carrier.address, each.delivery_id) for each in reminders] == [
        (ADDRESS, deliveries[0]),
        ("baska@kurum.gov.tr", deliveries[1]),
    ]


def test_only_directory_administrators_decide(
    client_of_sender: Client, draft: Circular, unit: Agency, sender: User
) -> None:
    proposal = propose(draft, unit, sender)

    assert client_of_sender.get(reverse("proposed_addresses")).status_code == 404
    address = reverse("decide_address", args=[proposal.pk])
    assert client_of_sender.post(address, {"decision": "approve"}).status_code == 404
    assert ProposedAddress.objects.get().is_pending


def test_a_contradiction_between_unit_and_set_addresses_is_found(
    draft: Circular, unit: Agency, sender: User
) -> None:
    propose(draft, unit, sender)
    Agency.objects.filter(pk=unit.pk).update(proposed={})

    assert [each.what for each in findings()] == ["set-address-unlike-unit"]


def test_a_decision_without_a_sent_letter_tells_nobody(draft: Circular, unit: Agency, sender: User) -> None:
    proposal = propose(draft, unit, sender)
    at = timezone.now() + timedelta(hours=1)

    decide_address(proposal=proposal, state=ProposalState.APPROVED, by=sender, at=at)

    assert not Notice.objects.exists()
