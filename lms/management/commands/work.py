"""Do the work that waits in the queue, until asked to stop."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = (
        "Do the work that waits in the queue (TASKS_ENGINE), the most needed first. SIGTERM: stops after the task at hand; twice: at once, "
        "and the task is given back.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=1, metavar="SECONDS", help="how long to wait where the queue is empty")
        parser.add_argument("--batch", action="store_true", help="stop when the queue is empty")
        parser.add_argument("--max-tasks", type=int, metavar="COUNT", help="stop after so many tasks")

    def handle(self, *args, interval: float, batch: bool, max_tasks: int | None, **options) -> None:
        if settings.TASKS_ENGINE == "redis":
            from lms.background.redis import Worker
        else:
            from lms.background.worker import Worker
        worker = Worker(interval=interval, batch=batch, max_tasks=max_tasks)
        worker.configure_signals()
        worker.work()
