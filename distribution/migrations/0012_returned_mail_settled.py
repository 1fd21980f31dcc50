"""A returned mail is settled when it changed its notice or a person said so, no longer by being matched.

Mails that were matched and not understood, replies among them, appear on the list of their senders again.
"""

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import distribution.models.deliveries.proof


def settle(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    mails = apps.get_model("distribution", "ReturnedMail").objects
    mails.filter(settled_by__isnull=False).update(settled_as="nothing")
    matched = mails.filter(notice__isnull=False, settled_as="")
    matched.filter(verdict__in=["bounced", "delivered", "relayed"]).update(settled_as="applied")
    matched.filter(verdict__in=["delayed", "auto_reply"]).update(settled_as="noted")


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("distribution", "0011_message_id_as_constraint"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="returnedmail", name="returned_mail_unmatched"),
        migrations.RenameField(model_name="returnedmail", old_name="dismissed_by", new_name="settled_by"),
        migrations.AddField(
            model_name="returnedmail",
            name="settled_as",
            field=models.CharField(
                blank=True,
                choices=[
                    ("applied", "Its notice was changed"),
                    ("noted", "Noted, nothing to do"),
                    ("failed", "Could not be delivered"),
                    ("answer", "Answer to this letter"),
                    ("away", "Out of office"),
                    ("nothing", "Nothing to do"),
                ],
                default="",
                max_length=10,
                verbose_name="settled as",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="returnedmail",
            name="settled_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="settled at"),
        ),
        migrations.AddField(
            model_name="returnedmail",
            name="text",
            field=models.TextField(blank=True, default="", verbose_name="text"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="returnedmail",
            name="file",
            field=models.FileField(
                blank=True,
                default="",
                upload_to=distribution.models.deliveries.proof.returned_mail_path,
                verbose_name="mail as it came",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="returnedmail",
            name="presumed",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="distribution.notice",
                verbose_name="presumed notice",
            ),
        ),
        migrations.AlterField(
            model_name="returnedmail",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("bounced", "Could not be delivered"),
                    ("delayed", "Delayed"),
                    ("delivered", "Delivered"),
                    ("relayed", "Passed to another server, without proof"),
                    ("temporary", "Not delivered for now"),
                    ("receipt", "Read receipt, no confirmation"),
                    ("auto_reply", "Automatic reply, no answer"),
                    ("reply", "Reply by a person"),
                    ("other", "Not a delivery report"),
                ],
                max_length=12,
                verbose_name="verdict",
            ),
        ),
        migrations.AlterField(
            model_name="deliveryevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("dispatched", "Dispatched"),
                    ("notified", "Notice sent"),
                    ("notice_failed", "Notice could not be sent"),
                    ("opened", "Letter opened"),
                    ("downloaded", "File downloaded"),
                    ("acknowledged", "Confirmed"),
                    ("passed_to_successor", "Passed to the unit's successor"),
                    ("superseded", "Closed: another copy covers it"),
                    ("reached", "Reached the mailbox"),
                    ("relayed", "On its way"),
                    ("read_in_mailbox", "Read in the mailbox"),
                    ("bounced", "Came back as undeliverable"),
                    ("deferred", "Not delivered for now, is sent again"),
                    ("mail_answer", "Reply by e-mail kept as a document"),
                    ("handed_over", "Handed over by hand or post"),
                    ("completed", "Answered"),
                    ("document_attached", "Answer document attached"),
                    ("returned", "Returned"),
                    ("extension_asked", "More time asked for"),
                    ("extension_granted", "More time granted"),
                    ("extension_refused", "More time refused"),
                    ("passed_on", "Passed on"),
                    ("received_below", "Came from the unit above"),
                    ("reminded", "Reminded"),
                    ("escalated", "Told the unit above and the sender's manager"),
                    ("withdrawn", "Withdrawn by the sender"),
                    ("added", "Added after the dispatch"),
                    ("removed", "Taken off the distribution"),
                    ("due_changed", "Due time changed"),
                    ("corrected", "Corrected by a new revision"),
                    ("link_revoked", "Link without account revoked"),
                    ("code_sent", "One-time code sent"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.RunPython(settle, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="returnedmail",
            index=models.Index(
                condition=models.Q(("settled_as", "")),
                fields=["-received_at"],
                name="returned_mail_unsettled",
            ),
        ),
    ]
