"""What the consistency check finds now."""

from datetime import datetime

from django.utils import timezone

from distribution.queries.invariants.consistency_of_notices import Finding
from distribution.services.check_consistency import check_consistency


def findings(at: datetime | None = None) -> list[Finding]:
    """Every contradiction in the database, now or at the given moment."""
    batches = check_consistency(at=at or timezone.now())
    return [finding for batch in batches for finding in batch.findings]
