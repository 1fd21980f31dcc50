"""Walks through the forms of managers: what they choose in their list, its views, and what reaches them by mail."""

from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page

from agencies.models import User
from circulars.models import Urgency
from distribution.models import BoardSettings, CircularChange, SavedFilter
from tests.browser.walk import Walk, World, full_day, to

NAME = "Geciken yazılar"
COLUMNS_INTO_THE_FORM = (
    "document.querySelector('#rows').append(document.querySelector('[formaction*=columns]'))"
)
"""The button stands beside the form that it sends; a walk looks for it within."""


def _view(world: World) -> SavedFilter:
    return SavedFilter.objects.create(
        person=world.person, page=SavedFilter.Page.BOARD, unit=world.home, name="Eski ad", query="q=x"
    )


def choose_rows(world: World) -> Walk:
    world.sent()
    return Walk(
        to("outstanding"),
        form=to("choose_rows"),
        button='[value="remind"]',
        steps=lambda page: page.locator('#rows input[name="delivery"]').first.check(),
        shows="h1:has-text('Şimdi hatırlat')",
    )


def choose_columns(world: World) -> Walk:
    world.sent()
    return Walk(
        to("outstanding"),
        User.objects.exclude(list_columns={}).count,
        form=to("choose_rows"),
        button="[formaction*=columns]",
        steps=lambda page: page.evaluate(COLUMNS_INTO_THE_FORM),
    )


def give_more_time(world: World) -> Walk:
    world.timed()

    def choose(page: Page) -> None:
        page.locator('#rows input[name="delivery"]').first.check()
        page.locator('[value="more_time"]').click()

    return Walk(
        to("outstanding"),
        CircularChange.objects.filter(kind="due_changed").count,
        {"until_0": f"{full_day(9)}", "until_1": "17:00", "reason": "Kar yağışı"},
        button=".btn-primary",
        steps=choose,
    )


def save_view(world: World) -> Walk:
    form = to("save_view")
    done = SavedFilter.objects.filter(name=NAME).count
    return Walk(f"{form}?q=kar", done, {"name": NAME}, button=".btn-primary")


def change_view(world: World) -> Walk:
    form = to("change_view", _view(world))
    return Walk(form, SavedFilter.objects.filter(name=NAME).count, {"name": NAME}, button=".btn-primary")


def delete_view(world: World) -> Walk:
    view = _view(world)
    done = lambda: 1 - SavedFilter.objects.count()  # noqa: E731
    return Walk(to("change_view", view), done, button="[formaction*=delete]")


def look_at_all(world: World) -> Walk:
    now = timezone.now()
    world.sent(at=now - timedelta(days=5), urgency=Urgency.TIMED, due_at=now - timedelta(days=1))
    return Walk(to("late"), BoardSettings.objects.exclude(late_looked_at=None).count, form=to("look_at_all"))


def board_mails(world: World) -> Walk:
    wanted = BoardSettings.objects.exclude(digest_day=None)
    return Walk(to("board_mails"), wanted.count, {"wants_digest": True}, button=".btn-primary")


def board_of_unit(world: World) -> Walk:
    shows = f".page-pretitle:has-text('{world.office.name}')"
    return Walk(to("board_of_unit", world.office, "board"), button=".btn-primary", shows=shows)


WALKS = [
    choose_rows,
    choose_columns,
    give_more_time,
    save_view,
    change_view,
    delete_view,
    look_at_all,
    board_mails,
    board_of_unit,
]
