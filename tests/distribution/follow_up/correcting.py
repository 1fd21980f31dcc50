"""Corrections for the tests."""

from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency
from circulars.models import Circular
from distribution.models import (
    Delivery,
)
from distribution.services.follow_up.correct import begin_correction, choose_touched
from distribution.services.receiving.acknowledge import acknowledge
from distribution.services.sending.dispatch import dispatch
from tests.factories import (
    recipient_of,
)


def begin(circular: Circular) -> Circular:
    return begin_correction(circular=circular, by=circular.recorded_by, at=timezone.now())


def send(draft: Circular, *touched: Agency, note: str = "Tarih düzeltildi") -> Circular:
    choose_touched(correction=draft, note=note, agencies=touched)
    return dispatch(circular=draft, by=draft.recorded_by, at=timezone.now()).circular


def confirm(circular: Circular, agency: Agency) -> Delivery:
    delivery = Delivery.objects.get(circular=circular, agency=agency)
    acknowledge(delivery=delivery.public_id, by=recipient_of(agency), at=timezone.now())
    delivery.refresh_from_db()
    return delivery


def copy_of(circular: Circular, agency: Agency) -> Delivery:
    return Delivery.objects.get(circular=circular, agency=agency)


def url(name: str, *parts: object) -> str:
    return reverse(name, args=[getattr(part, "public_id", part) for part in parts])
