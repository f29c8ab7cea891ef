import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('courses', '0003_certificate_rules'),
        ('training', '0001_initial'),
        ('unions', '0002_paths_audiences_rosters'),
    ]

    operations = [
        migrations.CreateModel(
            name='JoinCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=12, unique=True)),
                ('title', models.CharField(max_length=200, verbose_name='class')),
                ('opens_at', models.DateTimeField(verbose_name='open from')),
                ('closes_at', models.DateTimeField(verbose_name='open until')),
                ('most', models.PositiveIntegerField(blank=True, null=True, verbose_name='people at most')),
                ('made_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.coursepage', verbose_name='course')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='join_codes', to='unions.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'join code',
                'verbose_name_plural': 'join codes',
                'indexes': [],
                'constraints': [models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='join_code_closes_later')],
            },
        ),
        migrations.CreateModel(
            name='Joining',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('join_code', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='joinings', to='training.joincode')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='joinings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('join_code', 'user'), name='joined_once')],
            },
        ),
        migrations.CreateModel(
            name='Scheme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('decision_number', models.CharField(blank=True, max_length=60, verbose_name='decision number')),
                ('year_from', models.PositiveSmallIntegerField(verbose_name='from year')),
                ('year_until', models.PositiveSmallIntegerField(verbose_name='until year')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='schemes', to='unions.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'scheme',
                'verbose_name_plural': 'schemes',
                'indexes': [],
                'constraints': [models.CheckConstraint(condition=models.Q(('year_until__gte', models.F('year_from'))), name='scheme_ends_later')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(2000), django.core.validators.MaxValueValidator(2100)], verbose_name='year')),
                ('title', models.CharField(max_length=300, verbose_name='title')),
                ('decision_number', models.CharField(blank=True, max_length=60, verbose_name='decision number')),
                ('need', models.CharField(choices=[('course', 'The course is completed'), ('certificate', 'A valid certificate is held')], default='course', max_length=12, verbose_name='what counts')),
                ('match', models.CharField(choices=[('all', 'All of them'), ('any', 'Any one of them')], default='all', max_length=4, verbose_name='of these courses')),
                ('since', models.DateField(blank=True, null=True, verbose_name='done since')),
                ('percentage', models.DecimalField(decimal_places=1, default=100, max_digits=4, validators=[django.core.validators.MinValueValidator(0.1), django.core.validators.MaxValueValidator(100)], verbose_name='percent')),
                ('due_on', models.DateField(verbose_name='to be met by')),
                ('is_active', models.BooleanField(default=True, verbose_name='in force')),
                ('made_at', models.DateTimeField()),
                ('audience', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='unions.audience', verbose_name='audience')),
                ('courses', models.ManyToManyField(related_name='+', to='courses.coursepage', verbose_name='courses')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scheme', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='training.scheme', verbose_name='scheme')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='unions.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'target',
                'verbose_name_plural': 'targets',
                'indexes': [models.Index(fields=['unit', '-year'], name='target_of_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('percentage__gt', 0), ('percentage__lte', 100)), name='target_percentage'), models.CheckConstraint(condition=models.Q(('since__isnull', True), ('due_on__gte', models.F('since')), _connector='OR'), name='target_due_after_since')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('state', models.CharField(choices=[('waiting', 'Waiting to be sent'), ('sent', 'Sent'), ('shown', 'On the home page only'), ('failed', 'Not sent')], default='waiting', max_length=8)),
                ('due_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to=settings.AUTH_USER_MODEL)),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='training.target')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'indexes': [models.Index(fields=['user', '-at'], name='reminder_of_person'), models.Index(fields=['target', '-at'], name='reminder_of_target'), models.Index(fields=['state', 'due_at'], name='reminder_due')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Count',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Being worked on'), ('ready', 'To be looked at'), ('applying', 'Being written'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('alive_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.TextField(blank=True)),
                ('on', models.DateField(verbose_name='as of')),
                ('tree', models.CharField(choices=[('today', "By today's structure"), ('then', 'By the structure of that day')], default='today', max_length=5)),
                ('is_trend', models.BooleanField(default=False)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='counts', to='training.target')),
            ],
            options={
                'verbose_name': 'count',
                'verbose_name_plural': 'counts',
                'indexes': [models.Index(fields=['target', 'tree', '-on'], name='count_of_target')],
                'constraints': [models.UniqueConstraint(fields=('target', 'on', 'tree'), name='counted_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='UnitCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('people', models.PositiveIntegerField()),
                ('done', models.PositiveIntegerField()),
                ('under_way', models.PositiveIntegerField()),
                ('attendances', models.PositiveIntegerField()),
                ('count', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='training.count')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='unions.unit')),
            ],
            options={
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('count', 'unit'), name='unit_once_in_a_count')],
            },
        ),
    ]
