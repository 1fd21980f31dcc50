"""Validation of the constraints on a circular."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BaseConstraint

NUMBER = "one_circular_per_issuer_number_and_year"

FIELD_OF_CONSTRAINT = {
    "one_circular_per_verification_code": "verification_code",
    NUMBER: "number",
    "urgent_has_no_due_time": "due_at",
    "timed_has_due_time": "due_at",
}
"""The field to correct for each constraint."""

NEEDED_BY_CONSTRAINTS = {"corrects", "due_working_days", "number_in_use", "date"}
"""Fields that validation never excludes."""


def validate(constraint: BaseConstraint, circular: Any, exclude: set[str]) -> None:
    """Raise ValidationError if the `Circular` violates the constraint.

    Of a letter without a date the number is looked up here: for the year of NULL PostgreSQL knows no function, and
    Django takes that error for a violation.
    """
    model = type(circular)
    if constraint.name != NUMBER or circular.date is not None:
        constraint.validate(model, circular, exclude=exclude)
    elif circular.number and circular.number_in_use and circular.corrects_id is None:
        blocking = model.objects.blocking(issuer=circular.issuer, number=circular.number, day=None)
        if blocking.exclude(pk=circular.pk).exists():
            raise ValidationError(constraint.get_violation_error_message())
