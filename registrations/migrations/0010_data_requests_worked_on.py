"""What staff do with a request about personal data: refused or not, extended why, each step taken."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("registrations", "0009_taking_back")]

    operations = [
        migrations.AlterField("datarequest", "note", models.CharField("nội dung yêu cầu", max_length=300, blank=True)),
        migrations.AddField("datarequest", "is_refused", models.BooleanField("từ chối", default=False)),
        migrations.AddField(
            "datarequest", "extended_because", models.CharField("gia hạn vì", max_length=300, blank=True)
        ),
        migrations.AddField("datarequest", "steps", models.JSONField("đã làm", default=list, blank=True)),
        migrations.AddConstraint(
            "datarequest",
            models.CheckConstraint(
                condition=Q(is_refused=False) | Q(done_at__isnull=False),
                name="data_request_refused_is_closed",
                violation_error_message="Yêu cầu bị từ chối phải được đóng.",
            ),
        ),
    ]
