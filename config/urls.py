"""All URLs. Every URL of the product requires a login (LoginRequiredMiddleware; `tests/test_urls.py`).

The language switch doesn't: it stands on the login page and on the pages of a link too.
"""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from config.unsent_forms.unsent import unsent_form

urlpatterns = [
    path("", include("agencies.urls")),
    path("", include("circulars.urls")),
    path("", include("distribution.urls")),
    path("unsent/", unsent_form, name="unsent_form"),
    path("accounts/", include("agencies.account_urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("admin/", admin.site.urls),
]

handler500 = "config.outages.statement_timeout.server_error"
