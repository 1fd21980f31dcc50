"""All URLs. Every URL of the product requires a login (LoginRequiredMiddleware; `tests/test_urls.py`)."""

from django.contrib import admin
from django.urls import include, path

from config.unsent import unsent_form

urlpatterns = [
    path("", include("agencies.urls")),
    path("", include("circulars.urls")),
    path("", include("distribution.urls")),
    path("unsent/", unsent_form, name="unsent_form"),
    path("accounts/", include("agencies.account_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

handler500 = "config.statement_timeout.server_error"
