import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('courses', '0003_certificate_rules'),
        ('learning', '0002_outside_studies'),
        ('unions', '0002_paths_audiences_rosters'),
    ]

    operations = [
        migrations.AddField(
            model_name='outsidestudy',
            name='counts_as',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='outside_studies', to='courses.coursepage', verbose_name='counts as'),
        ),
        migrations.CreateModel(
            name='AssignmentRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('decision_number', models.CharField(blank=True, max_length=60, verbose_name='decision number')),
                ('need', models.CharField(choices=[('course', 'The course is completed'), ('certificate', 'A valid certificate is held')], default='course', max_length=12, verbose_name='what counts')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='from')),
                ('recurs_months', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='again every so many months')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('due_days', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='due within days')),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('audience', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='unions.audience', verbose_name='audience')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignment_rules', to='courses.coursepage', verbose_name='course')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignment_rules', to='unions.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'rule of required courses',
                'verbose_name_plural': 'rules of required courses',
                'indexes': [],
                'constraints': [models.CheckConstraint(condition=models.Q(('recurs_months__isnull', True), ('starts_on__isnull', False), _connector='OR'), name='recurring_rule_has_start')],
            },
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.PositiveSmallIntegerField(default=1)),
                ('assigned_at', models.DateTimeField()),
                ('due_on', models.DateField(blank=True, null=True)),
                ('met_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='learning.assignmentrule')),
            ],
            options={
                'verbose_name': 'required course of a person',
                'verbose_name_plural': 'required courses of people',
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True), ('met_at__isnull', True)), fields=['user', 'due_on'], name='assignment_open'), models.Index(fields=['rule', 'ended_at', 'met_at'], name='assignment_of_rule')],
                'constraints': [models.UniqueConstraint(fields=('rule', 'user', 'period'), name='assigned_once_a_period')],
            },
        ),
    ]
