"""The form of a unit in the Django administration."""

from typing import Any

from django.test import Client

from agencies.models import Agency


def page_of(agency: Agency) -> str:
    return f"/admin/agencies/agency/{agency.pk}/change/"


def loaded_form(client: Client, agency: Agency) -> dict[str, Any]:
    """What a browser sends of the page as it is loaded now, with another phone number."""
    shown = client.get(page_of(agency)).context
    form = shown["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value} | {"phone": "0312 000 00 00"}
    data |= {"addresses": "{}", "channels": ""}
    for each in shown["inline_admin_formsets"]:
        management = each.formset.management_form
        data |= {management.add_prefix(name): management[name].value() for name in management.fields}
    return data
