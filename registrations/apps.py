from django.apps import AppConfig


class RegistrationsConfig(AppConfig):
    name = "registrations"
    verbose_name = "Hồ sơ"

    def ready(self) -> None:
        # The bridge knows none of the other apps: whoever wants to hear its events says so here. The models these
        # modules import exist only once the registry is ready.
        from registrations.board_orders import carry_out  # noqa: PLC0415
        from registrations.dialogue.shell import on_event  # noqa: PLC0415
        from registrations.trouble import on_given_up  # noqa: PLC0415
        from registrations.undelivered import on_undeliverable  # noqa: PLC0415
        from registrations.waiting_list import on_offer  # noqa: PLC0415
        from scheduling.services import carry_out_with, is_open, tell_offers_with  # noqa: PLC0415
        from zalo_bridge import services as bridge  # noqa: PLC0415

        tell_offers_with(on_offer)
        bridge.on_event(on_event)
        bridge.on_undeliverable(on_undeliverable)
        bridge.on_given_up(on_given_up)
        bridge.ask_office_hours(is_open)
        carry_out_with(carry_out)
