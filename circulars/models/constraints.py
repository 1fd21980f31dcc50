"""What validation needs to know of the constraints on a circular."""

FIELD_OF_CONSTRAINT = {
    "one_circular_per_verification_code": "verification_code",
    "one_circular_per_issuer_number_and_year": "number",
    "urgent_has_no_due_time": "due_at",
    "timed_has_due_time": "due_at",
}
"""The field to correct for each constraint."""

NEEDED_BY_CONSTRAINTS = {"corrects", "due_working_days", "number_in_use", "date"}
"""Fields that validation never excludes."""
