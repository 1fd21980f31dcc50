"""Models of deliveries, their events and their notices."""

from agencies.models.channel import Channel
from distribution.models.answer import AnswerDocument, ExtensionRequest
from distribution.models.below import Below
from distribution.models.change import ChangeKind, CircularChange
from distribution.models.channel_status import ChannelStatus
from distribution.models.delivery import Delivery
from distribution.models.event import DeliveryEvent, EventKind
from distribution.models.heartbeat import Heartbeat
from distribution.models.link import LinkCode, SavedFilter
from distribution.models.notice import Notice, NoticeState
from distribution.models.notice_kind import NoticeKind
from distribution.models.on_behalf import OnBehalfRecord, RecordEnd
from distribution.models.proof import (
    EvidenceCode,
    Handover,
    HandoverMethod,
    KepEvidence,
    MailVerdict,
    ReturnedMail,
    Settlement,
)
from distribution.models.reminder import Anchor, ReminderStep, StepAction, StepUnit
from distribution.models.sending_claim import SendingClaim
from distribution.models.stage import Disposition, ReturnGround, SaidThrough, Stage

__all__ = [
    "Anchor",
    "AnswerDocument",
    "Below",
    "ChangeKind",
    "Channel",
    "ChannelStatus",
    "CircularChange",
    "Delivery",
    "DeliveryEvent",
    "Disposition",
    "EventKind",
    "EvidenceCode",
    "ExtensionRequest",
    "Handover",
    "HandoverMethod",
    "Heartbeat",
    "KepEvidence",
    "LinkCode",
    "MailVerdict",
    "Notice",
    "NoticeKind",
    "NoticeState",
    "OnBehalfRecord",
    "RecordEnd",
    "ReminderStep",
    "ReturnGround",
    "ReturnedMail",
    "SaidThrough",
    "SavedFilter",
    "SendingClaim",
    "Settlement",
    "Stage",
    "StepAction",
    "StepUnit",
]
