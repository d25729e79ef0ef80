from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0004_sketch_of_the_wards"),
    ]

    operations = [
        migrations.AddField(
            model_name="boardchange",
            name="memo",
            field=models.JSONField(blank=True, default=dict, editable=False, verbose_name="ghi nhớ"),
        ),
    ]
