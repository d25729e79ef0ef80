"""The Celery application. Task arguments are ids only: the broker must never hold personal data."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tan_nha")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
