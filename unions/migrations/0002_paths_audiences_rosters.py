import cms.storage
import django.core.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('unions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Region',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
            ],
            options={
                'verbose_name': 'region',
                'verbose_name_plural': 'regions',
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.AddField(
            model_name='post',
            name='term',
            field=models.CharField(blank=True, max_length=20, verbose_name='term'),
        ),
        migrations.AddField(
            model_name='unit',
            name='members',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='members'),
        ),
        migrations.AddField(
            model_name='unit',
            name='workers',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='workers'),
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='role',
            field=models.CharField(choices=[('system_admin', 'System administrator'), ('training_admin', 'Training administrator'), ('trainer', 'Trainer'), ('reviewer', 'Reviewer'), ('class_assistant', 'Class assistant'), ('viewer', 'Viewer')], max_length=20, verbose_name='role'),
        ),
        migrations.AlterField(
            model_name='unit',
            name='sector',
            field=models.CharField(blank=True, choices=[('state', 'State'), ('non_state', 'Non-state'), ('other', 'Other')], max_length=12, verbose_name='sector'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['user', 'valid_from'], name='post_of_person'),
        ),
        migrations.AddField(
            model_name='unit',
            name='region',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='unions.region', verbose_name='region'),
        ),
        migrations.CreateModel(
            name='UnitFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='as of')),
                ('members', models.PositiveIntegerField(blank=True, null=True, verbose_name='members')),
                ('workers', models.PositiveIntegerField(blank=True, null=True, verbose_name='workers')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='unions.unit')),
            ],
            options={
                'verbose_name': 'size of a unit',
                'verbose_name_plural': 'sizes of units',
                'indexes': [],
                'constraints': [models.UniqueConstraint(fields=('unit', 'valid_from'), name='unit_counted_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='UnitPath',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=255)),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='until')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='paths', to='unions.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['path'], name='unit_path_then', opclasses=['varchar_pattern_ops'])],
                'constraints': [models.UniqueConstraint(fields=('unit', 'valid_from'), name='unit_path_once_a_day'), models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='unit_path_ends_later')],
            },
        ),
        migrations.CreateModel(
            name='Audience',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('full_time', models.BooleanField(blank=True, null=True, verbose_name='full-time')),
                ('women_only', models.BooleanField(default=False, verbose_name='women only')),
                ('sector', models.CharField(blank=True, choices=[('state', 'State'), ('non_state', 'Non-state'), ('other', 'Other')], max_length=12, verbose_name='sector')),
                ('members_from', models.PositiveIntegerField(blank=True, null=True, verbose_name='units with at least so many members')),
                ('members_below', models.PositiveIntegerField(blank=True, null=True, verbose_name='units with fewer members than')),
                ('new_within_months', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='new in post, within months')),
                ('only_people', models.BooleanField(default=False, verbose_name='nobody but the hand-picked people')),
                ('from_kind', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='unions.postkind', verbose_name='from this post up')),
                ('kinds', models.ManyToManyField(blank=True, related_name='+', to='unions.postkind', verbose_name='these posts')),
                ('people', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='hand-picked people')),
                ('unit_types', models.ManyToManyField(blank=True, related_name='+', to='unions.unittype', verbose_name='types of unit')),
                ('units', models.ManyToManyField(blank=True, related_name='+', to='unions.unit', verbose_name='only in these units and below')),
            ],
            options={
                'verbose_name': 'audience',
                'verbose_name_plural': 'audiences',
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='UnitChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('rename', 'Renamed'), ('move', 'Moved'), ('split', 'Split'), ('merge', 'Merged'), ('close', 'Closed'), ('bulk_move', 'Moved by list')], max_length=12)),
                ('effective_on', models.DateField(verbose_name='in force from')),
                ('reason', models.CharField(max_length=500, verbose_name='reason')),
                ('decision_number', models.CharField(blank=True, max_length=60, verbose_name='decision number')),
                ('asked', models.JSONField(default=dict)),
                ('counts', models.JSONField(default=dict)),
                ('rows', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('units', models.ManyToManyField(related_name='changes', to='unions.unit')),
            ],
            options={
                'verbose_name': 'change of units',
                'verbose_name_plural': 'changes of units',
                'indexes': [models.Index(fields=['-at'], name='unit_change_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='unit_change_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='RosterImport',
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
                ('mode', models.CharField(choices=[('roster', 'List of cadres'), ('congress', 'Result of a congress')], default='roster', max_length=8, verbose_name='what the list says')),
                ('on', models.DateField(verbose_name='as of')),
                ('decision_number', models.CharField(blank=True, max_length=60, verbose_name='decision number')),
                ('term', models.CharField(blank=True, max_length=20, verbose_name='term')),
                ('file', models.FileField(blank=True, max_length=200, storage=cms.storage.private_files, upload_to='rosters/%Y/%m/')),
                ('file_name', models.CharField(max_length=200)),
                ('layout', models.JSONField(default=dict)),
                ('counts', models.JSONField(default=dict)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roster_imports', to='unions.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'list of people',
                'verbose_name_plural': 'lists of people',
                'indexes': [models.Index(fields=['-made_at'], name='roster_import_by_day')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='RosterImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.PositiveSmallIntegerField(default=1)),
                ('number', models.PositiveIntegerField()),
                ('verdict', models.CharField(choices=[('new', 'New'), ('changed', 'Changed'), ('same', 'Unchanged'), ('ask', 'To be decided'), ('refused', 'Refused')], max_length=8)),
                ('data', models.JSONField(default=dict)),
                ('problems', models.JSONField(default=list)),
                ('changes', models.JSONField(default=dict)),
                ('candidates', models.JSONField(default=list)),
                ('decided', models.CharField(blank=True, max_length=20)),
                ('job', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='unions.rosterimport')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['job', 'verdict', 'sheet', 'number'], name='roster_row_by_verdict')],
                'constraints': [models.UniqueConstraint(fields=('job', 'sheet', 'number'), name='roster_row_once')],
            },
        ),
    ]
