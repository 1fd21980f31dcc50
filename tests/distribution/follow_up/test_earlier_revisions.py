"""What is left of a letter's earlier revision: nothing is done with it any more, and no page says otherwise."""

import pytest
from django.utils import timezone

from agencies.services.refusal import ActionRefused
from distribution.models import Notice, NoticeKind
from distribution.outbox.messages import compose
from distribution.services.follow_up.withdraw import withdraw
from distribution.services.receiving.answer import complete
from distribution.services.receiving.return_letter import return_letter
from tests.conftest import SignIn
from tests.distribution.follow_up.correcting import begin, confirm, copy_of, send, url
from tests.factories import AgencyFactory, dispatched_to, recipient_of, sender_of

pytestmark = pytest.mark.django_db


def test_a_confirmed_copy_of_an_earlier_revision_takes_nothing_more(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    confirm(circular, agency)
    send(begin(circular), agency)
    old, person = copy_of(circular, agency), recipient_of(agency)
    client, page = signed_in(person), url("delivery", old)

    shown = client.get(page).content.decode()
    for name in ("answer", "return_letter", "ask_extension", "pass_on"):
        assert url(name, old) not in shown
    for act in (
        lambda: complete(delivery=old.public_id, by=person, at=timezone.now(), disposition="done"),
        lambda: return_letter(
            delivery=old.public_id, by=person, at=timezone.now(), ground="not_fit", reason="Okunmuyor"
        ),
    ):
        with pytest.raises(ActionRefused, match="daha yeni bir sürümü"):
            act()
    refused = client.post(url("answer", old), {"disposition": "done", "note": "Yapıldı."}, follow=True)
    assert "daha yeni bir sürümü gönderildi" in refused.content.decode()
    assert "Yapıldı." in refused.content.decode()
    old.refresh_from_db()
    assert (old.completed_at, old.returned_at) == (None, None)


def test_after_the_withdrawal_of_a_revision_nothing_says_that_it_is_in_force(signed_in: SignIn) -> None:
    first, second, issuer = AgencyFactory(), AgencyFactory(), AgencyFactory()
    circular = dispatched_to(first, second, issuer=issuer)
    revision = send(begin(circular), first)
    confirm(revision, first)
    sender = sender_of(issuer)
    withdraw(circular=revision, reason="Yanlış dosya", by=sender, at=timezone.now())

    shown = " ".join(signed_in(sender).get(url("letter", circular)).content.decode().split())
    assert "2. sürümü geri çekildi" in shown
    assert "2. sürümü geçti" not in shown
    assert "1 muhatapta geçerli yazı kalmadı" in shown
    assert "başka bir nüshasıyla takip" not in shown
    notice = Notice.objects.get(kind=NoticeKind.WITHDRAWN, delivery__circular=revision)
    assert compose(notice).subject.startswith("2. sürüm · Geri çekildi:")
    inbox = signed_in(recipient_of(first)).get(url("unit_inbox", first.pk)).content.decode()
    assert "2. sürüm</span>" in " ".join(inbox.split())


def test_the_confirmation_of_a_withdrawn_copy_is_named_as_one(signed_in: SignIn) -> None:
    agency = AgencyFactory()
    circular = dispatched_to(agency)
    confirm(circular, agency)
    sender = sender_of(circular.issuer)
    before = " ".join(signed_in(sender).get(url("letter", circular)).content.decode().split())
    withdraw(circular=circular, reason="Yanlış dosya", by=sender, at=timezone.now())

    after = " ".join(signed_in(sender).get(url("letter", circular)).content.decode().split())

    assert '<div class="text-secondary small"> Teyit zamanı:' in after
    assert '<div class="text-secondary small"> Teyit zamanı:' not in before
