"""Models of deliveries, their events and their notices."""

from agencies.models.contact_details.channel import Channel
from distribution.models.acts.answer import AnswerDocument, ExtensionRequest
from distribution.models.acts.call import Call, CallOutcome
from distribution.models.acts.change import ChangeKind, CircularChange
from distribution.models.acts.event import DeliveryEvent, EventKind
from distribution.models.acts.on_behalf import OnBehalfRecord, RecordEnd
from distribution.models.acts.return_decision import ReturnDecision, ReturnOutcome
from distribution.models.acts.take_back import TakeBackRequest
from distribution.models.answering_time import AnsweringAct, AnsweringTime, AnsweringTimeRun
from distribution.models.checkpoint import Checkpoint, Seal
from distribution.models.deliveries.assignment import Assignment
from distribution.models.deliveries.below import Below
from distribution.models.deliveries.delivery import Delivery
from distribution.models.deliveries.internal_note import InternalNote
from distribution.models.deliveries.link import LinkCode
from distribution.models.deliveries.proof import (
    EvidenceCode,
    Handover,
    HandoverMethod,
    KepEvidence,
    MailVerdict,
    ReturnedMail,
    Settlement,
)
from distribution.models.deliveries.stage import Act, Disposition, ReturnGround, SaidThrough, Stage
from distribution.models.lateness import Duty, LearnedLateness
from distribution.models.managing.board_settings import BoardSettings, Weekday
from distribution.models.managing.late_alert import AlertReason, LateAlert, LateAlertCopy
from distribution.models.managing.weekly_digest import WeeklyDigest
from distribution.models.notices.channel_status import ChannelStatus
from distribution.models.notices.heartbeat import Heartbeat
from distribution.models.notices.notice import Notice, NoticeState
from distribution.models.notices.notice_kind import NoticeKind
from distribution.models.notices.reminder import Anchor, ReminderStep, StepAction, StepUnit
from distribution.models.notices.sending_claim import SendingClaim
from distribution.models.prepared_file import FileFormat, PreparedFile, PreparedFileKind, PreparedFileState
from distribution.models.saved_filter import SavedFilter
from distribution.models.scheduled_dispatch import NotSentReason, ScheduledDispatch

__all__ = [
    "Act",
    "AlertReason",
    "Anchor",
    "AnswerDocument",
    "AnsweringAct",
    "AnsweringTime",
    "AnsweringTimeRun",
    "Assignment",
    "Below",
    "BoardSettings",
    "Call",
    "CallOutcome",
    "ChangeKind",
    "Channel",
    "ChannelStatus",
    "Checkpoint",
    "CircularChange",
    "Delivery",
    "DeliveryEvent",
    "Disposition",
    "Duty",
    "EventKind",
    "EvidenceCode",
    "ExtensionRequest",
    "FileFormat",
    "Handover",
    "HandoverMethod",
    "Heartbeat",
    "InternalNote",
    "KepEvidence",
    "LateAlert",
    "LateAlertCopy",
    "LearnedLateness",
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
    "Seal",
    "SendingClaim",
    "Settlement",
    "Stage",
    "StepAction",
    "StepUnit",
    "TakeBackRequest",
    "Weekday",
    "WeeklyDigest",
]
