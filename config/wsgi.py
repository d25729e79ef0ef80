import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.garbage import spare_what_is_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  all views are loaded now, and not by the first who asks for a page
spare_what_is_loaded()
