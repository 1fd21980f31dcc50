"""The fault of a server without space."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("distribution", "0015_address_asked")]

    operations = [
        migrations.AlterField(
            model_name="channelstatus",
            name="fault",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unreachable", "The server can't be reached."),
                    ("insecure", "No secure connection to the server: its certificate isn't valid."),
                    ("sign_in", "The server doesn't accept the user name or the password."),
                    ("sender", "The server doesn't accept the sender address."),
                    ("relaying", "The server refuses to pass our mail on."),
                    ("quota", "The account's sending limit is used up."),
                    ("overloaded", "The server's disk is full, or it is overloaded."),
                    ("refused", "The server is out of order or refuses the connection."),
                ],
                max_length=20,
                verbose_name="reason",
            ),
        ),
    ]
