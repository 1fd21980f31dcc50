"""What a person finds with the search box, in groups: each has only what the person may see, its count too."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from agencies.models import Agency, Membership, User
from agencies.models.agency import name_has
from circulars.models import AttachmentText, Circular
from circulars.models.letter_text import beginning_with
from distribution.models import Delivery
from distribution.models.deliveries.conditions import LONG_TEXTS, any_of
from distribution.queries.found_in import Passage, name_of, not_in_subjects, passages_in
from distribution.queries.search.matches import all_of, matches_of
from distribution.queries.search.terms import SHORTEST, terms_of
from distribution.visibility import visible_to

MOST = 1000
"""Rows of a group that are counted and can be paged through."""

FEW_UNITS = 20
MOST_COPIES = 20_000
"""If more units than those have the name of a recipient, so many copies of the newest letters are looked through.

Units with all terms that are names at all are counted apart from those with some."""


class Letter(NamedTuple):
    """What is read of each letter that a person sends or manages, to choose among them."""

    pk: int
    corrects: int | None
    copies: int


class Person(NamedTuple):
    """A person in one unit."""

    first_name: str
    last_name: str
    username: str
    job_title: str
    agency_id: int
    agency_name: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.username


@dataclass(frozen=True)
class Found:
    """The rows of one group in order, as keys of which few are turned into rows."""

    keys: Sequence[Any]
    hits_of: Callable[[Sequence[Any]], list["Hit"]]
    goes_on: bool = False
    """Whether there are more than `MOST`."""
    newest_letters: int = 0
    """If not all letters were looked through, how many of the newest ones were."""


@dataclass(frozen=True)
class Hit:
    """One row of a group, and where in its text the words stand."""

    row: Any
    passages: Sequence[Passage] = ()


def _plain(rows: Iterable[Any]) -> list[Hit]:
    return [Hit(row) for row in rows]


NOTHING = Found([], _plain)


@dataclass
class Search:
    """One search of one person. Raises NotSearchable when it is made; a group is looked up when it is asked for."""

    user: User
    text: str
    in_files: bool = True
    """Whether sentences of attachments are shown: reading their texts takes too long while somebody types."""

    def __post_init__(self) -> None:
        self.matches = matches_of(terms_of(self.text))
        words = (word for each in self.matches for word in each.term.words)
        self.words = [word for word in words if len(word) >= SHORTEST]
        """Those that are marked in their sentences."""

    @cached_property
    def _followed(self) -> list[Letter]:
        """All letters that the person sends or manages, the newest first. Drafts and scheduled ones have no copies."""
        visible = Circular.objects.visible_to(self.user).order_by(
            F("dispatched_at").desc(nulls_first=True), "-pk"
        )
        return [Letter(*row) for row in visible.values_list("pk", "corrects_id", "recipient_count")]

    def letters(self) -> Found:
        """Letters that the person sends or manages; of each the newest revision that is found."""
        having = reduce(and_, (each.letters for each in self.matches))
        found = [each for each in self._followed if each.pk in having]
        corrected = {each.corrects for each in found}
        keys = [each.pk for each in found if each.pk not in corrected]
        return Found(keys[:MOST], self._letters, goes_on=len(keys) > MOST)

    def received(self) -> Found:
        """Copies that the person's units received, the newest first. Of a withdrawn one the text isn't searched.

        The attachments are searched as far as the printed line of the recipient doesn't withhold them.
        """
        found = visible_to(self.user).newest().alias(printed_line=_printed_line())
        conditions = []
        for each in self.matches:
            kept = any_of(F("printed_line"), each.lines_without)
            attached = any_of(F("circular_id"), each.withheld) & ~Q(kept)
            text = Q(any_of(F("circular_id"), each.texts | each.enclosed) | attached, withdrawn_at=None)
            known = any_of(F("circular_id"), each.known) | any_of(F("agency_id"), each.agencies)
            conditions.append(known | text)
        found = found.filter(reduce(and_, conditions) | Q(register_number=self.text.strip()))
        return _found(found.order_by("-created_at", "-pk"), self._copies)

    def recipients(self) -> Found:
        """Direct copies of letters that the person sends or manages, by the recipient's name and words of the letter.

        At least one term is in the name. The letters and units are few and known before their copies are read. Units
        with all terms that are names at all are looked for apart from those of which the letter has the others.
        """
        names = [each for each in self.matches if each.agencies]
        if not names or not self._followed:
            return NOTHING
        only_in_letter = [each.letters for each in self.matches if not each.agencies]
        letters = [
            each for each in self._followed if each.copies and all(each.pk in ids for ids in only_in_letter)
        ]
        named = set[int]().union(*(each.agencies for each in names))
        whole = named.intersection(*(each.agencies for each in names))
        mixed = [each for each in letters if any(each.pk in term.letters for term in names)]
        of_whole = letters if len(whole) <= FEW_UNITS else _newest(letters)
        of_mixed = mixed if len(named - whole) <= FEW_UNITS else _newest(mixed)
        found = _direct(of_whole, whole)
        if named - whole:
            having = _direct(of_mixed, named - whole)
            for each in names:
                ids = each.letters.intersection(letter.pk for letter in of_mixed)
                having = having.filter(any_of(F("agency_id"), each.agencies) | any_of(F("circular_id"), ids))
            found = found.union(having, all=True)
        looked_through = [
            len(newest)
            for newest, all_of_them in ((of_whole, letters), (of_mixed, mixed))
            if len(newest) < len(all_of_them)
        ]
        rows = found.order_by("-created_at", "-pk")
        return _found(rows, _recipients, newest_letters=min(looked_through, default=0))

    def units(self) -> Found:
        """Units of the directory by name, in protocol order."""
        first, *others = (each.agencies for each in self.matches)
        keys = [pk for pk in first if all(pk in other for other in others)]
        return Found(keys[:MOST], _units, goes_on=len(keys) > MOST)

    def people(self) -> Found:
        """People who have a role today, as the directory shows them: by name, and by the name of their unit."""
        by_name = [
            all_of(Q(user__search_key__contains=word) for word in each.term.words) for each in self.matches
        ]
        by_unit = [all_of(name_has(word, "agency__") for word in each.term.words) for each in self.matches]
        either = all_of(name | unit for name, unit in zip(by_name, by_unit, strict=True))
        memberships = Membership.objects.active(timezone.localdate()).filter(
            either, reduce(or_, by_name), user__is_active=True
        )
        names = ("first_name", "last_name", "username", "job_title")
        rows = (
            memberships.order_by(
                "user__search_key", "user__username", "agency__protocol_order", "agency__sort_key"
            )
            .values_list(*(f"user__{name}" for name in names), "agency_id", "agency__name")
            .distinct()
        )
        people = [Person(*row) for row in rows[: MOST + 1]]
        return Found(people[:MOST], _plain, goes_on=len(people) > MOST)

    def _letters(self, keys: Sequence[int]) -> list[Hit]:
        letters = Circular.objects.select_related("issuer", "superseded_by").defer("reading")
        rows = _in_order(letters, keys)
        where = passages_in(rows, self.words, _texts(self._attachments(rows)))
        return [Hit(each, where.get(each.pk, ())) for each in rows]

    def _copies(self, keys: Sequence[int]) -> list[Hit]:
        copies = Delivery.objects.annotate(printed_line=_printed_line()).defer("circular__reading")
        rows = _in_order(copies.select_related("agency", "circular__issuer"), keys)
        readable = [each for each in rows if each.withdrawn_at is None]
        letters = {each.circular_id: each.circular for each in readable}
        attachments = [
            each
            for each in self._attachments(letters.values())
            if not any(
                copy.printed_line in each.withheld_lines
                for copy in readable
                if copy.circular_id == each.attachment.circular_id
            )
        ]
        where = passages_in(letters.values(), self.words, _texts(attachments))
        return [Hit(each, () if each.withdrawn_at else where.get(each.circular_id, ())) for each in rows]

    def _attachments(self, letters: Iterable[Circular]) -> list[AttachmentText]:
        """The words of attachments that have any of those which the letters' subjects lack. One query at most."""
        ids = [each.pk for each in not_in_subjects(letters, self.words)] if self.in_files else []
        if not ids:
            return []
        having = reduce(or_, (Q(vector=beginning_with(word)) for word in self.words))
        found = AttachmentText.objects.filter(having, attachment__circular__in=ids)
        return list(found.select_related("attachment").defer("vector").order_by("attachment__position", "pk"))


def _found(rows: QuerySet[Any], hits_of: Callable[[Sequence[int]], list[Hit]], **more: int) -> Found:
    """The rows as keys. One query."""
    keys = list(rows.values_list("pk", flat=True)[: MOST + 1])
    return Found(keys[:MOST], hits_of, goes_on=len(keys) > MOST, **more)


def _direct(letters: Sequence[Letter], units: Collection[int]) -> QuerySet[Delivery]:
    """The direct copies of the letters for the units, in no order yet."""
    ids = [each.pk for each in letters]
    copies = Delivery.objects.direct().filter(any_of(F("circular_id"), ids), any_of(F("agency_id"), units))
    return copies.order_by()


def _newest(letters: Sequence[Letter]) -> list[Letter]:
    """The first letters, as many as have `MOST_COPIES` copies together; at least one."""
    copies, newest = 0, list[Letter]()
    for each in letters:
        copies += each.copies
        if newest and copies > MOST_COPIES:
            break
        newest.append(each)
    return newest


def _printed_line() -> Coalesce:
    """Expression: the printed line of a copy, or of the direct one above it, which decides on the attachments (Y 18).

    0 for a copy that no line stands for.
    """
    above = Delivery.objects.filter(pk=OuterRef("path__0")).values("line_id")
    line = Case(When(parent=None, then=F("line_id")), default=Subquery(above), output_field=BigIntegerField())
    return Coalesce(line, 0)


def _recipients(keys: Sequence[int]) -> list[Hit]:
    copies = Delivery.objects.select_related("agency", "circular").defer(*LONG_TEXTS)
    return _plain(_in_order(copies, keys))


def _units(keys: Sequence[int]) -> list[Hit]:
    return _plain(_in_order(Agency.objects.select_related("province", "parent"), keys))


def _in_order(rows: QuerySet[Any], keys: Sequence[int]) -> list[Any]:
    """The rows with these keys in their order. One query."""
    found = rows.in_bulk(list(keys))
    return [found[key] for key in keys if key in found]


def _texts(attachments: Iterable[AttachmentText]) -> dict[int, list[str]]:
    """By the letter's id, the names of these attachments and the texts of their files."""
    found: dict[int, list[str]] = {}
    for each in attachments:
        found.setdefault(each.attachment.circular_id, []).extend([name_of(each.attachment), each.text])
    return found
