"""Settings, read from the environment (see .env.example)."""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from celery.schedules import crontab

from config import embedded, env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG", False)
DEMO = env.flag("DEMO", False)
HTTPS = env.flag("HTTPS", False)
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
SECRET_KEY = env.text("SECRET_KEY", None if HTTPS else env.local_secret(BASE_DIR / ".local" / "secret-key"))
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS", SITE_URL)

INSTALLED_APPS = [
    "agencies",
    "circulars",
    "distribution",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.unsent_forms.signed_out.SignInRequiredMiddleware",
    "agencies.views.kept_files.KeptFilesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "agencies.views.acting.ActingMiddleware",
    "config.unsent_forms.signed_out.NotAllowedMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "agencies.views.acting.acting",
                "distribution.views.standing.standing",
                "config.unsent_forms.signed_out.here",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "_table.html"

# -- Data ---------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", embedded.database_url())}
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", "10")
DATABASE_POOLER = env.flag("DATABASE_POOLER", False)
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLER
if env.flag("DATABASE_ON_SSD", True) and not DATABASE_POOLER:
    # PostgreSQL's default of 4 is that of rotating disks: it then prefers reading a large index from end to end.
    options = DATABASES["default"]["OPTIONS"]
    options["options"] = f"{options.get('options', '')} -c random_page_cost=1.1".strip()
WEB_STATEMENT_TIMEOUT = env.integer("WEB_STATEMENT_TIMEOUT", 30)
MIGRATE_LOCK_TIMEOUT = env.integer("MIGRATE_LOCK_TIMEOUT", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", embedded.redis_url())
CACHE_OF_LIMITS = "cache_of_limits"
CACHES = {
    # The limits on sign-in are counted here: they hold, and people can sign in, while Redis is away.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": CACHE_OF_LIMITS,
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "images": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
}

MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / "media")))
UPLOAD_LIMIT = env.integer("UPLOAD_LIMIT", 50 * 1024 * 1024)
# Strangers' files are read by processes of their own: how much memory each may take, how long one file may take (text
# that is recognised from pictures has more), and how many there are for each process of the web and of the workers.
READING_MEMORY_MB = env.integer("READING_MEMORY_MB", 512)
READING_SECONDS = env.integer("READING_SECONDS", 60)
READING_RECOGNITION_SECONDS = env.integer("READING_RECOGNITION_SECONDS", 600)
READING_PROCESSES = env.integer("READING_PROCESSES", 2)
# A letter that takes longer is read in the background, with a page that shows how far it is.
READING_AT_ONCE_MS = env.integer("READING_AT_ONCE_MS", 1500)
# Keep what people correct in readings (field, read value, corrected value; never the letter's text), so that the reader
# can be improved. Whoever switches it on needs the consent of those who record letters; the page of a draft says so.
KEEP_READING_CORRECTIONS = env.flag("KEEP_READING_CORRECTIONS", False)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# -- Accounts -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "config.unsent_forms.signed_out.token_refused"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "agencies.views.accounts.ClosedAccountAdapter"
ACCOUNT_FORMS = {
    "login": "agencies.forms.sign_in.SignInForm",
    "reset_password": "agencies.forms.sign_in.PasswordResetForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Dağıtım Takip"

# -- Mail and background work -------------------------------------------------------------------------
EMAIL_SERVER = env.mail_server("EMAIL_URL", "smtp://127.0.0.1:1025")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = EMAIL_SERVER.host, EMAIL_SERVER.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL_SERVER.user, EMAIL_SERVER.password
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SERVER.starttls, EMAIL_SERVER.tls
EMAIL_TIMEOUT = 20
EMAIL_RATE = env.rate("EMAIL_RATE", "6000/minute")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Dağıtım Takip <bildirim@localhost>")
KEP_SERVER = env.optional_mail_server("KEP_URL")
KEP_FROM = env.text("KEP_FROM", "")
KEP_RATE = env.rate("KEP_RATE", "60/minute")
# Where a reply to a notice goes: "issuer" for the unit that sent the letter, or an address. Empty: to the sender above.
REPLY_TO = env.text("REPLY_TO", "")
EMAIL_USE_LOCALTIME = True
BOUNCE_MAILBOX = env.mailbox("BOUNCE_MAILBOX_URL")
BOUNCE_TOKEN = env.text("BOUNCE_TOKEN", "")
# A channel that is suspended for longer: the sender may have sent what waits for it by another one.
OTHER_CHANNEL_AFTER = timedelta(hours=env.integer("OTHER_CHANNEL_AFTER_HOURS", 24))
# How long the file of a settled returned mail is kept; 0 keeps it for ever.
RETURNED_MAIL_DAYS = env.integer("RETURNED_MAIL_DAYS", 365)
LINK_DAYS = env.integer("LINK_DAYS", 30)
CHECKPOINT_KEY = env.text("CHECKPOINT_KEY", "")
CHECKPOINT_FORMER_KEYS = env.keys("CHECKPOINT_FORMER_KEYS")
CHECKPOINT_DIR = env.text("CHECKPOINT_DIR", "")
UNDO_SECONDS = env.integer("UNDO_SECONDS", 60)
WORKING_HOURS = env.hours("WORKING_HOURS", "08:30-17:30")
# Managers are told at once of an ACELE letter that a unit doesn't open in so many minutes of its working time.
URGENT_UNOPENED_AFTER = timedelta(minutes=env.integer("URGENT_UNOPENED_MINUTES", 120))
MAIL_CATCHER_DIR = Path(env.text("MAIL_CATCHER_DIR", str(BASE_DIR / ".local" / "mail")))

CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
# Files for download have a queue and a worker of their own, so that they never stand before notices.
CELERY_TASK_ROUTES = {
    "distribution.tasks.prepare_file": {"queue": "exports"},
    "distribution.tasks.prepare_weekly_digest": {"queue": "exports"},
    # Letters that take long to read have their own as well: a person waits for each.
    "circulars.tasks.read_letter": {"queue": "readings"},
}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
}
CELERY_TIMEZONE = "Europe/Istanbul"
CELERY_BEAT_SCHEDULE = {
    "sweep_notices": {
        "task": "distribution.tasks.sweep_notices",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "take_over": {
        "task": "distribution.tasks.take_over",
        "schedule": 10.0,
        "options": {"expires": 9},
    },
    "dispatch_scheduled": {
        "task": "distribution.tasks.dispatch_scheduled",
        "schedule": 10.0,
        "options": {"expires": 9},
    },
    "follow_successors": {
        "task": "distribution.tasks.follow_successors",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "follow_leaves": {
        "task": "distribution.tasks.follow_leaves",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "read_returned_mail": {
        "task": "distribution.tasks.read_returned_mail",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "remind": {"task": "distribution.tasks.remind", "schedule": 60.0, "options": {"expires": 55}},
    "tell_of_standing": {
        "task": "distribution.tasks.tell_of_standing",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "reckon_answering_times": {
        "task": "distribution.tasks.reckon_answering_times",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "end_unused_addresses": {
        "task": "distribution.tasks.end_unused_addresses",
        "schedule": 600.0,
        "options": {"expires": 590},
    },
    "sweep_weekly_digests": {
        "task": "distribution.tasks.sweep_weekly_digests",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "alert_managers": {
        "task": "distribution.tasks.alert_managers",
        "schedule": 300.0,
        "options": {"expires": 290},
    },
    "wake_waiting_imports": {
        "task": "agencies.tasks.wake_waiting_imports",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "wake_waiting_files": {
        "task": "distribution.tasks.wake_waiting_files",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "wake_waiting_readings": {
        "task": "circulars.tasks.wake_waiting_readings",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "clear_kept_files": {
        "task": "agencies.tasks.clear_kept_files",
        "schedule": crontab(minute=40),
        "options": {"expires": 1800},
    },
    "seal": {"task": "distribution.tasks.seal", "schedule": crontab(minute=20), "options": {"expires": 1800}},
    "clear_settled_mails": {
        "task": "distribution.tasks.clear_settled_mails",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 12 * 3600},
    },
    "learn_likely_late": {
        "task": "distribution.tasks.learn_likely_late",
        "schedule": crontab(hour=4, minute=20),
        "options": {"expires": 12 * 3600},
    },
    "clear_editings": {
        "task": "circulars.tasks.clear_editings",
        "schedule": crontab(minute=50),
        "options": {"expires": 1800},
    },
    "index_missing": {
        "task": "circulars.tasks.index_missing",
        "schedule": 600.0,
        "options": {"expires": 300},
    },
    "index_attachments": {
        "task": "circulars.tasks.index_attachments",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "clear_sessions": {
        "task": "agencies.tasks.clear_sessions",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 12 * 3600},
    },
}

# -- Language and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "tr"
LANGUAGES = [("tr", "Türkçe"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Istanbul"

# -- Static files, all from this machine --------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.finders.PackageFilesFinder",
]
NODE_MODULES = BASE_DIR / "node_modules"
STATIC_PACKAGE_FILES = {
    "tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "icons/tabler-icons.min.css": "@tabler/icons-webfont/dist/tabler-icons.min.css",
    **{
        f"icons/fonts/tabler-icons.{kind}": f"@tabler/icons-webfont/dist/fonts/tabler-icons.{kind}"
        for kind in ("woff2", "woff", "ttf")
    },
    **{
        f"inter/inter-{script}-{weight}-normal.woff2": f"@fontsource/inter/files/inter-{script}-{weight}-normal.woff2"
        for script in ("latin", "latin-ext")
        for weight in (400, 500, 600)
    },
}
STORAGES = {
    "default": env.storage("STORAGE_URL"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# -- Safety -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "filters": {"without_traceback": {"()": "config.outages.broker_away.WithoutTraceback"}},
    "loggers": {"celery.beat": {"filters": ["without_traceback"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
