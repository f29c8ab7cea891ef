"""The invented province as plain data: who its 800 people are, which posts they hold and held, what they learnt. No database.

Keeps true: the same people each time, from one seed and `demo/province.yaml`; no name is that of somebody in `demo/people.yaml`.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import yaml

from lms.demo.load import CONTENT
from vietnamese.text import fold

COUNT, SEED = 800, 2025
# The congresses of the grassroots unions, and the term that they began.
CONGRESS, TERM, FORMER_TERM = date(2023, 3, 15), "2023–2028", "2018–2023"
PROVINCIAL = "Liên đoàn Lao động cấp tỉnh"
DISTRICT = "Liên đoàn Lao động cấp huyện"
ZONES, COMMUNE, BASE = "Công đoàn các khu công nghiệp", "Công đoàn xã, phường, đặc khu", "Công đoàn cơ sở"
# Whose posts are full-time.
FULL_TIME = (PROVINCIAL, DISTRICT, ZONES, COMMUNE)
LEADERS = ("chu-tich", "pho-chu-tich", "uy-vien-btv", "uy-vien-bch", "chu-nhiem-ubkt")


@dataclass(frozen=True)
class Person:
    code: str
    name: str
    gender: str
    birth_year: int | None
    phone: str | None
    email: str | None


@dataclass(frozen=True)
class Held:
    """A post of a person, by their code."""

    person: str
    unit: str
    kind: str
    since: date
    until: date | None = None
    full_time: bool = False
    manner: str = "elected"
    term: str = TERM


@dataclass(frozen=True)
class Study:
    """What a person did with a course; `begun` from 0 to 1 on the way from the spring of 2025 to today. Elsewhere: at a school, with a paper."""

    person: str
    course: str
    begun: float
    days: int
    share: float
    is_elsewhere: bool = False


@dataclass(frozen=True)
class Province:
    people: tuple[Person, ...]
    posts: tuple[Held, ...]
    studies: tuple[Study, ...]


def read_province() -> dict:
    return yaml.safe_load((CONTENT / "province.yaml").read_text(encoding="utf-8"))


def make_province(data: dict, taken: set[str]) -> Province:
    """Make up the people of the province.

    :param taken: names that belong to others of the demonstration.
    """
    maker = _Maker(data, taken)
    maker.staff_units()
    maker.hold_two()
    maker.replace_chairs()
    maker.remember_former()
    maker.fill_up()
    return Province(tuple(maker.people), tuple(maker.posts), tuple(_Learning(data, maker).studies()))


class _Maker:
    def __init__(self, data: dict, taken: set[str]) -> None:
        self.data, self.taken, self.random = data, taken, Random(SEED)  # noqa: S311 - invented people, no secret
        self.people: list[Person] = []
        self.posts: list[Held] = []
        # Cadres of the former districts, who are designated to lead communes and wards.
        self.free: list[str] = []
        self.units = {row["code"]: {"type": BASE, **row} for row in data["units"]}

    def person(self, gender: str = "") -> str:
        """Make one more person and return their code."""
        number, names = len(self.people) + 1, self.data["names"]
        gender = gender or self.random.choices(["female", "male"], [55, 45])[0]
        name = self._name(gender, names)
        phone = f"+84980{100000 + number:06d}" if self.random.random() < 0.86 else None
        slug = fold(name).replace(" ", ".")
        email = f"{slug}.{number:03d}@example.org" if self.random.random() < 0.14 else None
        birth = self.random.randint(1967, 2001) if self.random.random() < 0.6 else None
        self.people.append(Person(f"TH{number:06d}", name, gender, birth, phone, email))
        return self.people[-1].code

    def _name(self, gender: str, names: dict) -> str:
        while True:
            name = " ".join(self.random.choice(words) for words in (names["family"], names[gender]["middle"], names[gender]["given"]))
            if name not in self.taken:
                return name

    def staff_units(self) -> None:
        """Fill the posts of every unit, as many as its type or its size asks for."""
        for code, extra in self.data["standing"].items():
            if "posts" in extra:
                self._staff(code, extra["posts"], CONGRESS)
        for code, unit in self.units.items():
            if unit["type"] in FULL_TIME:
                self._staff_upper(code, unit["type"], unit.get("since"), unit.get("until"))
            else:
                self._staff(code, self._asked(unit), max(CONGRESS, unit["since"]), until=unit.get("until"))
        for code, type in {"TH-TL": COMMUNE, "TH-KP": COMMUNE, "TH": PROVINCIAL}.items():
            self._staff_upper(code, type, self.data["standing"][code].get("since"))

    def _asked(self, unit: dict) -> dict:
        staff = self.data["staff"]
        return staff.get(unit["type"]) or next(size["posts"] for size in staff["sizes"] if unit.get("members", 0) >= size["from"])

    def _staff_upper(self, code: str, type: str, since: date | None, until: date | None = None) -> None:
        asked = self.data["staff"][type]
        if since is None:
            self._staff(code, asked, self.data["restructured"], full_time=True, manner="designated", term="2025–2030")
        else:
            self._staff(code, asked, date(2023, 8, 10), until=until, full_time=True)
        if type == DISTRICT:
            self.free += [post.person for post in self.posts if post.unit == code][:5]

    def _staff(self, code: str, asked: dict, since: date, **facts) -> None:
        for kind, count in asked.items():
            for _number in range(count):
                self.posts.append(Held(self._whom(kind, facts), code, kind, since, **facts))

    def _whom(self, kind: str, facts: dict) -> str:
        if self.free and kind == "chu-tich" and facts.get("manner") == "designated":
            return self.free.pop(0)
        return self.person("female" if kind == "truong-ban-nu-cong" else "")

    def hold_two(self) -> None:
        """Let heads of committees sit in the executive committee, and chairs in that of the unit above."""
        more = []
        for post in self.posts:
            unit = self.units.get(post.unit, {})
            if post.kind in ("chu-nhiem-ubkt", "truong-ban-nu-cong") and not post.full_time and self.random.random() < 0.6:
                more.append(Held(post.person, post.unit, "uy-vien-bch", post.since, post.until))
            # A merged unit's chair has no seat above any more.
            if post.kind == "chu-tich" and not post.full_time and "until" not in unit and unit.get("under") and self.random.random() < 0.4:
                since = max(post.since, date(2023, 8, 10)) if unit["under"] in ("TH", "TH-KCN") else max(post.since, self.data["restructured"])
                more.append(Held(post.person, unit["under"], "uy-vien-bch", since, manner="designated"))
        self.posts += more
        self._merge()

    def _merge(self) -> None:
        """The chairs and two committee members of the two merged unions go on in the one that took their place."""
        for code in ("TH-BG-BB", "TH-BG-IN"):
            [chair] = [post for post in self.posts if post.unit == code and post.kind == "chu-tich"]
            [group] = [post for post in self.posts if post.unit == code and post.kind == "to-truong"][:1]
            since = self.units["TH-BG-IB"]["since"]
            self.posts += [
                Held(chair.person, "TH-BG-IB", "uy-vien-btv", since, manner="designated", term="2025–2028"),
                Held(group.person, "TH-BG-IB", "to-truong", since, manner="designated", term="2025–2028")]

    def replace_chairs(self) -> None:
        """In 2026 some grassroots unions elect another chair: the deputy, or somebody new."""
        chairs = [post for post in self.posts if post.kind == "chu-tich" and not post.full_time and post.until is None]
        for post in self.random.sample(chairs, 14):
            on = date(2026, 1, 12) + timedelta(days=self.random.randint(0, 270))
            self.posts[self.posts.index(post)] = _ended(post, on)
            deputies = [row for row in self.posts if row.unit == post.unit and row.kind == "pho-chu-tich" and row.until is None]
            if deputies and self.random.random() < 0.6:
                self.posts[self.posts.index(deputies[0])] = _ended(deputies[0], on)
                self.posts.append(Held(deputies[0].person, post.unit, "chu-tich", on, term="2026–2028"))
            else:
                self.posts.append(Held(self.person(), post.unit, "chu-tich", on, term="2026–2028"))
            self._leave_upper(post.person, on)

    def _leave_upper(self, person: str, on: date) -> None:
        for place, row in enumerate(self.posts):
            if row.person == person and row.until is None and row.kind == "uy-vien-bch":
                self.posts[place] = _ended(row, on)

    def remember_former(self) -> None:
        """Give some units a chair of the term before, who holds nothing now."""
        older = [code for code, unit in self.units.items() if unit["type"] == BASE and unit.get("since", CONGRESS) < date(2018, 6, 1)]
        for code in self.random.sample(older, 16):
            since = max(date(2018, 2, 20), self.units[code]["since"])
            self.posts.append(Held(self.person(), code, "chu-tich", since, CONGRESS, term=FORMER_TERM))

    def fill_up(self) -> None:
        """Add group leaders and deputies, most where there are most members, until the province has its people."""
        units = [unit for unit in self.units.values() if unit["type"] == BASE and "until" not in unit]
        weights = [unit["members"] ** 0.5 for unit in units]
        while len(self.people) < COUNT:
            [unit] = self.random.choices(units, weights)
            since = max(CONGRESS, unit["since"]) + timedelta(days=self.random.choice([0, 0, 0, 400, 900]))
            kind = self.random.choice(["to-truong", "to-pho", "to-pho"])
            self.posts.append(Held(self.person(), unit["code"], kind, since))


def _ended(post: Held, on: date) -> Held:
    return Held(post.person, post.unit, post.kind, post.since, on, post.full_time, post.manner, post.term)


class _Learning:
    """What people of a unit learnt: much where the unit is keen, of the courses that are meant for their post."""

    def __init__(self, data: dict, maker: _Maker) -> None:
        self.random = Random(SEED + 1)  # noqa: S311 - invented people, no secret
        self.posts, self.people = maker.posts, maker.people
        self.keen = {code: data["keen"].get(code) or self.random.uniform(0.45, 0.95) for code in [*data["standing"], *maker.units]}

    def studies(self) -> list[Study]:
        standing: dict[str, Held] = {}
        for post in self.posts:
            if post.until is None:
                standing.setdefault(post.person, post)
        found = []
        for person in self.people:
            if post := standing.get(person.code):
                found += self._of(post)
        return found

    def _of(self, post: Held) -> list[Study]:
        keen, luck = self.keen[post.unit], self.random.random()
        first, *others = self._courses(post)
        if luck < keen * 0.22:
            return [Study(post.person, first, self.random.uniform(0.3, 0.9), 3, 1, is_elsewhere=True)]
        if luck < keen:
            found = [self._finished(post, first, self.random.uniform(0.52, 0.97))]
            found += [self._finished(post, course, self.random.uniform(0.0, 0.95)) for course in others if self.random.random() < 0.45]
            return found
        if luck < keen + 0.08:
            return [Study(post.person, first, self.random.uniform(0.75, 0.97), self.random.randint(2, 30), self.random.uniform(0.15, 0.85))]
        return []

    def _courses(self, post: Held) -> list[str]:
        # Of full-time cadres law first; of chairs bargaining; of groups law, and some dialogue.
        if post.full_time:
            return ["KH01", "KH02", "KH03"]
        if post.kind in LEADERS:
            first = self.random.choice(["KH02", "KH02", "KH03", "KH01"])
            return [first, *(code for code in ("KH02", "KH03", "KH01") if code != first)]
        return ["KH01", "KH03"]

    def _finished(self, post: Held, course: str, begun: float) -> Study:
        return Study(post.person, course, begun, self.random.randint(3, 45), 1)
