from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("unions", "0003_fill_paths")]

    operations = [
        migrations.AddConstraint(
            model_name='post',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_until__isnull', True)), fields=('user', 'unit', 'kind'), name='post_held_once'),
        ),
    ]
