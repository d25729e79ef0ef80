from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("zalo_bridge", "0002_message_prices")]

    operations = [
        migrations.RemoveIndex(model_name="webhookevent", name="event_trail"),
        migrations.AddIndex(
            model_name="webhookevent",
            index=models.Index(
                fields=["user_id", "-happened_at"],
                name="event_trail",
                condition=~Q(state__in=("received", "processing")),
            ),
        ),
    ]
