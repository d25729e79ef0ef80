"""Pages citizens open from a link in their chat: no login, a signed token instead."""

from django.urls import path

from registrations.views import picker

app_name = "citizen"
urlpatterns = [
    path("dat-lich/<path:token>/", picker.page, name="picker"),
]
