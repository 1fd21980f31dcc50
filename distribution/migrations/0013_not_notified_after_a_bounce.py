"""A unit whose every notice came back is not notified, as `distribution.event_log.notified` has it from now on."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PROOFS = ("reached", "read_in_mailbox", "handed_over")


def clear(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    deliveries = apps.get_model("distribution", "Delivery").objects
    events = apps.get_model("distribution", "DeliveryEvent").objects
    bounced = events.filter(kind="bounced").values_list("delivery_id", flat=True)
    for pk in set(bounced.iterator(chunk_size=2000)):
        proofs: list[tuple[str, str]] = []
        for kind, data in events.filter(delivery_id=pk).order_by("sequence").values_list("kind", "data"):
            place = (data.get("channel"), data.get("address"))
            if kind in PROOFS:
                proofs.append(("", ""))
            elif kind == "reminded" or (kind == "notified" and not data.get("notice")):
                proofs.append(place)
            elif kind == "bounced" and place in proofs:
                proofs.reverse()
                proofs.remove(place)
                proofs.reverse()
        if not proofs:
            deliveries.filter(pk=pk, notified_at__isnull=False).update(notified_at=None)


class Migration(migrations.Migration):
    dependencies = [("distribution", "0012_returned_mail_settled")]

    operations = [migrations.RunPython(clear, migrations.RunPython.noop)]
