import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='user',
            name='user_has_email_or_phone',
        ),
        migrations.AddField(
            model_name='user',
            name='birth_year',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='year of birth'),
        ),
        migrations.AddField(
            model_name='user',
            name='member_code',
            field=models.CharField(blank=True, max_length=20, null=True, unique=True, verbose_name='member code'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(fields=['birth_year', 'sort_key'], name='user_by_birth'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('member_code', ''), _negated=True), name='user_member_code_is_null_not_empty'),
        ),
        migrations.CreateModel(
            name='LogEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('looked', 'Looked at the record'), ('exported', 'Wrote the record into a file'), ('made', 'Made the account'), ('changed', 'Changed the record'), ('appointed', 'Entered a post'), ('post_ended', 'Ended a post'), ('post_changed', 'Corrected a post'), ('role_given', 'Gave a role'), ('role_taken', 'Took a role away'), ('slip_made', 'Made a sign-in slip'), ('slip_used', 'Signed in with a slip'), ('slip_cancelled', 'Made a sign-in slip invalid'), ('enrolled', 'Enrolled in a course'), ('assigned', 'Required a course'), ('reminded', 'Sent a reminder'), ('joined', 'Joined by a class code'), ('merged', 'Joined two records into one')], max_length=20, verbose_name='what was done')),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('changes', models.JSONField(blank=True, default=dict)),
                ('at', models.DateTimeField()),
                ('about', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log_entries', to=settings.AUTH_USER_MODEL, verbose_name='about')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'entry of the log',
                'verbose_name_plural': 'log',
                'indexes': [models.Index(fields=['about', '-at'], name='log_about_person'), models.Index(fields=['act', 'at'], name='log_by_act')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='SignInSlip',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('first', 'First sign-in'), ('reset', 'New password')], default='first', max_length=8)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='slips', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'sign-in slip',
                'verbose_name_plural': 'sign-in slips',
                'indexes': [],
                'constraints': [models.UniqueConstraint(condition=models.Q(('cancelled_at__isnull', True), ('used_at__isnull', True)), fields=('user',), name='one_open_slip'), models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='slip_expires_later')],
            },
        ),
    ]
