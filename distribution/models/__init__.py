"""Models of deliveries, their events and their notices."""

from agencies.models.channel import Channel
from distribution.models.answer import AnswerDocument, ExtensionRequest
from distribution.models.assignment import Assignment
from distribution.models.below import Below
from distribution.models.change import ChangeKind, CircularChange
from distribution.models.channel_status import ChannelStatus
from distribution.models.delivery import Delivery
from distribution.models.event import DeliveryEvent, EventKind
from distribution.models.heartbeat import Heartbeat
from distribution.models.internal_note import InternalNote
from distribution.models.link import LinkCode, SavedFilter
from distribution.models.notice import Notice, NoticeState
from distribution.models.notice_kind import NoticeKind
from distribution.models.on_behalf import OnBehalfRecord, RecordEnd
from distribution.models.prepared_file import PreparedFile, PreparedFileKind, PreparedFileState
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
from distribution.models.return_decision import ReturnDecision, ReturnOutcome
from distribution.models.scheduled_dispatch import NotSentReason, ScheduledDispatch
from distribution.models.sending_claim import SendingClaim
from distribution.models.stage import Act, Disposition, ReturnGround, SaidThrough, Stage
from distribution.models.take_back import TakeBackRequest

__all__ = [
    "Act",
    "Anchor",
    "AnswerDocument",
    "Assignment",
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
    "InternalNote",
    "KepEvidence",
    "LinkCode",
    "MailVerdict",
    "NotSentReason",
    "Notice",
    "NoticeKind",
    "NoticeState",
    "OnBehalfRecord",
    "PreparedFile",
    "PreparedFileKind",
    "PreparedFileState",
    "RecordEnd",
    "ReminderStep",
    "ReturnDecision",
    "ReturnGround",
    "ReturnOutcome",
    "ReturnedMail",
    "SaidThrough",
    "SavedFilter",
    "ScheduledDispatch",
    "SendingClaim",
    "Settlement",
    "Stage",
    "StepAction",
    "StepUnit",
    "TakeBackRequest",
]
