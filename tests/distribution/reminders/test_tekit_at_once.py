"""Concurrent use of the same button: one tekit, one reminder."""

import pytest
from django.utils import timezone

from circulars.models import Circular
from distribution.models import CircularChange, Delivery, Notice, NoticeKind
from distribution.reminders.remind_by_hand import remind_by_hand
from distribution.reminders.tekit import NotDrafted, draft_tekit
from tests.distribution.receiving.test_at_once import at_once
from tests.factories import AgencyFactory, UserFactory, dispatched_to

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_four_people_who_remind_at_once_one_does() -> None:
    unit, person = AgencyFactory(), UserFactory()
    for _ in range(2):
        dispatched_to(unit, at=timezone.now())

    at_once(*[lambda: remind_by_hand(deliveries=Delivery.objects.all(), by=person, at=timezone.now())] * 4)

    assert Notice.objects.filter(kind=NoticeKind.REMINDER).count() == 2
    assert Notice.objects.filter(kind=NoticeKind.DIGEST).count() == 1
    assert CircularChange.objects.count() == 2


def test_of_four_people_who_draft_a_tekit_at_once_one_does() -> None:
    first = dispatched_to(AgencyFactory())
    refused = []

    def draft() -> None:
        try:
            draft_tekit(circular=first, by=first.recorded_by, at=timezone.now())
        except NotDrafted as error:
            refused.append(error.waiting)

    at_once(*[draft] * 4)

    assert refused == [Circular.objects.get(reminds=first)] * 3
    assert CircularChange.objects.count() == 1
