"""Print the demo's users with user name, password and roles."""

import shutil
import textwrap
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from agencies.models import Membership, Role, User
from distribution.demo.people import PASSWORD, PEOPLE


class Command(BaseCommand):
    help = "Prints the demo's people, its address and where caught mails lie."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Port on which the product is served."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one block of lines per user."""
        users = {
            user.username: user
            for user in User.objects.filter(username__in=[each.username for each in PEOPLE])
        }
        if not users:
            self.stdout.write(_("There are no demo people. `manage.py load_demo` adds them."))
            return
        may = {
            Role.SENDER: _("records letters and dispatches them"),
            Role.RECIPIENT: _("opens letters and confirms them"),
            Role.MANAGER: _("sees what is outstanding, there and below"),
        }
        roles: dict[int, list[tuple[str, str]]] = {}
        memberships = (
            Membership.objects.filter(user__in=users.values()).select_related("agency").order_by("pk")
        )
        for each in memberships:
            roles.setdefault(each.user_id, []).append(
                (f"{each.agency.name} · {each.get_role_display()}", may[Role(each.role)])
            )
        rows = [[_("User name"), _("Password"), _("Person"), _("Unit and role"), _("What they may do")]]
        for person in PEOPLE:
            if user := users.get(person.username):
                first, *further = roles.get(
                    user.pk, [("–", _("administers people and the directory, at /admin/"))]
                )
                rows.append([user.username, PASSWORD, str(user), *first])
                rows.extend(["", "", "", *each] for each in further)
        self.stdout.write(table(rows, shutil.get_terminal_size((150, 24)).columns))
        self.stdout.write("")
        self.stdout.write(
            _("Most other recipients of the sample letter have a person too: evrak.<code of the unit>.")
        )
        self.stdout.write(_("Caught mails: %(folder)s") % {"folder": settings.MAIL_CATCHER_DIR})
        self.stdout.write(_("Ctrl-C stops everything."))
        self.stdout.write(_("Open %(address)s") % {"address": f"http://localhost:{options['port']}/"})


def table(rows: list[list[str]], width: int) -> str:
    """Rows with aligned columns; the fourth column is wrapped if the terminal is too narrow."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    widths[3] = max(24, min(widths[3], width - sum(widths) + widths[3] - 2 * len(widths)))
    lines = []
    for number, row in enumerate(rows):
        wrapped = textwrap.wrap(row[3], widths[3]) or [""]
        for place, part in enumerate(wrapped):
            cells = [*row[:3], part, row[4]] if place == 0 else ["", "", "", part, ""]
            lines.append(
                "  ".join(cell.ljust(size) for cell, size in zip(cells, widths, strict=True)).rstrip()
            )
        if number == 0:
            lines.append("  ".join("-" * size for size in widths))
    return "\n".join(lines)
