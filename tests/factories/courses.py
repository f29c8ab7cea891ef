"""A site with a catalogue, and courses in it as small as the test needs."""

from wagtail.models import Page, Site

from cms.models import HomePage
from courses.models import CataloguePage, CoursePage, LessonPage, ModulePage, QuizPage
from tests.factories import quizzes as quiz_factory
from tests.factories.indexing import unreferenced, unsearched

PLAIN = [("heading", {"text": "Bốn mốc cần nhớ", "level": "h2"}), ("text", "<p>Bên nhận không được từ chối.</p>")]


def catalogue() -> CataloguePage:
    """The catalogue under the home page of the default site; made once, most often with the template of the database (tests/databases.py)."""
    if found := CataloguePage.objects.first():
        return found
    root = Page.objects.get(depth=1)
    home = HomePage.objects.first() or root.add_child(instance=HomePage(title="Lớp học Công đoàn", slug="trang-chu"))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": home})
    Site.clear_site_root_paths_cache()
    return home.add_child(instance=CataloguePage(title="Khóa học", slug="khoa-hoc"))


def course(title: str = "Thương lượng tập thể", slug: str = "thuong-luong", **fields) -> CoursePage:
    """An empty published course."""
    fields.setdefault("summary", "Đi hết một cuộc thương lượng.")
    with unreferenced():
        return catalogue().add_child(instance=CoursePage(title=title, slug=slug, **fields))


def module(parent: CoursePage, title: str = "Chuẩn bị", slug: str = "mo-dun-1", **fields) -> ModulePage:
    with unsearched():
        return parent.add_child(instance=ModulePage(title=title, slug=slug, **fields))


def lesson(parent: ModulePage, title: str = "Bài 1. Quyền và nguyên tắc", slug: str = "bai-1", **fields) -> LessonPage:
    if fields:
        return parent.add_child(instance=LessonPage(**{"title": title, "slug": slug, "body": PLAIN, **fields}))
    with unreferenced():
        return parent.add_child(instance=LessonPage(title=title, slug=slug, body=PLAIN))


def quiz_page(parent: ModulePage, quiz=None, title: str = "Kiểm tra mô-đun 1", slug: str = "kiem-tra-1", **fields) -> QuizPage:
    return parent.add_child(instance=QuizPage(title=title, slug=slug, quiz=quiz or quiz_factory.quiz(), **fields))


def small_course(lessons: int = 1, **fields) -> CoursePage:
    """A course with one module, some lessons and one quiz of two questions, its rules published."""
    from courses.services import publish_rules

    page = course(**fields)
    first = module(page)
    for number in range(1, lessons + 1):
        lesson(first, f"Bài {number}. Quyền và nguyên tắc", f"bai-{number}")
    quiz_page(first)
    publish_rules(course=page)
    return page
