"""The product's settings, with what tests must do without: slow password hashes and hashed static names."""

import os
import tempfile

from config.settings import *  # noqa: F403
from config.settings import STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
MEDIA_ROOT = tempfile.mkdtemp(prefix="dagitim-media-")
ACCOUNT_RATE_LIMITS = False
ALLOWED_HOSTS = ["*"]
WHITENOISE_AUTOREFRESH = True
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
