"""What happens to work in the background: a worker that hangs, a task that never ends, a long queue after an outage."""

import os
import random
import signal
import time
from datetime import date

from bench.faults_scenes import Seen, until
from bench.faults_site import Site

LIST_OF, QUEUE = 60, 10_000
# Of a hundred tasks that wait after an outage: (need, how many, in words).
MIX = [(60, 3, "waited for"), (30, 7, "asked for"), (0, 45, "usual"), (-30, 35, "letters"), (-60, 10, "statistics")]


def hanging(site: Site, options) -> Seen:
    """A worker stops in the middle of a list of papers and goes on when another one has taken over; and a task never ends."""
    from django.db import connections
    from django_tasks_db.models import DBTaskResult

    from bench import faults_tasks
    from certificates.models import Certificate
    from certificates.tasks import issue_run

    seen, run = Seen("a worker that hangs, a task that never ends"), decided_list(LIST_OF)
    began, asked = time.monotonic(), issue_run.enqueue(run.pk)
    stopped = stop_who_has(str(asked.id))
    seen.expect(stopped is not None, "no worker took the list")
    ticks = [faults_tasks.tick.enqueue(str(number)).id for number in range(20)]
    went_on = until(lambda: DBTaskResult.objects.filter(pk__in=ticks, status="SUCCESSFUL").count() == len(ticks), 20)
    seen.expect(went_on, "nobody did the other tasks while one worker hung")
    others = time.monotonic() - began
    made = Certificate.objects.filter(course_id=run.course_id)
    seen.expect(until(lambda: made.count() == LIST_OF and DBTaskResult.objects.get(pk=asked.id).status == "SUCCESSFUL", 60), "nobody took over the list")
    took_over = time.monotonic() - began
    if stopped:
        os.kill(stopped, signal.SIGCONT)
    end_the_endless(seen)
    time.sleep(2)
    seen.expect(made.count() == LIST_OF, f"{made.count()} papers of a list of {LIST_OF}")
    seen.lines.append(f"20 other tasks done after {others:.1f} s; the list of {LIST_OF} taken over and done after {took_over:.1f} s, "
                      f"{made.count()} papers also after the hung worker went on; the endless task ended by its limit")
    connections.close_all()
    return seen


def end_the_endless(seen: Seen) -> None:
    from django_tasks_db.models import DBTaskResult

    from bench import faults_tasks

    endless = faults_tasks.never_end.enqueue()
    seen.expect(until(lambda: DBTaskResult.objects.get(pk=endless.id).status == "FAILED", 30), "a task that never ends was not ended")


def decided_list(count: int):
    """Return a decided list of papers of so many people, ready to be issued."""
    from django.utils import timezone

    from accounts.models import User
    from certificates.enums import ListOrder
    from certificates.models import Issuer
    from certificates.services import runs
    from courses.enums import Issuing
    from tests.factories import certificates, courses

    course, now = courses.course("Khóa theo quyết định", "khoa-quyet-dinh", gives_certificate=True, issuing=Issuing.BY_DECISION), timezone.now()
    people = User.objects.bulk_create([
        User(email=f"{n}@list.example.org", full_name=f"Người Học {n}", password="!", sort_key=f"{n:06}", search_key=f"nguoi hoc {n}") for n in range(count)])
    for person in people:
        certificates.completion(person, course, now=now)
    run = runs.make_run(course=course, issuer=Issuer.objects.get(), name="Đo", by=people[0], now=now)
    runs.put_all_on(run=run, by=None)
    return runs.decide_run(
        run=run, decision_number="15/QĐ-CĐ", decision_on=date(2026, 11, 19), order=ListOrder.NAME, notifies=False, by=people[0], now=now)


def stop_who_has(task: str) -> int | None:
    """Stop the worker that is at this task in the middle of it, and return its process."""
    from django_tasks_db.models import DBTaskResult

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        row = DBTaskResult.objects.filter(pk=task).first()
        if row is not None and row.status == "RUNNING" and row.worker_ids:
            process = int(row.worker_ids[-1].split("-")[-2])
            os.kill(process, signal.SIGSTOP)
            return process
        time.sleep(0.01)
    return None


def long_queue(site: Site, options) -> Seen:
    """Thousands of tasks wait when the workers come back: what people wait for is done first, statistics last."""
    from django.db import connections
    from django_tasks_db.models import DBTaskResult

    from bench.faults_tasks import tick

    count = QUEUE // 25 if options.small else QUEUE
    site.background.stop()
    needs = [need for need, share, _words in MIX for _ in range(count * share // 100)]
    random.shuffle(needs)
    fill(tick, needs)
    mine = DBTaskResult.objects.filter(task_path=tick.module_path, args_kwargs__args=["queue"])
    site.background.start()
    began = time.monotonic()
    seen = Seen(f"{len(needs):,} tasks wait after an outage")
    done = until(lambda: mine.filter(status="SUCCESSFUL").count() == len(needs), 60 if options.small else 600)
    seen.expect(done, f"{mine.exclude(status='SUCCESSFUL').count()} tasks were not done")
    rows = list(mine.exclude(started_at=None).order_by("started_at").values_list("priority", "started_at", "finished_at", "worker_ids"))
    first, last = rows[0][1], max(row[2] for row in rows if row[2])
    rate = len(rows) / max(0.001, (last - first).total_seconds())
    seen.lines.append(f"all done {time.monotonic() - began:.0f} s after the workers were started, {rate:.0f} a second by {len({row[3][-1] for row in rows})} workers")
    for need, _share, words in MIX:
        waits = sorted((row[1] - first).total_seconds() for row in rows if row[0] == need)
        seen.lines.append(f"{words:12}{len(waits):>6} tasks, the last one begun after {waits[-1]:.1f} s")
    early = overtaken([row[0] for row in rows])
    seen.expect(early <= len(rows) // 200 + 4, f"{early} tasks were begun before ones that were needed more")
    seen.expect(sum(len(row[3]) - 1 for row in rows) == 0, "tasks were begun twice")
    connections.close_all()
    return seen


def fill(task, needs: list[int]) -> None:
    """Lay so many tasks into the queue, as `enqueue` does one by one."""
    from django_tasks_db.models import DBTaskResult

    task.enqueue("queue")
    row = DBTaskResult.objects.filter(task_path=task.module_path).latest("enqueued_at")
    fields = {name: getattr(row, name) for name in ("args_kwargs", "task_path", "queue_name", "backend_name", "run_after", "exception_class_path", "traceback")}
    row.delete()
    DBTaskResult.objects.bulk_create([DBTaskResult(priority=need, **fields) for need in needs], batch_size=1000)


def overtaken(needs: list[int]) -> int:
    """Count the tasks, in the order in which they were begun, after which one came that was needed more."""
    most, count = -1000, 0
    for need in reversed(needs):
        count += need < most
        most = max(most, need)
    return count
