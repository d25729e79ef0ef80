from django.urls import URLPattern, path

from zalo_bridge.views import actions, console
from zalo_bridge.views.webhook import webhook

app_name = "zalo_bridge"
urlpatterns: list[URLPattern] = [
    path("zalo/webhook/", webhook, name="webhook"),
    # A POST cannot be redirected to the address with the slash, so both are the address.
    path("zalo/webhook", webhook),
    path("zalo/", console.overview, name="overview"),
    path("zalo/su-kien/", console.EventList.as_view(), name="events"),
    path("zalo/su-kien/xu-ly-lai/", actions.replay_failed, name="replay_failed"),
    path("zalo/su-kien/<int:pk>/", console.event_detail, name="event"),
    path("zalo/su-kien/<int:pk>/xu-ly-lai/", actions.replay_event, name="replay"),
    path("zalo/su-kien/<int:pk>/xoa/", actions.discard_event, name="discard"),
    path("zalo/tin-di/", console.MessageList.as_view(), name="messages"),
    path("zalo/tin-di/<int:pk>/", console.message_detail, name="message"),
    path("zalo/tin-di/<int:pk>/gui-lai/", actions.resend, name="resend"),
    path("zalo/tin-di/<int:pk>/dung-gui/", actions.give_up, name="give_up"),
    path("zalo/su-co/<int:pk>/dong/", actions.close_incident, name="close_incident"),
    path("zalo/nut-bam/thu-lai/", actions.try_buttons_again, name="try_buttons_again"),
    path("zalo/cap-quyen/", actions.authorise_page, name="authorise"),
    path("zalo/cap-quyen/ve/", actions.authorised, name="authorised"),
    path("zalo/cap-quyen/dan/", actions.paste_tokens, name="paste_tokens"),
]
