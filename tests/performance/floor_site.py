"""The floor under the webhook: a bare Django site whose only view inserts one row. No middleware, nothing else."""

import os

import dj_database_url
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

settings.configure(
    DEBUG=False,
    SECRET_KEY="the-floor",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"], conn_max_age=60)},
    USE_TZ=True,
)
django.setup()


def insert(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO webhook_floor (raw) VALUES (%s)", [request.body])
    return HttpResponse(headers={"Content-Length": "0"})


urlpatterns = [path("zalo/webhook/", insert)]
application = get_wsgi_application()
