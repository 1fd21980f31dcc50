"""Mails to managers about no single delivery: what they say, whether they are still wanted, how they are stopped.

Each takes a signed link that stops all further ones of its kind without a sign-in, also as a header for mail programs
(RFC 8058).
"""

from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.core.files.base import ContentFile, File
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agencies.access import holder
from agencies.models import Agency, Role, User
from distribution.models import BoardSettings, LateAlert, Notice, NoticeKind, WeeklyDigest
from distribution.models.deliveries.conditions import LONG_TEXTS
from distribution.models.notices.notice_details import LateAlertDetails, WeeklyDigestDetails
from distribution.queries.managing.alerts import still_late
from distribution.queries.managing.weekly import figures_from

SALT = "distribution.mails_to_managers"
UNITS_NAMED = 25
"""Units that an alert names with their telephone numbers; the others are counted."""


class Stop(NamedTuple):
    """What a link stops: mails of that kind to the person, about letters of the unit."""

    kind: NoticeKind
    person: User
    unit: Agency


def is_wanted_by_manager(notice: Notice) -> bool | None:
    """Whether a mail to a manager is still to be sent; None for other notices.

    Not to somebody who isn't a manager of the unit any more, who is inactive, or who has switched it off meanwhile; nor
    if nothing is late any more.
    """
    about, details = _about(notice), notice.details
    if about is None or notice.person is None:
        return None
    now = timezone.now()
    if not notice.person.is_active or not _manages(notice.person, about, now):
        return False
    own = BoardSettings.objects.filter(person=notice.person, unit=about)
    if isinstance(details, WeeklyDigestDetails):
        return own.filter(digest_day__isnull=False).exists()
    assert isinstance(details, LateAlertDetails)
    if own.filter(wants_alerts=False).exists():
        return False
    alert = LateAlert.objects.select_related("circular").get(pk=details.alert)
    return alert.circular.paused_at is None and still_late(alert, now).exists()


def context_for_manager(notice: Notice) -> dict[str, Any]:
    """Template context of a mail to a manager; empty for other notices."""
    about, details = _about(notice), notice.details
    if about is None:
        return {}
    context = {
        "about": about,
        "stop_url": settings.SITE_URL + reverse("stop_mails", args=[stop_token(notice)]),
        "settings_url": board_url(about, "board_mails"),
        "board_url": board_url(about, "board"),
    }
    if isinstance(details, WeeklyDigestDetails):
        digest = WeeklyDigest.objects.defer("pdf").get(pk=details.digest)
        figures = figures_from(digest.figures)
        context |= {
            "figures": figures,
            "lines": [(each, board_url(about, each.page, each.query)) for each in figures.lines],
            "units": [(each, board_url(about, "outstanding", each.query)) for each in figures.units],
        }
    if isinstance(details, LateAlertDetails):
        alert = LateAlert.objects.select_related("circular__issuer").get(pk=details.alert)
        late = still_late(alert, timezone.now())
        named = late.select_related("agency__province", "successor").defer(*LONG_TEXTS)
        count = late.count()
        context |= {
            "alert": alert,
            "circular": alert.circular,
            "copies": named.order_by("due_at", "agency__sort_key", "pk")[:UNITS_NAMED],
            "count": count,
            "more": max(count - UNITS_NAMED, 0),
            "letter_url": settings.SITE_URL + reverse("letter", args=[alert.circular.public_id]),
            "calls_url": board_url(about, "call_list"),
        }
    return context


def board_url(unit: Agency, page: str, query: str = "") -> str:
    """Address that opens a page of the board for this unit, whichever one its reader acts for."""
    path = reverse("board_of_unit", args=[unit.pk, page])
    return f"{settings.SITE_URL}{path}?{query}" if query else f"{settings.SITE_URL}{path}"


def stop_token(notice: Notice) -> str:
    """The signed token that stops mails of this notice's kind to its person."""
    about = _about(notice)
    assert about is not None
    return signing.dumps([notice.kind, notice.person_id, about.pk], salt=SALT)


def stop_of(token: str) -> Stop | None:
    """What the token stops; None if it wasn't issued here, or the person or unit is gone."""
    try:
        kind, person, unit = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    people, units = User.objects.filter(pk=person), Agency.objects.filter(pk=unit)
    found = people.first(), units.first()
    if found[0] is None or found[1] is None:
        return None
    return Stop(NoticeKind(kind), found[0], found[1])


def stop_headers(notice: Notice) -> dict[str, str]:
    """Headers by which a mail program offers to stop these mails; none for other notices."""
    if _about(notice) is None or notice.person_id is None:
        return {}
    address = settings.SITE_URL + reverse("stop_mails", args=[stop_token(notice)])
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def report_of(notice: Notice) -> list[tuple[str, File[bytes]]]:
    """The PDF of a weekly digest with its name; nothing for other notices, or if it could not be drawn."""
    details = notice.details
    if not isinstance(details, WeeklyDigestDetails):
        return []
    digest = WeeklyDigest.objects.only("pdf", "created_at").get(pk=details.digest)
    if digest.pdf is None:
        return []
    with translation.override("tr"):
        name = _("weekly-report-%(day)s.pdf") % {"day": f"{timezone.localdate(digest.created_at):%Y-%m-%d}"}
    return [(name, ContentFile(bytes(digest.pdf), name))]


def _about(notice: Notice) -> Agency | None:
    """The unit as whose manager the person gets it; None for other notices."""
    match notice.details:
        case WeeklyDigestDetails(digest=digest):
            return WeeklyDigest.objects.select_related("unit").only("unit").get(pk=digest).unit
        case LateAlertDetails(unit=unit):
            return Agency.objects.get(pk=unit)
    return None


def _manages(person: User, unit: Agency, at: datetime) -> bool:
    return holder(person, unit, Role.MANAGER, timezone.localdate(at)) is not None
