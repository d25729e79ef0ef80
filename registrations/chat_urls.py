"""Chats with citizens and the papers they sent, for staff."""

from django.urls import path

from registrations.views import chats

app_name = "chats"
urlpatterns = [
    path("tro-chuyen/", chats.waiting, name="waiting"),
    path("tro-chuyen/<int:contact>/", chats.chat, name="chat"),
    path("tro-chuyen/<int:contact>/gui/", chats.write, name="write"),
    path("giay-to/<int:number>/", chats.attachment, name="attachment"),
]
