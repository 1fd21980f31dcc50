"""A killed worker's batch is taken over within a minute, a living worker's never, and the page says so."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import Celery
from django.conf import settings as project
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from distribution.models import Notice, NoticeState, SendingClaim
from distribution.models.notices.notice import STUCK_AFTER
from distribution.models.notices.sending_claim import RENEWED_EVERY
from distribution.outbox.claims import KeptClaim, release, release_stuck, take_over
from distribution.outbox.send import claim_batch, send_due
from distribution.tasks import take_over as take_over_task
from tests.at_once import at_once
from tests.conftest import ROOT, SignIn
from tests.factories import AgencyFactory, dispatched_to, sender_of
from tests.query_count import query_count
from tests.smtp import Postbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]

DEAD = STUCK_AFTER + timedelta(seconds=1)


def test_a_dead_batch_is_free_within_a_minute_after_the_last_sign_of_life() -> None:
    every = timedelta(seconds=project.CELERY_BEAT_SCHEDULE["take_over"]["schedule"])

    assert project.CELERY_BEAT_SCHEDULE["take_over"]["task"] == take_over_task.name
    assert STUCK_AFTER + every < timedelta(minutes=1)
    assert RENEWED_EVERY * 3 < STUCK_AFTER


def test_the_notices_of_a_killed_worker_are_taken_over(
    postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(Celery, "send_task", lambda app, name, **options: woken.append(name))
    dispatched_to(*AgencyFactory.create_batch(33))
    claim_batch(at=timezone.now(), most=50)

    assert take_over(at=timezone.now() + STUCK_AFTER - timedelta(seconds=5)) == 0
    assert take_over(at=timezone.now() + DEAD) == 33
    assert woken == ["distribution.tasks.send_due_notices"]
    assert send_due() == 33
    assert not SendingClaim.objects.exists()


def test_a_renewed_claim_is_left_alone_however_old_the_batch_is() -> None:
    dispatched_to(AgencyFactory())
    long_ago = timezone.now() - timedelta(minutes=9)
    (notice,) = claim_batch(at=long_ago, most=1)
    with KeptClaim() as claim:
        claim.begin(notice.claimed_at)
        claim.renew()

    assert release_stuck(at=timezone.now()) == 0
    assert release_stuck(at=timezone.now() + DEAD) == 1


def test_a_worker_whose_claim_was_taken_over_sends_nothing_more() -> None:
    dispatched_to(AgencyFactory())
    (notice,) = claim_batch(at=timezone.now(), most=1)
    with KeptClaim() as claim:
        claim.begin(notice.claimed_at)
        claim.renew()
        assert claim.holds
        release_stuck(at=timezone.now() + DEAD)
        claim.renew()
        assert not claim.holds


def test_a_worker_that_lost_its_claim_does_not_release_what_another_one_sends() -> None:
    dispatched_to(AgencyFactory())
    (before,) = claim_batch(at=timezone.now(), most=1)
    release_stuck(at=timezone.now() + DEAD)
    claim_batch(at=timezone.now() + timedelta(seconds=1), most=1)

    assert release(notices=[before]) == 0
    assert Notice.objects.get().state == NoticeState.SENDING


def test_the_progress_page_says_that_another_process_takes_over(signed_in: SignIn) -> None:
    circular = dispatched_to(*AgencyFactory.create_batch(3), at=timezone.now())
    claim_batch(at=timezone.now(), most=3)
    client = signed_in(sender_of(circular.issuer))
    address = reverse("letter_progress", args=[circular.public_id])
    assert "devralıyor" not in client.get(address).content.decode()

    SendingClaim.objects.update(renewed_at=timezone.now() - timedelta(days=9))

    page = client.get(address).content.decode()
    assert "Gönderen süreçlerden biri kapandı." in page
    assert "3 bildirimi bir dakika içinde başka bir süreç devralıyor" in page


def test_a_batch_costs_the_same_queries_whatever_its_size(postbox: Postbox) -> None:
    dispatched_to(AgencyFactory())
    one = query_count(lambda: claim_batch(at=timezone.now(), most=50))
    dispatched_to(*AgencyFactory.create_batch(20))

    assert query_count(lambda: claim_batch(at=timezone.now(), most=50)) == one


@pytest.mark.django_db(transaction=True)
def test_claims_of_several_workers_are_kept_apart(postbox: Postbox) -> None:
    for _round in range(3):
        dispatched_to(*AgencyFactory.create_batch(60))
        assert sum(at_once(*[send_due] * 3)) == 60
        take_over(at=timezone.now() + DEAD)

    assert len(postbox.mails) == 180
    assert set(Notice.objects.values_list("state", "attempts")) == {(NoticeState.SENT, 1)}
    assert not SendingClaim.objects.exists()


SENDING = "import django; django.setup(); from distribution.outbox.send import send_due; send_due()"


@pytest.fixture
def killed_worker(postbox: Postbox, settings: Settings) -> Iterator[None]:
    """A process that claims the batch and is killed while the server lets it wait."""
    postbox.waits = True
    database = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
    }
    dispatched_to(*AgencyFactory.create_batch(5))
    process = subprocess.Popen([sys.executable, "-c", SENDING], cwd=ROOT, env=environment)
    deadline = time.monotonic() + 60
    while not postbox.connections and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    postbox.waits = False
    yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("killed_worker")
def test_what_a_killed_process_had_claimed_leaves_through_another(postbox: Postbox) -> None:
    assert Notice.objects.filter(state=NoticeState.SENDING).count() == 5
    assert send_due() == 0

    assert take_over(at=timezone.now() + DEAD) == 5
    assert send_due() == 5
    assert len(postbox.mails) == 5
