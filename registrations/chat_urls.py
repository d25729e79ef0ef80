"""Chats with citizens, the papers they sent, what they ask about their own data: for staff."""

from django.urls import path

from registrations.views import chats, data_requests

app_name = "chats"
urlpatterns = [
    path("tro-chuyen/", chats.waiting, name="waiting"),
    path("tro-chuyen/<int:contact>/", chats.chat, name="chat"),
    path("tro-chuyen/<int:contact>/gui/", chats.write, name="write"),
    path("giay-to/<int:number>/", chats.attachment, name="attachment"),
    path("du-lieu-ca-nhan/", data_requests.listed, name="data_requests"),
    path("du-lieu-ca-nhan/ghi/", data_requests.take, name="take_data_request"),
    path("du-lieu-ca-nhan/<int:number>/", data_requests.one, name="data_request"),
]
