"""Minimal authenticated pages: a POST that updates one row, and a GET that reads one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from distribution.models import Delivery


@require_POST
def touch(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """Update the row and redirect."""
    Delivery.objects.filter(public_id=delivery).update(next_reminder_at=timezone.now())
    return redirect("/")


@require_safe
def look(request: HttpRequest, delivery: UUID) -> HttpResponse:
    """Read the row and return one of its values."""
    return HttpResponse(str(get_object_or_404(Delivery, public_id=delivery).created_at))


urlpatterns = [
    path("deliveries/<uuid:delivery>/acknowledge/", touch, name="acknowledge"),
    path("deliveries/<uuid:delivery>/", look, name="delivery"),
]
