from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DistributionConfig(AppConfig):
    name = "distribution"
    verbose_name = _("Distribution")

    def ready(self) -> None:
        """Import the channel registry, so that the directory, which can't import it, knows the channels."""
        import_module("distribution.outbox.channels.registry")
