"""Figures of the deliveries below a delivery."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Below:
    """Counts over all units, at any depth, to which the letter was passed on.

    Returned and covered copies are excluded, and those withdrawn by themselves; copies of a withdrawn letter count as
    they stood when it was withdrawn. `for_action` counts the copies for action (Gereği), `done` those of them that are
    completed, `on_behalf` and `done_on_behalf` those of the acknowledged and of the completed ones that only the
    sender recorded.
    """

    units: int = 0
    reached: int = 0
    acknowledged: int = 0
    for_action: int = 0
    done: int = 0
    on_behalf: int = 0
    done_on_behalf: int = 0

    @property
    def outstanding(self) -> int:
        return self.units - self.acknowledged
