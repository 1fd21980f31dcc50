"""Settle the meaning of a printed line."""

from django.db import transaction

from agencies.models import Agency, AgencyGroup
from circulars.models import DistributionLine
from circulars.models.plan import PlanVersion
from circulars.services.draft import lock_draft


@transaction.atomic
def settle_line(
    *,
    line: DistributionLine,
    agency: Agency | None = None,
    group: AgencyGroup | None = None,
    plan_version: PlanVersion | None = None,
) -> DistributionLine:
    """Set the meaning of a printed line to one agency, one group or one plan.

    Raises NotADraft, and DistributionLine.DoesNotExist if the list has been replaced in the meantime.
    """
    lock_draft(line.circular)
    line = DistributionLine.objects.select_related("circular").get(pk=line.pk)
    if sum(meaning is not None for meaning in (agency, group, plan_version)) != 1:
        raise ValueError("a line must be settled with exactly one agency, group or plan")
    line.agency, line.group, line.plan_version, line.unresolved_reason = agency, group, plan_version, ""
    line.save(update_fields=["agency", "group", "plan_version", "unresolved_reason"])
    return line
