"""Take the pictures of docs/screenshots from the demo: `make pictures`.

1. fill the database with the demo, unless it has it
2. serve the product as in the Procfile, and open each page as the demo's person whose page it is
"""

import os
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.urls import reverse  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from agencies.models import Agency, User  # noqa: E402
from benchmarks.confirming import serving, session_of  # noqa: E402
from bootstrap.system_packages import browser  # noqa: E402
from circulars.models import Circular, Status  # noqa: E402

FOLDER = Path(__file__).resolve().parent / "screenshots"
PORT = int(os.environ.get("PICTURES_PORT", "8791"))
SAMPLE = "E-98167286-010.06.02-604318"
FLAGS = ["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]


@dataclass(frozen=True)
class Picture:
    """A page of the demo, and the user name of the person who opens it."""

    name: str
    person: str
    path: Callable[[], str]


def _draft() -> str:
    return reverse("review", args=[Circular.objects.get(status=Status.DRAFT).public_id])


def _sample() -> str:
    return reverse("letter", args=[Circular.objects.get(number=SAMPLE).public_id])


def _inbox() -> str:
    return reverse("unit_inbox", args=[Agency.objects.get(code="valilik-01").pk])


PICTURES = (
    Picture("board", "csgb.yonetici", lambda: reverse("board")),
    Picture("outstanding", "csgb.yonetici", lambda: reverse("outstanding")),
    Picture("outstanding_letters", "csgb.yonetici", lambda: reverse("outstanding_letters")),
    Picture("calls", "csgb.yonetici", lambda: reverse("call_list")),
    Picture("letter", "isgucu.gonderen", _sample),
    Picture("returned", "isgucu.gonderen", lambda: reverse("returned")),
    Picture("inbox", "adana.evrak", _inbox),
    Picture("review", "isgucu.gonderen", _draft),
)
"""To picture another page, add a line. The README shows some of them."""


def main() -> None:
    """Take the pictures that the arguments name, or those that the folder has."""
    parser = ArgumentParser(description=__doc__, prog="python -m docs.pictures")
    parser.add_argument("names", nargs="*", help=", ".join(each.name for each in PICTURES))
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--whole", action="store_true", help="the whole page instead of one screen of it")
    options = parser.parse_args()
    unknown = set(options.names) - {each.name for each in PICTURES}
    if unknown:
        parser.error(f"no such picture: {', '.join(sorted(unknown))}")
    wanted = options.names or [path.stem for path in sorted(options.folder.glob("*.png"))]
    for command in ("migrate", "load_directory", "load_demo"):
        call_command(command, verbosity=0)
    chosen = [each for each in PICTURES if each.name in wanted]
    paths = {each.name: each.path() for each in chosen}
    sessions = {
        name: session_of(User.objects.get(username=name)) for name in {each.person for each in chosen}
    }
    connection.close()
    options.folder.mkdir(parents=True, exist_ok=True)
    address = f"http://127.0.0.1:{PORT}"
    with serving("config.wsgi", PORT), sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=FLAGS)
        for picture in chosen:
            context = chromium.new_context(
                locale="tr-TR",
                timezone_id="Europe/Istanbul",
                viewport={"width": options.width, "height": options.height},
            )
            context.add_cookies(
                [
                    {
                        "name": settings.SESSION_COOKIE_NAME,
                        "value": sessions[picture.person],
                        "url": address,
                    }
                ]
            )
            page = context.new_page()
            answer = page.goto(address + paths[picture.name], wait_until="networkidle")
            if answer is None or answer.status != 200:
                raise SystemExit(f"{picture.name} answers {answer and answer.status}")
            page.screenshot(path=options.folder / f"{picture.name}.png", full_page=options.whole)
            print(options.folder / f"{picture.name}.png", flush=True)
            context.close()
        chromium.close()


if __name__ == "__main__":
    main()
