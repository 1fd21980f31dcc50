"""The 81 provinces."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Province(models.Model):
    """One of the 81 provinces; `plate` is its two-digit licence plate code."""

    plate = models.CharField(_("plate code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    metropolitan = models.BooleanField(_("metropolitan"), default=False)
    sort_key = models.CharField(max_length=80, editable=False, db_collation="C")

    class Meta:
        ordering = ["sort_key"]
        verbose_name = _("province")
        verbose_name_plural = _("provinces")

    def __str__(self) -> str:
        return self.name
