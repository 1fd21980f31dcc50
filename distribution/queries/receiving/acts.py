"""What the unit that answers for a copy may do with it now."""

from datetime import datetime

from distribution.models import Delivery, LinkCode
from distribution.models.acts.take_back import LastAct, last_act


def possible_acts(delivery: Delivery, at: datetime) -> set[str]:
    """Names of the acts other than confirming. The same for a user and for a person who acts by link."""
    possible = {
        "answer": delivery.can_be_answered,
        "objection": delivery.can_be_objected_to,
        "return": delivery.can_be_returned,
        "extension": delivery.is_owing and delivery.due_at is not None,
    }
    done = last_act(delivery)
    if done is not None:
        possible["take_back" if at < done.until else "ask_take_back"] = True
    return {name for name, is_possible in possible.items() if is_possible}


def needs_code(delivery: Delivery, at: datetime) -> bool:
    """Whether a new one-time code is of use: there is something to do by link other than taking the last act back."""
    return delivery.can_be_confirmed or bool(possible_acts(delivery, at) - {"take_back"})


def code_of_act(delivery: Delivery, done: LastAct) -> LinkCode | None:
    """The code with which the act was done by link; None if a user did it."""
    return delivery.link_codes.filter(used_at=done.at).first()
