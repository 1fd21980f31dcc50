"""How far a letter got below a delivery."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Below:
    """Units to any depth to which the letter was passed on. Returned, withdrawn and covered copies don't count.

    `for_action` are those that have to complete it; `done` of them have.
    """

    units: int = 0
    reached: int = 0
    acknowledged: int = 0
    for_action: int = 0
    done: int = 0

    @property
    def outstanding(self) -> int:
        return self.units - self.acknowledged
