"""Which columns a person wants to see of a list, kept for them until they choose others."""

from collections.abc import Sequence

from django.db import transaction

from agencies.models import User


@transaction.atomic
def choose_columns(*, person: User, list_name: str, columns: Sequence[str] | None) -> None:
    """Keep the columns that the person chose for the list, or forget them with None."""
    locked = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    kept = {name: names for name, names in locked.list_columns.items() if name != list_name}
    if columns is not None:
        kept[list_name] = list(columns)
    locked.list_columns = kept
    locked.save(update_fields=["list_columns"])
