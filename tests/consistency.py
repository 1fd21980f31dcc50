"""What the consistency check finds now."""

from django.utils import timezone

from distribution.queries.consistency import Finding
from distribution.services.check_consistency import check_consistency


def findings() -> list[Finding]:
    """Every contradiction in the database."""
    return [finding for batch in check_consistency(at=timezone.now()) for finding in batch.findings]
