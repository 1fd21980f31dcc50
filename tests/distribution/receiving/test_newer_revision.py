"""Whoever opens an old copy or its link comes to the newer revision; lists show a revised letter once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from circulars.models import Circular, Purpose, Secrecy, Urgency
from distribution.links import link_token
from distribution.models import Delivery
from distribution.services.follow_up.revoke_links import revoke_links
from distribution.services.follow_up.withdraw import withdraw
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import begin, confirm, copy_of, send, url
from tests.factories import AgencyFactory, dispatched_to, manager_of, recipient_of, sender_of
from tests.query_count import query_count

pytestmark = pytest.mark.django_db


def text_of(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def link_to(copy: Delivery) -> str:
    return reverse("link", args=[link_token(copy, at=timezone.now())])


def changed(circular: Circular, **fields: object) -> Circular:
    draft = begin(circular)
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save()
    return draft


@pytest.mark.parametrize("was_confirmed", [False, True])
def test_the_old_copy_says_at_once_what_changed_and_leads_to_the_unit_s_newest_copy(
    signed_in: SignIn, english: Client, was_confirmed: bool
) -> None:
    agency, other = AgencyFactory.create_batch(2)
    now = timezone.now()
    circular = dispatched_to(
        agency, other, at=now, urgency=Urgency.TIMED, due_at=now + timedelta(days=3), subject="Eski konu"
    )
    if was_confirmed:
        confirm(circular, agency)
    two = send(begin(circular), other)
    draft = changed(two, subject="Yeni konu", due_at=now + timedelta(days=9), body="Başka bir metin.")
    three = send(draft, agency, other, note="Süre uzatıldı")
    old, new = copy_of(circular, agency), copy_of(three, agency)
    due = timezone.localtime(now + timedelta(days=9)).strftime("%d.%m.%Y %H:%M")

    with_account = text_of(signed_in(recipient_of(agency)).get(url("delivery", old)))
    english.logout()
    by_link = text_of(english.get(link_to(old)))

    for page in (with_account, by_link):
        assert "This letter has a newer revision: revision 3" in page
        assert "Süre uzatıldı" in page
        assert "Eski konu" in page and "Yeni konu" in page and due in page
        assert "<li> text </li>" in page
        assert "doesn't concern your unit" not in page
    assert f'href="{url("delivery", new)}"' in with_account
    (leads,) = [part.split('"')[0] for part in by_link.split('href="') if "Open the newer revision" in part]
    opened = english.get(leads)
    assert opened.context["delivery"] == new
    assert "Yeni konu" in text_of(opened) and "newer revision" not in text_of(opened)


def test_a_link_leads_on_only_while_it_and_the_links_of_the_new_copy_are_good(english: Client) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    old = copy_of(circular, agency)
    soon = reverse("link", args=[link_token(old, at=timezone.now() - timedelta(days=13))])
    revision = send(begin(circular), agency)
    new = copy_of(revision, agency)

    first, second = (english.get(address).context["newer_url"] for address in (soon, link_to(old)))
    assert first and second and first != second
    revoke_links(delivery=new.public_id, reason="Kaybolmuş", by=sender_of(circular.issuer), at=timezone.now())

    page = english.get(link_to(old))
    assert page.context["newer_url"] == ""
    assert "It came with an e-mail of its own" in text_of(page)
    assert english.get(first).status_code == 410


def test_a_restricted_revision_shows_a_link_holder_nothing_of_its_content(english: Client) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    revision = send(changed(circular, subject="Gizlenen konu", secrecy=Secrecy.OFFICIAL_USE), agency)

    page = text_of(english.get(link_to(copy_of(circular, agency))))

    assert "newer revision" in page
    assert "Gizlenen konu" not in page and revision.change_note not in page


def test_a_unit_that_the_revision_leaves_alone_is_not_sent_elsewhere(
    signed_in: SignIn, english: Client
) -> None:
    touched, untouched = AgencyFactory.create_batch(2)
    circular = dispatched_to(touched, untouched)
    revision = send(begin(circular), touched)

    page = text_of(signed_in(recipient_of(untouched)).get(url("delivery", copy_of(circular, untouched))))

    assert "Open the newer revision" not in page
    assert url("delivery", copy_of(revision, touched)) not in page
    assert "this one stays in force for it" in page


def test_an_old_copy_whose_revision_was_withdrawn_says_so(signed_in: SignIn, english: Client) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    revision = send(begin(circular), agency)
    withdraw(circular=revision, reason="Yanlış", by=sender_of(circular.issuer), at=timezone.now())

    page = text_of(signed_in(recipient_of(agency)).get(url("delivery", copy_of(circular, agency))))

    assert "took the place of this letter and was withdrawn" in page
    assert "This letter has a newer revision" not in page


def test_lists_show_a_revised_letter_once_and_the_older_revision_is_reached_from_it(
    signed_in: SignIn, english: Client
) -> None:
    confirmed, waiting, untouched, issuer = AgencyFactory.create_batch(4)
    circular = dispatched_to(confirmed, waiting, untouched, issuer=issuer, purpose=Purpose.INFORMATION)
    confirm(circular, confirmed)
    confirm(circular, untouched)
    revision = send(begin(circular), confirmed, waiting)
    confirm(revision, confirmed)

    client = signed_in(sender_of(issuer))
    page = client.get(reverse("letters"))
    assert [row.record for row in page.context["table"].rows] == [revision]
    assert url("letter", circular) in text_of(page)
    assert "Revision 1: 2 of 3 confirmed" in text_of(page)
    finished = client.get(reverse("letters"), {"state": "finished"})
    assert [row.record for row in finished.context["table"].rows] == [circular]
    client = signed_in(recipient_of(confirmed))
    archive = client.get(url("unit_inbox", confirmed.pk), {"show": "confirmed"})
    new = copy_of(revision, confirmed)
    assert [row.record for row in archive.context["table"].rows] == [new]
    assert "Revision 2" in text_of(archive)
    assert url("delivery", copy_of(circular, confirmed)) in text_of(client.get(url("delivery", new)))
    client = signed_in(recipient_of(waiting))
    assert url("delivery", copy_of(revision, waiting)) in text_of(client.get(url("unit_inbox", waiting.pk)))
    archive = client.get(url("unit_inbox", waiting.pk), {"show": "confirmed"})
    assert list(archive.context["table"].rows) == []
    client = signed_in(recipient_of(untouched))
    archive = client.get(url("unit_inbox", untouched.pk), {"show": "confirmed"})
    assert [row.record for row in archive.context["table"].rows] == [copy_of(circular, untouched)]


def test_the_board_by_letter_shows_it_once_and_its_export_each_revision(signed_in: SignIn) -> None:
    first, second, issuer = AgencyFactory.create_batch(3)
    circular = dispatched_to(first, second, issuer=issuer)
    revision = send(begin(circular), first)
    client = signed_in(manager_of(issuer))

    page = client.get(reverse("outstanding_letters"))
    assert [row.record for row in page.context["table"].rows] == [revision]
    assert url("letter", circular) in text_of(page)
    export = client.get(reverse("outstanding_letters"), {"_export": "csv"})
    rows = b"".join(export).decode("utf-8-sig")  # type: ignore[arg-type]
    assert rows.count(circular.number) == 3


def test_the_list_asks_the_same_number_of_queries_for_any_number_of_revised_letters(
    signed_in: SignIn,
) -> None:
    counts = []
    for number in (1, 6):
        issuer = AgencyFactory()
        for _letter in range(number):
            agency = AgencyFactory()
            send(begin(dispatched_to(agency, issuer=issuer)), agency)
        client = signed_in(sender_of(issuer))
        client.get(reverse("letters"))
        counts.append(query_count(client.get, reverse("letters")))
    assert counts[0] == counts[1]
