"""Settings of the minimal pages: the product's database and sessions, and little else."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.minimal_page"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # required by allauth
]
