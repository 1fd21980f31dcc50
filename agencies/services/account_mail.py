"""The Message-ID of a mail about an account, by which a report that it came back is matched to the person.

Nothing is stored: the id names the person and is signed together with the address, so that a report can't be made up,
and one about a former address matches nobody.
"""

import re
import secrets
from urllib.parse import urlparse

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from agencies.models import User

_ID = re.compile(
    r"<account\.(?P<pk>\d{1,18})\.(?P<once>[0-9a-f]{16})\.(?P<signature>[0-9a-f]{40})@[^<>@\s]+>"
)


def account_message_id(person: User) -> str:
    """A new Message-ID for a mail to the person's present address."""
    once = secrets.token_hex(8)
    host = urlparse(settings.SITE_URL).hostname or "localhost"
    return f"<account.{person.pk}.{once}.{_signature(person, once)}@{host}>"


def person_written_to(message_id: str) -> User | None:
    """The person to whose present address a mail with this Message-ID was sent; None if it isn't one of ours."""
    parts = _ID.fullmatch(message_id)
    person = User.objects.filter(pk=parts["pk"]).first() if parts else None
    if parts is None or person is None:
        return None
    is_ours = constant_time_compare(parts["signature"], _signature(person, parts["once"]))
    return person if is_ours else None


def _signature(person: User, once: str) -> str:
    signed = f"{person.pk} {once} {person.email}"
    return salted_hmac("agencies.account_mail", signed, algorithm="sha256").hexdigest()[:40]
