"""The Django project: settings, URLs, servers and workers. No app imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
