"""Addresses in one normal form; what an import says of its file and rows."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT
from django.conf import settings

import agencies.models.contact_details.address
from agencies.notation.addresses import AddressRefused, normal_address


def normalise(apps, schema_editor):
    """Bring stored addresses to their normal form; one that is no address is left for a person."""
    for model, fields in (("Agency", ("email", "kep_address")), ("User", ("email",))):
        rows = apps.get_model("agencies", model)._default_manager
        for field in fields:
            odd = rows.exclude(**{field: ""}).exclude(**{f"{field}__regex": r"^[a-z0-9._+-]+@[a-z0-9.-]+$"})
            for pk, address in list(odd.values_list("pk", field)):
                try:
                    rows.filter(pk=pk).update(**{field: normal_address(address)})
                except AddressRefused:
                    continue


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0007_directory_administrators"),
    ]

    operations = [
        migrations.AddField(
            model_name="directoryimport",
            name="agencies",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="directoryimport",
            name="blanks_erase",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="directoryimport",
            name="notes",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="directoryimport",
            name="warned",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="directoryimport",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="name_key",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="importrow",
            name="row_warnings",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="importrow",
            name="warnings",
            field=models.JSONField(default=list),
        ),
        migrations.AlterField(
            model_name="agency",
            name="email",
            field=agencies.models.contact_details.address.AddressField(blank=True, max_length=254, verbose_name="e-mail"),
        ),
        migrations.AlterField(
            model_name="agency",
            name="kep_address",
            field=agencies.models.contact_details.address.AddressField(
                blank=True, max_length=254, verbose_name="KEP address"
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=agencies.models.contact_details.address.AddressField(
                blank=True, max_length=254, verbose_name="email address"
            ),
        ),
        migrations.RunPython(normalise, migrations.RunPython.noop, elidable=True),
    ]
