"""Search people by name, with Turkish letters folded."""

from django.db.models import CharField, Func, Q, QuerySet, Value
from django.db.models.functions import Concat, Lower

from agencies.models import Membership, User
from agencies.turkish import search_key

_TURKISH = "İIıĞğÜüŞşÖöÇçÂâÎîÛû"
_FOLDED = "".join(search_key(letter) for letter in _TURKISH)


def _key(prefix: str = "") -> Lower:
    """SQL expression: first, last and user name, folded for searching."""
    names = Concat(f"{prefix}first_name", Value(" "), f"{prefix}last_name", Value(" "), f"{prefix}username")
    return Lower(Func(names, Value(_TURKISH), Value(_FOLDED), function="TRANSLATE", output_field=CharField()))


def find_people(text: str) -> QuerySet[User]:
    """Active users whose name contains every word of the text; none for fewer than two letters."""
    words = _words(text)
    found = User.objects.filter(is_active=True).annotate(key=_key())
    for word in words:
        found = found.filter(key__contains=word)
    return found.order_by("last_name", "first_name", "pk") if words else found.none()


def find_memberships(text: str, among: QuerySet[Membership]) -> QuerySet[Membership]:
    """Filter memberships to those whose person or unit contains every word of the text."""
    words = _words(text)
    found = among.annotate(key=_key("user__"))
    for word in words:
        found = found.filter(Q(key__contains=word) | Q(agency__search_key__contains=word))
    return found if words else found.none()


def _words(text: str) -> list[str]:
    key = search_key(text)
    return key.split() if len(key) > 1 else []
