# The programs of a real office: web, worker and beat are this image with three commands (compose.yaml).
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    VAR_DIR=/var/lib/tannha STATIC_ROOT=/opt/tannha-static

WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt

COPY manage.py ./
COPY config config
COPY procedures procedures
COPY registrations registrations
COPY scheduling scheduling
COPY zalo_bridge zalo_bridge
COPY templates templates
COPY static static

# Collecting files needs settings that read, not settings that are right: nothing here is kept.
RUN SECRET_KEY=only-while-the-image-is-built-0123456789abcdef ALLOWED_HOSTS=build PUBLIC_URL=https://build \
    DATABASE_URL=postgres://build@build/build REDIS_URL=redis://build ZALO_APP_ID=0 ZALO_APP_SECRET=0 ZALO_OA_ID=0 ZALO_OA_SECRET=0 \
    python manage.py collectstatic --noinput \
    && useradd --system --home-dir /var/lib/tannha --create-home tannha
USER tannha
VOLUME /var/lib/tannha

EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz'), timeout=3)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--workers", "2", "--blocking-threads", "8", "--workers-kill-timeout", "10", "config.wsgi:application"]
