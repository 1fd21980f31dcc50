from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DistributionConfig(AppConfig):
    name = "distribution"
    verbose_name = _("Distribution")

    def ready(self) -> None:
        """Make the channels known to the directory, which can't import them."""
        import_module("distribution.outbox.channels.registry")
