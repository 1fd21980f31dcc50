"""Deliveries, what happened to them, and what has to leave."""

from distribution.models.delivery import Delivery, Disposition, Stage
from distribution.models.event import DeliveryEvent, EventKind
from distribution.models.notice import Channel, Notice, NoticeState

__all__ = [
    "Channel",
    "Delivery",
    "DeliveryEvent",
    "Disposition",
    "EventKind",
    "Notice",
    "NoticeState",
    "Stage",
]
