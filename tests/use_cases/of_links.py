"""Use cases of a unit without an account, by link and one-time code."""

from datetime import timedelta

from distribution.links import Link, expiry
from distribution.models import Delivery, Disposition, LinkCode, ReturnGround
from distribution.services.by_link import acts_by_link
from distribution.services.by_link.link_codes import request_code
from distribution.services.by_link.take_back_by_link import take_back_by_link
from tests.use_cases.of_receiving import documents, received, stamp_of
from tests.use_cases.of_sending import DUE
from tests.use_cases.table import NOW, SENT, Action, use_case

WHO = {"name": "Ayşe KAYA", "job_title": "Memur"}


def opened() -> tuple[Delivery, Link]:
    """A letter and its link, for which a code was just sent."""
    _circular, delivery, _by = received()
    link = Link(delivery.public_id, 0, expiry(at=SENT))
    request_code(link=link, at=NOW)
    return delivery, link


def digits() -> str:
    return LinkCode.objects.latest("pk").digits


def _return(link: Link) -> None:
    acts_by_link.return_by_link(
        link=link, code=digits(), **WHO, ground=ReturnGround.NOT_ADDRESSEE, reason="Bizim değil", at=NOW
    )


@use_case(wakes=True)
def return_by_link() -> Action:
    _delivery, link = opened()
    return lambda: _return(link)


@use_case()
def answer_by_link() -> Action:
    _delivery, link = opened()
    return lambda: acts_by_link.answer_by_link(
        link=link, code=digits(), **WHO, disposition=Disposition.DONE, documents=documents(), at=NOW
    )


@use_case()
def ask_extension_by_link() -> Action:
    _delivery, link = opened()
    wanted = DUE + timedelta(days=5)
    return lambda: acts_by_link.ask_extension_by_link(
        link=link, code=digits(), **WHO, wanted=wanted, reason="Veri bekleniyor", at=NOW
    )


@use_case()
def ask_take_back_by_link() -> Action:
    delivery, link = opened()
    _return(link)
    later = NOW + timedelta(minutes=20)
    request_code(link=link, at=later)
    stamp = stamp_of(delivery)
    return lambda: acts_by_link.ask_take_back_by_link(
        link=link, code=digits(), **WHO, stamp=stamp, reason="Bizimmiş", at=later
    )


@use_case()
def take_return_back_by_link() -> Action:
    delivery, link = opened()
    _return(link)
    code, stamp = digits(), stamp_of(delivery)
    return lambda: take_back_by_link(link=link, stamp=stamp, code=code, at=NOW + timedelta(minutes=1))
