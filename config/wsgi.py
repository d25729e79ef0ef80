import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.collector import spare_what_stays

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  every view is read now, and not while the first person waits
spare_what_stays()  # the addresses, too
