"""When a worker began an export, so that one left by a dead worker is taken over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0011_rated_words")]

    operations = [
        migrations.AddField("export", "started_at", models.DateTimeField("bắt đầu ghi lúc", null=True, blank=True)),
    ]
