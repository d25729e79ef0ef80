from django.apps import AppConfig


class ZaloBridgeConfig(AppConfig):
    name = "zalo_bridge"
    verbose_name = "Zalo"
