"""Kinds of public bodies, and which of them are central."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgencyKind(models.TextChoices):
    PRESIDENCY = "presidency", _("Presidency")
    PRESIDENCY_UNIT = "presidency_unit", _("Body of the Presidency")
    PARLIAMENT = "parliament", _("Parliament")
    HIGH_COURT = "high_court", _("High court")
    MINISTRY = "ministry", _("Ministry")
    CENTRAL_BODY = "central_body", _("Central body")
    AFFILIATED_BODY = "affiliated_body", _("Affiliated body")
    CENTRAL_UNIT = "central_unit", _("Central unit")
    GOVERNORSHIP = "governorship", _("Governorship")
    PROVINCIAL_DIRECTORATE = "provincial_directorate", _("Provincial directorate")
    METROPOLITAN_MUNICIPALITY = "metropolitan_municipality", _("Metropolitan municipality")
    MUNICIPALITY = "municipality", _("Municipality")
    DISTRICT_GOVERNORSHIP = "district_governorship", _("District governorship")
    DISTRICT_DIRECTORATE = "district_directorate", _("District directorate")
    DISTRICT_MUNICIPALITY = "district_municipality", _("District municipality")
    SPECIAL_ADMINISTRATION = "special_administration", _("Special provincial administration")
    REGIONAL_DIRECTORATE = "regional_directorate", _("Regional directorate")
    UNIVERSITY = "university", _("University")
    COURT = "court", _("Court or prosecutor's office")
    PROFESSIONAL_BODY = "professional_body", _("Chamber, union or association")
    OTHER = "other", _("Other")


REACHING_EVERY_PROVINCE = frozenset(
    {
        AgencyKind.PRESIDENCY,
        AgencyKind.PRESIDENCY_UNIT,
        AgencyKind.MINISTRY,
        AgencyKind.CENTRAL_BODY,
        AgencyKind.AFFILIATED_BODY,
    }
)
"""Central bodies: they may pass letters on to any provincial directorate, whatever its parent."""
