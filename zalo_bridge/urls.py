from django.urls import URLPattern, path

from zalo_bridge.views.webhook import webhook

app_name = "zalo_bridge"
urlpatterns: list[URLPattern] = [
    path("zalo/webhook/", webhook, name="webhook"),
    # A POST cannot be redirected to the address with the slash, so both are the address.
    path("zalo/webhook", webhook),
]
