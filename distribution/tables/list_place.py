"""What an address says of a list: the parameters that narrow and sort it, and the page, to lead back to that place."""

from collections.abc import Collection

from django.http import QueryDict


def kept(query: QueryDict, names: Collection[str]) -> QueryDict:
    """The parameters of these names that have a value, one value each."""
    found = QueryDict(mutable=True)
    for name in names:
        if value := query.get(name, "").strip():
            found[name] = value
    return found


def place(query: QueryDict, names: Collection[str]) -> str:
    """What leads back to that place of a list: `?` with the parameters of these names and the page, or nothing."""
    found = kept(query, names)
    page = query.get("page", "")
    if page.isascii() and page.isdecimal() and len(page) < 10:
        found["page"] = page
    return f"?{found.urlencode()}" if found else ""
