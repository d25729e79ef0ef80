"""What it takes to take an action back; the filters of an export kept whole, however long."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0008_first_free_and_targets")]

    operations = [
        migrations.AlterField("export", "query", models.TextField("bộ lọc", blank=True)),
        migrations.AddField("receipt", "before", models.JSONField("trước đó", null=True, blank=True)),
        migrations.AddField("receipt", "after", models.JSONField("sau đó", null=True, blank=True)),
        migrations.AddField("receipt", "undone_at", models.DateTimeField("hoàn tác lúc", null=True, blank=True)),
        migrations.AddField(
            "transition",
            "undoes",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="registrations.transition",
                verbose_name="hoàn tác",
            ),
        ),
        migrations.AddConstraint(
            "transition",
            models.UniqueConstraint(
                condition=models.Q(("undoes__isnull", False)), fields=("undoes",), name="transition_is_taken_back_once"
            ),
        ),
    ]
