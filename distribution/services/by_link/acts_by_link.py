"""Return, answer, ask for more time and ask to take back for a unit without an account, by link and one-time code.

1. lock the delivery, to serialise concurrent uses of a code
2. refuse what isn't possible, before the code is checked
3. count the attempt; a wrong code is returned rather than raised, so that the count is committed
4. with a valid code record the act as a user of the unit would, under the name that was given: weaker proof
"""

from datetime import datetime

from django.db import transaction

from circulars.files.uploads import check_attachment
from distribution.links import Link
from distribution.services.by_link.acknowledge_by_link import (
    Answer,
    Result,
    confirm_by_link,
    lock_by_link,
    use_code,
)
from distribution.services.receiving.answer import (
    Uploads,
    record_answers,
    refuse_answer,
    refuse_without_reason,
)
from distribution.services.receiving.extension import (
    record_requests,
    refuse_request,
    refuse_wanted,
    refuse_without_purpose,
    requested_for,
)
from distribution.services.receiving.own_delivery import by_link
from distribution.services.receiving.return_letter import (
    record_returns,
    refuse_late_return,
    refuse_return,
    refuse_without_words,
)
from distribution.services.receiving.take_back import lock_letters_of
from distribution.services.receiving.take_back_request import (
    record_take_back_request,
    refuse_take_back_request,
)


@transaction.atomic
def return_by_link(
    *, link: Link, code: str, name: str, job_title: str, ground: str, reason: str, at: datetime
) -> Answer:
    """Return the letter. Raises LinkRevoked, SignInNeeded, and ActionRefused like `return_letter`."""
    delivery = lock_by_link(link)
    refuse_without_words(reason)
    refuse_return(delivery)
    refuse_late_return(delivery, ground, at)
    used = use_code(delivery, code, at=at)
    if isinstance(used, Answer):
        return used
    doer = by_link(delivery, used, name=name, job_title=job_title)
    record_returns([(delivery, doer)], at=at, ground=ground, reason=reason)
    return Answer(delivery, Result.DONE)


@transaction.atomic
def answer_by_link(
    *,
    link: Link,
    code: str,
    name: str,
    job_title: str,
    disposition: str,
    at: datetime,
    note: str = "",
    register_number: str = "",
    documents: Uploads = (),
) -> Answer:
    """Answer the letter, and confirm it if it isn't yet. Raises LinkRevoked, SignInNeeded, and like `complete`."""
    for upload in documents:
        check_attachment(upload)
    delivery = lock_by_link(link)
    refuse_answer(delivery)
    refuse_without_reason(disposition, note)
    used = use_code(delivery, code, at=at)
    if isinstance(used, Answer):
        return used
    doer = by_link(delivery, used, name=name, job_title=job_title)
    if delivery.can_be_confirmed:
        confirm_by_link(delivery, doer, at=at, register_number=register_number)
    record_answers([(delivery, doer)], at=at, disposition=disposition, note=note, documents=documents)
    return Answer(delivery, Result.DONE)


@transaction.atomic
def ask_extension_by_link(
    *, link: Link, code: str, name: str, job_title: str, wanted: datetime, reason: str, at: datetime
) -> Answer:
    """Ask for more time. Raises LinkRevoked, SignInNeeded, and ActionRefused like `ask_extension`."""
    delivery = lock_by_link(link)
    refuse_without_purpose(reason)
    refuse_request(delivery, requested=requested_for([delivery]))
    refuse_wanted(delivery, wanted, at)
    used = use_code(delivery, code, at=at)
    if isinstance(used, Answer):
        return used
    doer = by_link(delivery, used, name=name, job_title=job_title)
    record_requests([(delivery, doer)], at=at, wanted=wanted, reason=reason)
    return Answer(delivery, Result.DONE)


@transaction.atomic
def ask_take_back_by_link(
    *, link: Link, code: str, name: str, job_title: str, stamp: str, reason: str, at: datetime
) -> Answer:
    """Ask to take the act of this stamp back. Raises LinkRevoked, SignInNeeded, and like `ask_take_back`."""
    lock_letters_of([link.delivery])
    delivery = lock_by_link(link)
    done = refuse_take_back_request(delivery, stamp=stamp, at=at, reason=reason)
    used = use_code(delivery, code, at=at)
    if isinstance(used, Answer):
        return used
    doer = by_link(delivery, used, name=name, job_title=job_title)
    record_take_back_request(delivery, doer, done=done, at=at, reason=reason)
    return Answer(delivery, Result.DONE)
