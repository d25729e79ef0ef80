from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RegistrationsConfig(AppConfig):
    name = "registrations"
    verbose_name = "Hồ sơ"

    def ready(self) -> None:
        # The apps below know nothing of this one: it says in listeners.py what it wants to hear.
        autodiscover_modules("listeners")
