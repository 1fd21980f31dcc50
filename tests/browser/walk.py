"""What a walk through a form after the session has ended needs: the people, letters and units, and the way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from agencies.calendar import WorkingCalendar
from agencies.models import Agency, Role, User
from circulars.models import Circular, DistributionLine, Urgency
from distribution.models import Delivery, Notice, NoticeState
from tests.factories import (
    MOMENT,
    AgencyFactory,
    LineFactory,
    MembershipFactory,
    UserFactory,
    dispatched_to,
    draft_to,
)

FILE = Path(__file__).parents[2] / "circulars" / "sample" / "ornek-genelge.txt"


@dataclass(frozen=True)
class Walk:
    """One form: its page, what a person enters, and how often its effect is there (0 before, 1 after).

    `steps` lead from the page to the form. `fills` are the fields by name, True ticks a box, a choice is given by its
    value. `files` are chosen, and chosen again after signing in. `form` is the address that takes the form, `button`
    the one to press. Where nothing is written, `shows` is what the page after it shows.
    """

    page: str
    done: Callable[[], int] = lambda: 1
    fills: Mapping[str, str | bool] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    form: str = ""
    button: str = "button:not([type=button])"
    steps: Callable[[Page], Any] | None = None
    shows: str = ""


class World:
    """A person with every role in a unit that sends and in one that receives, and what they meet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home: Agency = AgencyFactory(name="Uluslararası İşgücü Genel Müdürlüğü", protocol_order=1)
        self.office: Agency = AgencyFactory(name="Ardahan Valiliği", protocol_order=2)
        self.other: Agency = AgencyFactory(name="Bartın Valiliği")
        self.person: User = UserFactory(username="kisi", is_superuser=True, is_staff=True)
        for role in Role:
            MembershipFactory(user=self.person, agency=self.home, role=role)
            MembershipFactory(user=self.person, agency=self.office, role=role)

    def sent(self, at: datetime = MOMENT, **fields: object) -> Circular:
        """A letter of the home unit to the office and another unit."""
        return dispatched_to(
            self.office, self.other, issuer=self.home, recorded_by=self.person, at=at, **fields
        )

    def timed(self) -> Circular:
        """A letter with a due time."""
        return self.sent(at=timezone.now(), urgency=Urgency.TIMED, due_at=timezone.now() + timedelta(days=3))

    def received(self) -> Delivery:
        """The office's copy of a letter."""
        return self.sent().deliveries.get(agency=self.office)

    def draft(self) -> Circular:
        return draft_to(self.office, issuer=self.home, recorded_by=self.person)

    def unknown_line(self) -> DistributionLine:
        """A line of a draft that stands for nothing yet."""
        line: DistributionLine = LineFactory(circular=self.draft(), agency=None, text="Bartın Valiliğine")
        return line

    def fail_notices(self) -> None:
        Notice.objects.update(state=NoticeState.FAILED, last_error="550 user unknown")


def to(name: str, *parts: object) -> str:
    """The address of that name for these things."""
    return reverse(name, args=[getattr(part, "public_id", getattr(part, "pk", part)) for part in parts])


def full_day(days: int) -> date:
    """A working day without a free afternoon, at least so many days ahead: no form asks about it."""
    return WorkingCalendar().next_full_day(timezone.localdate() + timedelta(days=days - 1))


def pdf(name: str = "belge.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7", "application/pdf")


def none_failed() -> int:
    """1 if no notice is given up."""
    return int(not Notice.objects.filter(state=NoticeState.FAILED).exists())
