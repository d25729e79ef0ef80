from django.apps import AppConfig
from django.core.checks import Tags, register

from config.checks import check_database
from config.collector import spare_what_stays


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Hệ thống"

    def ready(self) -> None:
        register(check_database, Tags.database)
        spare_what_stays()  # the last of the applications is loaded
