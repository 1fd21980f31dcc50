"""The smallest page to which a confirmation is compared: a signed-in person posts, one row is updated."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from distribution.models import Delivery


@require_POST
def touch(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """Update the row and lead on."""
    Delivery.objects.filter(public_id=delivery).update(next_reminder_at=timezone.now())
    return redirect("/")


urlpatterns = [path("deliveries/<uuid:delivery>/acknowledge/", touch, name="acknowledge")]
