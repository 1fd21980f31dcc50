"""The sender's side of a letter: the person who acts for the issuer, named in events and changes."""

from datetime import datetime

from django.utils import timezone

from agencies.deputies import deputy_of
from agencies.models import Role, User
from circulars.models import Circular


def sender_data(by: User, circular: Circular, at: datetime) -> dict[str, str]:
    """Who acted for the issuer, and for which absent person as a deputy: the keys of an event's data. One query."""
    absent = deputy_of(by, circular.issuer, Role.SENDER, timezone.localdate(at))
    return {"name": str(by)} | ({"as_deputy_of": str(absent)} if absent is not None else {})
