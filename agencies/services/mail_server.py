"""Whether the mail server would take a mail from us."""

import logging

from django.conf import settings
from django.core.cache import cache
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)


FAILED_FOR = 15 * 60
"""Seconds during which a server that failed isn't asked again: wrong passwords lock an account."""


def takes_mail() -> bool:
    """Whether it answers, accepts our sign-in and our sender address. A failed server is asked every 15 minutes."""
    parts = (settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    known = f"mail-server-fails-{salted_hmac('agencies.mail_server', repr(parts), algorithm='sha256').hexdigest()}"
    if cache.get(known):
        return False
    if _asked():
        return True
    cache.set(known, True, FAILED_FOR)
    return False


def _asked() -> bool:
    """Connect, sign in and name our sender address, without sending anything."""
    connection = get_connection()
    try:
        connection.open()
        if isinstance(connection, EmailBackend) and connection.connection is not None:
            smtp = connection.connection
            smtp.ehlo_or_helo_if_needed()
            code, answer = smtp.mail(sanitize_address(settings.DEFAULT_FROM_EMAIL, "ascii"))
            if code != 250:
                logger.error("The mail server doesn't take our sender address: %s %r", code, answer)
                return False
    except (OSError, UnicodeError) as error:  # every error of smtplib is an OSError
        logger.error("The mail server can't be used: %s", error)
        return False
    finally:
        connection.close()
    return True
