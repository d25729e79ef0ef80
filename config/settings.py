"""All settings, from the environment. Safe by default; a demo on one machine opts out of what it cannot have."""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from bootstrap_wrapper import get_bootstrap_dir
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.collector import rest_while_loading
from config.env import Env

rest_while_loading()

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
# Everything the programs write: media, collected static files, the simulator's file.
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY", "only-for-a-demo-on-this-machine" if DEBUG else None)
if not DEBUG and len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("SECRET_KEY is too short. Set SECRET_KEY to at least 40 random characters.")
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", LOOPBACK_HOSTS if DEBUG else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is not set. Set it to the host names of this site, comma separated.")
ALLOWED_HOSTS += [host for host in LOOPBACK_HOSTS if host not in ALLOWED_HOSTS]  # health checks on the machine itself
PUBLIC_URL = env.url("PUBLIC_URL", "http://127.0.0.1:8000" if DEBUG else None)
IS_HTTPS = PUBLIC_URL.startswith("https://")
# The demo and the tests: only this machine reaches the site, so plain HTTP and a simulated Zalo do no harm.
IS_LOCAL = urlsplit(PUBLIC_URL).hostname in {"127.0.0.1", "localhost", "::1"}
if not IS_HTTPS and not IS_LOCAL and not DEBUG:
    raise ImproperlyConfigured("PUBLIC_URL must start with https:// (http:// is only for 127.0.0.1 and localhost).")

# --- Applications ---------------------------------------------------------------------------------------------------
ZALO_SIMULATOR = env.flag("ZALO_SIMULATOR")
if ZALO_SIMULATOR and not (DEBUG or IS_LOCAL):
    raise ImproperlyConfigured(
        "ZALO_SIMULATOR=1 is refused while PUBLIC_URL is not on this machine: the simulator lets anyone play a citizen."
    )

INSTALLED_APPS = [
    "config.admin_site.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "lucide",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "procedures",
    "scheduling",
    "zalo_bridge",
    *(["zalo_bridge.simulator"] if ZALO_SIMULATOR else []),
    "registrations",
    "config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "zalo_bridge.views.webhook.WebhookFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "config.middleware.NoNulCharacters",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
_LOADERS = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _LOADERS if DEBUG else [("django.template.loaders.cached.Loader", _LOADERS)],
                )
            ],
            "builtins": ["template_partials.templatetags.partials", "lucide.templatetags.lucide"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.office",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Data -----------------------------------------------------------------------------------------------------------
DATABASE_URL = env.url("DATABASE_URL", schemes=("postgres", "postgresql"))
_database = dj_database_url.parse(DATABASE_URL, conn_max_age=env.number("DB_CONN_MAX_AGE", 60), conn_health_checks=True)
# A server that does not answer must not hold a request for minutes.
_options = {"connect_timeout": 5, **_database.get("OPTIONS", {})}
DATABASES = {"default": {**_database, "OPTIONS": _options, "ATOMIC_REQUESTS": False}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.url("REDIS_URL", schemes=("redis", "rediss"))
CACHES = {
    "default": {
        "BACKEND": "config.cache.KeptRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "tan-nha",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# --- Background work ------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task whose worker died is seen again after this many seconds; the beat sweeps usually find the work sooner.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 180,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "max_retries": 1,
    # Without a broker a task is given up at once (the sweeps find the work): the webhook has two seconds to answer.
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_BEAT_SCHEDULE = {
    "zalo-sweep-inbox": {"task": "zalo_bridge.tasks.sweep_inbox", "schedule": 2.0},
    "zalo-sweep-outbox": {"task": "zalo_bridge.tasks.sweep_outbox", "schedule": 2.0},
    "zalo-refresh-tokens": {"task": "zalo_bridge.tasks.refresh_tokens", "schedule": 300.0},
    "zalo-housekeeping": {"task": "zalo_bridge.tasks.keep_house", "schedule": crontab(hour="2", minute="40")},
    "zalo-probe-incidents": {"task": "zalo_bridge.tasks.probe_incidents", "schedule": 60.0},
    "scheduling-open-slots": {"task": "scheduling.tasks.open_slots", "schedule": crontab(minute="15")},
    "scheduling-offer-freed-places": {"task": "scheduling.tasks.offer_freed_places", "schedule": 60.0},
    "registrations-send-reminders": {"task": "registrations.tasks.send_due_reminders", "schedule": 60.0},
    "registrations-alarm-missed-arrivals": {
        "task": "registrations.tasks.alarm_missed_arrivals",
        "schedule": 60.0,
    },
    "registrations-statistics": {"task": "registrations.tasks.refresh_statistics", "schedule": 240.0},
    "registrations-first-free": {"task": "registrations.tasks.read_first_free", "schedule": crontab(minute="20")},
    "registrations-disagreements": {
        "task": "registrations.tasks.report_disagreements",
        "schedule": crontab(hour="7", minute="5"),
    },
    "registrations-unreachable": {
        "task": "registrations.tasks.close_unreachable",
        "schedule": crontab(hour="8", minute="0"),
    },
    "registrations-housekeeping": {
        "task": "registrations.tasks.keep_house",
        "schedule": crontab(hour="3", minute="10"),
    },
}

# --- Zalo -----------------------------------------------------------------------------------------------------------
ZALO_APP_ID = env.text("ZALO_APP_ID", "1000200030004000501" if DEBUG else None)
ZALO_APP_SECRET = env.text("ZALO_APP_SECRET", "demo-app-secret" if DEBUG else None)
ZALO_OA_ID = env.text("ZALO_OA_ID", "2000300040005000601" if DEBUG else None)
ZALO_OA_SECRET = env.text("ZALO_OA_SECRET", "demo-oa-secret" if DEBUG else None)
ZALO_API_URL = env.url("ZALO_API_URL", "https://openapi.zalo.me")
ZALO_OAUTH_URL = env.url("ZALO_OAUTH_URL", "https://oauth.zaloapp.com")
ZALO_BUSINESS_URL = env.url("ZALO_BUSINESS_URL", "https://business.openapi.zalo.me")
ZALO_BUTTONS = env.choice("ZALO_BUTTONS", ("none", "A", "B", "C"), "none")
ZALO_SIGNATURE = env.choice("ZALO_SIGNATURE", ("off", "log", "enforce"), "enforce")
ZALO_ACCESS_TOKEN = env.text("ZALO_ACCESS_TOKEN", "")
ZALO_REFRESH_TOKEN = env.text("ZALO_REFRESH_TOKEN", "")
# Encrypts the stored Zalo tokens. Several keys, newest first, allow rotation. Derived from SECRET_KEY when unset.
ZALO_TOKEN_KEYS = env.words("ZALO_TOKEN_KEYS", [])
ZALO_CONNECT_TIMEOUT_S = env.number("ZALO_CONNECT_TIMEOUT_S", 3, least=1, most=30)
ZALO_READ_TIMEOUT_S = env.number("ZALO_READ_TIMEOUT_S", 10, least=1, most=60)
# Requests a minute, shared by all workers. Zalo allows an app 4,000; what it allows one OA depends on its package.
ZALO_RATE_PER_MINUTE = env.number("ZALO_RATE_PER_MINUTE", 4000, least=1)
ZALO_OA_RATE_PER_MINUTE = env.number("ZALO_OA_RATE_PER_MINUTE", 3600, least=1)
# Unverified events kept for a second look after a wrong key is mended; capped, as anybody can post to the webhook.
ZALO_QUARANTINE_CAP = env.number("ZALO_QUARANTINE_CAP", 2000)
# Hours in which citizens get answers but no notices, HH:MM-HH:MM in local time, or none.
ZALO_QUIET_HOURS = env.hours("ZALO_QUIET_HOURS", "22:00-06:00")
# Days after which handled events lose their content and are deleted.
ZALO_EVENT_RETENTION_DAYS = env.number("ZALO_EVENT_RETENTION_DAYS", 90, least=1)
# Minutes of office time without a single event after which somebody should look. 0 switches the alarm off.
ZALO_SILENCE_ALARM_MINUTES = env.number("ZALO_SILENCE_ALARM_MINUTES", 0 if ZALO_SIMULATOR else 240)
ZALO_APPSECRET_PROOF = env.flag("ZALO_APPSECRET_PROOF")
# PKCE at authorisation: a fresh verifier per request, the one in Zalo's console (then ZALO_PKCE_VERIFIER), or none.
ZALO_PKCE = env.choice("ZALO_PKCE", ("request", "console", "none"), "request")
ZALO_PKCE_VERIFIER = env.text("ZALO_PKCE_VERIFIER", "")
ZALO_SIMULATOR_FILE = Path(env.text("ZALO_SIMULATOR_FILE", str(VAR_DIR / "simulator.sqlite3")))

# --- Words, dates, hours --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True

OFFICE_NAME = env.text("OFFICE_NAME", "Phòng Kinh tế, Hạ tầng và Đô thị")
OFFICE_PLACE = env.text("OFFICE_PLACE", "Nha Trang")
OFFICE_PHONE = env.text("OFFICE_PHONE", "0258 3000 000" if DEBUG else "")
# Heads and feet of the office's papers (Nghị định 30/2020/NĐ-CP).
OFFICE_PARENT = env.text("OFFICE_PARENT", "UBND phường Nha Trang")
OFFICE_SYMBOL = env.text("OFFICE_SYMBOL", "KTHTĐT")
OFFICE_SIGNER = env.text("OFFICE_SIGNER", "Trưởng phòng")
# A folder with times.ttf, timesbd.ttf, timesi.ttf and timesbi.ttf; without it papers are set in a packaged serif.
REPORT_FONT_DIR = env.text("REPORT_FONT_DIR", "")
# Where "Bản đồ" leads; the map's owner reads the place. See docs/decisions/0061.
MAP_URL = env.page("MAP_URL", "https://www.openstreetmap.org/search?query={place}")
# A procedure's page on the national portal. The portal changed its addresses in 2026 and may again.
PORTAL_URL_TEMPLATE = env.url(
    "PORTAL_URL_TEMPLATE", "https://dichvucong.gov.vn/tim-kiem-thu-tuc-hanh-chinh?keyword={code}"
)

# --- Files ----------------------------------------------------------------------------------------------------------
# On one machine the files are served from where they lie; a real site serves what `collectstatic` compressed and named.
WHITENOISE_USE_FINDERS = DEBUG or IS_LOCAL
STATIC_URL = "/static/"
STATIC_ROOT = None if WHITENOISE_USE_FINDERS else Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", get_bootstrap_dir())]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Papers citizens send: outside the web root, served only by a view that checks who asks.
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR_DIR / "media")))

# --- Signing in -----------------------------------------------------------------------------------------------------
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "config.client_ip.client_ip"
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
OTP_TOTP_ISSUER = "Tận Nhà"  # what the telephone writes above the code
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"

# --- Safety ---------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", IS_HTTPS)
# Set it only where a proxy of ours replaces these headers: anybody else could claim HTTPS, or another's address.
BEHIND_PROXY = env.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN" if ZALO_SIMULATOR else "DENY"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# The webhook reads at most this many bytes; larger bodies are answered and dropped, never parsed.
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF] if ZALO_SIMULATOR else [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.MaskingFormatter", "format": "{asctime} {levelname} {name} {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # It tells of every glyph it puts into a report.
    "loggers": {"fontTools": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")},
}
