from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    name = "zalo_bridge.simulator"
    label = "simulator"
    verbose_name = "Zalo giả lập"
