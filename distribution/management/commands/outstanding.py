import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from circulars.models import Circular, Status
from distribution.models import Delivery
from distribution.tables.base import days_since


class Command(BaseCommand):
    help = "Print every delivery that nobody has confirmed: of all letters, or of the one with that number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--circular", metavar="NUMBER", help="the letter's number (Sayı) or circular number"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    def handle(self, *args: Any, **options: Any) -> None:
        outstanding = (
            Delivery.objects.direct()
            .outstanding()
            .for_board()
            .order_by("circular__dispatched_at", "agency__protocol_order", "agency__sort_key")
        )
        if number := options["circular"]:
            letters = Circular.objects.filter(status=Status.DISPATCHED)
            wanted = letters.filter(number=number) or letters.filter(circular_number=number)
            if not wanted:
                raise CommandError(f"No sent letter has the number {number!r}.")
            outstanding = outstanding.filter(circular__in=wanted)
        rows = map(self._row, outstanding.iterator(chunk_size=2000))
        if options["json"]:
            self.stdout.write(json.dumps(list(rows), ensure_ascii=False, indent=1))
            return
        count = 0
        for row in rows:
            count += 1
            shown = (
                row["number"],
                row["recipient"],
                row["purpose"],
                row["stage"],
                f"{row['days']} d",
                row["phone"],
            )
            self.stdout.write("\t".join(shown))
        self.stdout.write(f"{count} outstanding")

    def _row(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "circular": delivery.circular_id,
            "number": delivery.circular.number,
            "subject": delivery.circular.subject,
            "recipient": delivery.agency.name,
            "kind": delivery.agency.kind,
            "province": delivery.agency.province.name if delivery.agency.province else None,
            "phone": delivery.agency.phone,
            "purpose": delivery.purpose,
            "stage": delivery.stage,
            "urgency": delivery.circular.urgency or None,
            "sent_at": timezone.localtime(delivery.created_at).isoformat(),
            "days": days_since(delivery.created_at),
        }
