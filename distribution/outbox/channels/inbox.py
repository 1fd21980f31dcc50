"""The product's own inbox: the letter is there as soon as it is sent; what counts is that somebody can see it."""

from types import TracebackType
from typing import Self

from django.utils import timezone

from agencies.models import Membership, Role
from distribution.models import Notice
from distribution.outbox.channels import PermanentFailure


class InboxChannel:
    """Takes a notice when at least one person receives for the unit today."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    def send(self, notice: Notice) -> None:
        """Raises PermanentFailure when nobody could see the letter in the inbox."""
        people = Membership.objects.active(timezone.localdate()).filter(
            agency=notice.agency, role=Role.RECIPIENT, user__is_active=True
        )
        if not people.exists():
            raise PermanentFailure("Nobody receives for the unit.")
