"""The message catalogue: every string is found, nothing slips through untranslated, and what is compiled is what Django reads."""

import gettext

import pytest

from tests.lms import scripts

messages = scripts.load("messages")

CODE = '''
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
NAME = _("Course")
LONG = _("Read " "on")
COUNT = ngettext("%(count)s lesson", "%(count)s lessons", 2)
MONTH = pgettext("month", "May")
DYNAMIC = _(NAME)
'''
TEMPLATE = """{% load i18n %}
  <h1>{% translate "Don't stop" %}</h1>
      {# a comment that is "not closed #}
    {% blocktranslate trimmed with name=course.title %}
      You stopped
      at {{ name }}.
    {% endblocktranslate %}
  {% blocktranslate count lessons=n %}one {{ lessons }}{% plural %}many {{ lessons }}{% endblocktranslate %}
  {% translate "May" context "verb" %} {{ value|default:_("Nothing") }}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one app and one template."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "apps.py").write_text(CODE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    locale = tmp_path / "locale"
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", locale)
    monkeypatch.setattr(messages, "CATALOGUE", locale / "vi" / "LC_MESSAGES" / "django.po")
    messages.CATALOGUE.parent.mkdir(parents=True)
    return tmp_path


ALL = {
    ("", "Course"), ("", "Read on"), ("", "%(count)s lesson"), ("month", "May"), ("", "Don't stop"), ("", "You stopped at %(name)s."),
    ("", "one %(lessons)s"), ("verb", "May"), ("", "Nothing"),
}


def write_catalogue(text: str) -> None:
    messages.CATALOGUE.write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n\n{text}')


def test_strings_are_found_in_code_and_templates(project):
    assert set(messages.strings()) == ALL


def test_update_adds_what_is_new_and_keeps_what_is_there(project):
    write_catalogue('msgid "Course"\nmsgstr "Khóa học"\n\nmsgid "Sign in (allauth)"\nmsgstr "Đăng nhập"\n')
    messages.update()
    catalogue = messages.read(messages.CATALOGUE)
    assert {messages.key_of(message) for message in catalogue if message.id} == ALL | {("", "Sign in (allauth)")}
    assert catalogue["Course"].string == "Khóa học"
    assert len(messages.faults()) == len(ALL) - 1
    messages.update()
    assert len(messages.faults()) == len(ALL) - 1


def translate_all() -> None:
    messages.update()
    catalogue = messages.read(messages.CATALOGUE)
    for message in catalogue:
        if message.id:
            words = f"Tiếng Việt {' '.join(messages.placeholders(messages._texts(message.id)[-1]))}"
            message.string = (words,) if message.pluralizable else words
    with messages.CATALOGUE.open("wb") as file:
        messages.write_po(file, catalogue)


def test_a_whole_catalogue_has_no_faults(project):
    translate_all()
    assert messages.faults() == []


@pytest.mark.parametrize(("before", "after", "fault"), [
    ('msgid "Course"\nmsgstr "Tiếng Việt "', 'msgid "Course"\nmsgstr ""', "app/apps.py:3: not translated: 'Course'"),
    ('msgid "Course"', '#, fuzzy\nmsgid "Course"', "app/apps.py:3: fuzzy: 'Course'"),
    ('msgstr "Tiếng Việt %(name)s"', 'msgstr "Tiếng Việt %(nam)s"',
     "locale/vi/LC_MESSAGES/django.po: other placeholders or tags than the source: 'You stopped at %(name)s.'"),
])
def test_a_fault_is_named_with_its_place(project, before, after, fault):
    translate_all()
    text = messages.CATALOGUE.read_text()
    assert before in text
    messages.CATALOGUE.write_text(text.replace(before, after))
    assert messages.faults() == [fault]


def test_a_new_string_in_the_code_is_a_fault(project):
    translate_all()
    with (project / "app" / "apps.py").open("a") as file:
        file.write('NEW = _("Brand new")\n')
    assert messages.faults() == ["app/apps.py:8: not translated: 'Brand new'"]


def test_compiled_catalogue_translates(project):
    write_catalogue('msgid "Course"\nmsgstr "Khóa học"\n\n#, fuzzy\nmsgid "Read on"\nmsgstr "Đọc"\n')
    messages.compile_all()
    with messages.CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert (compiled.gettext("Course"), compiled.gettext("Read on")) == ("Khóa học", "Read on")
