"""Which messages are restricted to official working time, and when they may be sent."""

from datetime import datetime

from django.utils import timezone

from agencies.calendar import calendar_for
from circulars.models import Urgency
from distribution.models import Notice, NoticeKind
from distribution.models.notices.notice_details import LateAlertDetails
from distribution.models.notices.notice_kind import KINDS


def earliest(notice: Notice, at: datetime) -> datetime:
    """The earliest moment to send: the given one, or the unit's next working time if the notice is restricted to it."""
    if not keeps_to_working_time(notice):
        return at
    province = notice.agency.province_id if notice.agency is not None else None
    return calendar_for(province, timezone.localdate(at)).next_working_moment(at)


def keeps_to_working_time(notice: Notice) -> bool:
    """Whether the notice is restricted to working time.

    This holds for morning and weekly digests, and for reminders, escalations, alerts to managers and other digests
    unless they concern an ACELE letter.
    """
    if notice.kind == NoticeKind.DIGEST:
        urgent = notice.members.filter(delivery__circular__urgency=Urgency.URGENT)
        return notice.digest_on is not None or not urgent.exists()
    if not KINDS[NoticeKind(notice.kind)].keeps_to_working_time:
        return False
    if notice.delivery is None:
        return not (isinstance(notice.details, LateAlertDetails) and notice.details.is_urgent)
    return notice.delivery.circular.urgency != Urgency.URGENT
