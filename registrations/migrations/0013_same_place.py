"""Records of probably the same person are looked for on every request page."""

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    dependencies = [("registrations", "0012_export_started")]

    operations = [
        migrations.AddIndex("citizen", models.Index("sort_key", Upper("address_line"), name="citizen_same_place")),
    ]
