"""The settings of the smallest page to which a confirmation is compared: the product's database and sessions."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.minimal_page"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # the sign-in doesn't start without it
]
