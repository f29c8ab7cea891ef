"""`make bench` can start: its settings are whole, as in production."""

import subprocess
import sys

from django.conf import settings

from bench import pages


def test_settings_for_measuring_start(tmp_path):
    (tmp_path / "static").mkdir()
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=settings.BASE_DIR, env=pages.environment(tmp_path, debug="0"), capture_output=True, text=True,
        check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_table_holds_both_sizes_and_their_ratio(capsys):
    pages.print_table(
        {"home": {"queries": 3, "bytes": 4000, "cpu": 8.0}}, {"home": {"queries": 3, "bytes": 5000, "cpu": 12.0}}, times=100)
    assert capsys.readouterr().out.splitlines()[-1].split() == ["home", "3", "3", "4,000", "5,000", "1.25", "8.0", "12.0", "1.50"]
