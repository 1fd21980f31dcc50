"""The 81 provinces and their districts."""

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


class District(models.Model):
    """A district; `code` is the plate of its province and its name, such as `06-cankaya`.

    The 51 provinces that are no metropolis have a central one ("Merkez"), which has neither a kaymakam nor a
    municipality of its own.
    """

    code = models.SlugField(_("code"), max_length=60, primary_key=True)
    province = models.ForeignKey(
        Province, models.PROTECT, related_name="districts", verbose_name=_("province")
    )
    name = models.CharField(_("name"), max_length=40)
    is_centre = models.BooleanField(_("central district"), default=False)
    sort_key = models.CharField(max_length=80, editable=False, db_collation="C")

    class Meta:
        ordering = ["sort_key", "code"]
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        constraints = [models.UniqueConstraint(fields=["province", "name"], name="district_once_in_province")]

    def __str__(self) -> str:
        return self.name
