"""The product's settings, with what tests must do without: slow password hashes and hashed static names."""

import atexit
import os
import shutil
import tempfile

from config import embedded
from config.settings import *  # noqa: F403
from config.settings import CACHES, DATABASES, REDIS_URL, STORAGES
from tests.template_database import VARIABLE

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Whatever the environment says, no test writes into a real bucket.
STORAGES = {
    **STORAGES,
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if VARIABLE in os.environ:
    DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ[VARIABLE]}
# Each process of the test run has a queue of its own, so that no worker takes another's wake-ups.
REDIS_URL = f"{REDIS_URL}?db={1 + int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw'))}"
CACHES = {**CACHES, "images": {**CACHES["images"], "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
# A worker that a test starts finds the same files.
MEDIA_ROOT = os.environ.get("TEST_MEDIA_ROOT") or tempfile.mkdtemp(prefix="dagitim-media-")
if "TEST_MEDIA_ROOT" not in os.environ:
    atexit.register(shutil.rmtree, MEDIA_ROOT, ignore_errors=True)
ACCOUNT_RATE_LIMITS = False
UNDO_SECONDS = 0
# No test asserts on time: a letter goes to the background only where a test wants that.
READING_AT_ONCE_MS = 60_000
READING_PROCESSES = 1
ALLOWED_HOSTS = ["*"]
WHITENOISE_AUTOREFRESH = True
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
