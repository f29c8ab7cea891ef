"""Loads the demonstration's content. Adds what is not there and leaves alone what is: safe to run again on a site in use."""

from datetime import datetime
from pathlib import Path

import yaml
from django.conf import settings
from django.db import transaction
from wagtail.models import Page, Site

from cms.models import HomePage, InformationPage, SiteSettings
from courses.models import Audience, CataloguePage, CoursePage, LessonPage, ModulePage, Objective, QuizPage, Topic, Trainer
from laws.models import LegalDocument, Provision
from lms.demo.text import Citation, Misread, QuestionText, read_document, read_questions
from quizzes.models import Category, Question, Quiz
from vietnamese.text import fold

CONTENT = settings.BASE_DIR / "demo"
AUDIENCES = {
    "chair": "Chủ tịch, phó chủ tịch", "committee": "Ủy viên ban chấp hành", "group-leader": "Tổ trưởng, tổ phó",
    "dialogue": "Thành viên đối thoại",
}
QUIZ_MINUTES, FINAL_MINUTES = 6, 30
KINDS = {"one": "one_answer", "several": "several_answers", "truefalse": "true_false"}


def slug_of(text: str) -> str:
    return fold(text).replace("/", "-").replace(" ", "-").replace(",", "")


def load_site() -> HomePage:
    """Make the home page, the catalogue and the information pages, and point the site at them."""
    home = HomePage.objects.first()
    if home is None:
        root = Page.objects.get(depth=1)
        Page.objects.filter(depth=2, slug="home", content_type__model="page").update(slug="wagtail-cu")
        home = HomePage(
            title="Vững nghiệp vụ công đoàn, mỗi giờ nghỉ một bài", slug="trang-chu", seo_title="Học tập cho cán bộ công đoàn",
            lead="Bài học 8–12 phút, đọc được trên điện thoại, dừng lúc nào cũng được. Cuối khóa có bài kiểm tra và giấy chứng nhận ai cũng kiểm tra được.")
        root.add_child(instance=home)
        Site.objects.update_or_create(
            is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": home, "site_name": settings.SITE_NAME})
        for welcome in Page.objects.filter(depth=2, slug="wagtail-cu"):
            welcome.delete()
    if not CataloguePage.objects.exists():
        home.add_child(instance=CataloguePage(title="Khóa học", slug="khoa-hoc"))
    pages = {path.stem: _load_page(home, path) for path in sorted((CONTENT / "pages").rglob("*.md"))}
    SiteSettings.objects.get_or_create(
        site=Site.objects.get(is_default_site=True),
        defaults={"tagline": "Học tập cho cán bộ công đoàn từ tổ phó trở lên.",
                  "help_page": pages.get("tro-giup"), "privacy_page": pages.get("du-lieu-ca-nhan")})
    return home


def _load_page(home: HomePage, path: Path) -> Page:
    document = read_document(path)
    standing = Page.objects.child_of(home).filter(slug=document.facts["slug"]).first()
    if standing:
        return standing
    body = [_as_page_block(*block) for block in document.blocks]
    return home.add_child(instance=InformationPage(**document.facts, body=body))


def _as_page_block(kind: str, value) -> tuple[str, object]:
    # Information pages know no callouts: a titled paragraph says the same.
    if kind == "callout":
        return "text", f"<p><strong>{value['title']}</strong></p>{value['text']}" if value["title"] else value["text"]
    return kind, value


def load_laws() -> int:
    """Add legal documents and articles that are not there; return how many articles were added."""
    data = yaml.safe_load((CONTENT / "laws.yaml").read_text(encoding="utf-8"))["documents"]
    added = 0
    for row in data:
        fields = {name: row[name] for name in ("kind", "title", "full_title", "issuer", "signed_on", "in_force_from", "in_force_until", "note") if name in row}
        document, _created = LegalDocument.objects.get_or_create(number=row["number"], defaults={"slug": slug_of(row["number"]), **fields})
        known = set(document.provisions.values_list("article", "clause", "point"))
        for part in row.get("provisions", []):
            place = (str(part.get("article", "")), str(part.get("clause", "")), str(part.get("point", "")))
            if place in known:
                continue
            Provision.objects.create(
                document=document, article=place[0], clause=place[1], point=place[2], heading=part.get("heading", ""), text=part["text"],
                in_force_from=part.get("in_force_from"), in_force_until=part.get("in_force_until"))
            added += 1
    numbers = {document.number: document for document in LegalDocument.objects.all()}
    for row in data:
        later = numbers.get(row.get("replaced_by"))
        if later and numbers[row["number"]].replaced_by_id is None:
            LegalDocument.objects.filter(number=row["number"]).update(replaced_by=later)
    return added


def provisions_by_citation() -> dict[Citation, Provision]:
    return {Citation(row.document.number, row.article, row.clause, row.point): row for row in Provision.objects.select_related("document")}


class Courses:
    """Loads the courses; looks citations up once."""

    def __init__(self, *, now: datetime, owner=None) -> None:
        self.now, self.owner = now, owner
        self.provisions = provisions_by_citation()

    def load(self, folder: Path) -> bool:
        """Load one course, unless one with its address is there already; say whether it was loaded."""
        facts = yaml.safe_load((folder / "course.yaml").read_text(encoding="utf-8"))
        catalogue = CataloguePage.objects.get()
        if Page.objects.child_of(catalogue).filter(slug=facts["slug"]).exists():
            return False
        with transaction.atomic():
            questions = self._load_questions(folder, facts)
            course = self._load_course(catalogue, facts)
            for number, module in enumerate(facts["modules"], start=1):
                self._load_module(course, folder, facts, number, module, questions)
            # Last, so that its parts make one version of the rules and not one each.
            self._publish(course)
        return True

    def _publish(self, page: Page) -> None:
        # Written by the trainer; published by nobody in particular, since trainers may not.
        page.save_revision(user=self.owner).publish()

    def _load_course(self, catalogue: CataloguePage, facts: dict) -> CoursePage:
        topic, _created = Topic.objects.get_or_create(slug=slug_of(facts["topic"]), defaults={"name": facts["topic"]})
        page = CoursePage(
            title=facts["title"], slug=facts["slug"], code=facts["code"], summary=facts["summary"], lead=facts.get("lead", ""),
            level=facts["level"], hours=facts["hours"], topic=topic, owner=self.owner, live=False)
        page.objectives = [Objective(text=text, sort_order=place) for place, text in enumerate(facts["objectives"])]
        page.audiences = [
            Audience.objects.get_or_create(slug=slug, defaults={"name": AUDIENCES[slug], "rank": rank})[0]
            for rank, slug in enumerate(AUDIENCES) if slug in facts["audience"]]
        page.trainers = [Trainer.objects.get_or_create(name=name, defaults={"role": "Giảng viên kiêm chức, LĐLĐ tỉnh Tân Hòa"})[0] for name in facts["trainers"]]
        catalogue.add_child(instance=page)
        return page

    def _load_module(self, course: CoursePage, folder: Path, facts: dict, number: int, module: dict, questions: dict[str, Question]) -> None:
        page = course.add_child(instance=ModulePage(title=f"Mô-đun {number}. {module['title']}", slug=module["slug"], owner=self.owner))
        self._publish(page)
        for name in module["lessons"]:
            document = read_document(folder / name)
            body = [(kind, self._resolved(kind, value)) for kind, value in document.blocks]
            self._publish(page.add_child(instance=LessonPage(**document.facts, body=body, owner=self.owner)))
        fixed = [{"question": questions[code], "points": 1} for code in module["quiz"]["questions"]]
        self._load_quiz(page, course, module["quiz"], [("fixed", {"title": "", "questions": fixed})], QUIZ_MINUTES)
        if module is facts["modules"][-1]:
            final = facts["final"]
            section = ("draw", {"title": "", "count": final["draw"], "category": self._category(facts, "Kiểm tra cuối khóa"), "difficulty": "", "points": 1})
            self._load_quiz(page, course, final, [section], FINAL_MINUTES)

    def _load_quiz(self, module: ModulePage, course: CoursePage, facts: dict, sections: list, minutes: int) -> None:
        quiz = Quiz(
            title=f"{facts['title']} – {course.code}", sections=sections, pass_fraction=facts["pass_percent"] / 100,
            attempts_allowed=facts["attempts"])
        # Whoever wrote the course sees how its questions did, and answers appeals.
        quiz.markers = [self.owner] if self.owner else []
        quiz.save()
        self._publish(module.add_child(
            instance=QuizPage(title=facts["title"], slug=facts["slug"], quiz=quiz, minutes=minutes, owner=self.owner)))

    def _resolved(self, kind: str, value):
        return {**value, "provision": self._provision(value["provision"])} if kind == "citation" else value

    def _provision(self, citation: Citation) -> Provision:
        if citation not in self.provisions:
            raise Misread(f"not in laws.yaml: {citation}")
        return self.provisions[citation]

    def _category(self, facts: dict, name: str) -> Category:
        course = Category.objects.filter(name=facts["title"], depth=1).first() or Category.add_root(name=facts["title"])
        return course.get_children().filter(name=name).first() or course.add_child(name=name)

    def _load_questions(self, folder: Path, facts: dict) -> dict[str, Question]:
        final, modules = self._category(facts, "Kiểm tra cuối khóa"), self._category(facts, "Kiểm tra mô-đun")
        return {
            text.code: self._load_question(text, f"{facts['code']}-{text.code}", final if text.code.startswith("C") else modules)
            for text in read_questions(folder / "questions.md")}

    def _load_question(self, text: QuestionText, code: str, category: Category) -> Question:
        standing = Question.objects.filter(code=code).first()
        if standing:
            return standing
        question = Question(
            code=code, category=category, difficulty=text.difficulty, topic=text.topic, explanation=text.explanation, author=self.owner,
            citations=[("provision", self._provision(citation)) for citation in text.citations])
        stream = question._meta.get_field("content").stream_block
        question.content = stream.to_python([{"type": KINDS[text.kind], "value": _content(text)}])
        question.save()
        question.save_revision(user=self.owner).publish()
        return question


def _content(text: QuestionText) -> dict:
    if text.kind == "truefalse":
        right = next(option for option in text.options if option.is_right)
        wrong = next(option for option in text.options if not option.is_right)
        return {"stem": text.stem, "is_true": right.text == "Đúng", "feedback": wrong.feedback}
    options = [{"text": option.text, "is_right": option.is_right, "feedback": option.feedback} for option in text.options]
    content = {"stem": text.stem, "options": options}
    return {**content, "marking": "partial"} if text.kind == "several" else content
