import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from distribution.services.check_consistency import check_consistency


class Command(BaseCommand):
    help = (
        "Walk every delivery, notice and event and print one line for each contradiction: what, which row, how to "
        "mend it. Changes nothing. The exit code is 1 if anything was found."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                # One snapshot: a notice that is recorded while we look is no contradiction.
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for finding in check_consistency(at=timezone.now()):
                count += 1
                self.stdout.write(
                    json.dumps(asdict(finding), ensure_ascii=False) if options["json"] else str(finding)
                )
        if count:
            raise CommandError(f"{count} contradictions.")
        if not options["json"]:
            self.stdout.write("Everything agrees.")
