"""The Celery application. Task arguments are ids only: the broker must never hold personal data."""

import os

from celery import Celery
from celery.signals import worker_process_init

from config.garbage import spare_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("tan_nha")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def _all_is_loaded(**of_the_signal: object) -> None:
    spare_what_is_loaded()
