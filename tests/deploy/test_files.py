"""deploy/ and docs/operating.md say the same as one another and as the code: no engine of containers is needed to see that."""

import ast
import re
import shlex
import shutil
import subprocess

import pytest

from tests.deploy import files

pytestmark = pytest.mark.same_everywhere
ROOT, DEPLOY = files.ROOT, files.DEPLOY
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
OPERATING = DOCS["operating.md"]
COMPOSE = files.compose()
# Of others: granian, Python, the proxy's template, Compose itself.
OF_OTHERS = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "NGINX_ENVSUBST_FILTER", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"}
SERVICE_OF = {"lms-web@.service": "web1", "lms-worker@.service": "worker", "lms-clock.service": "clock", "lms-backup.service": "backup"}


def described() -> set[str]:
    """Return the names in the tables of the documents."""
    rows = re.findall(r"^\| ((?:`[A-Z][A-Z0-9_]+`(?:, )?)+)", "\n".join(DOCS.values()), flags=re.MULTILINE)
    return set(re.findall(r"`([A-Z0-9_]+)`", "\n".join(rows))) | set(re.findall(r"`(GRANIAN_[A-Z_]+)`", OPERATING)) | OF_OTHERS


def settings() -> set[str]:
    """Return the variables that the settings ask the environment for."""
    found = set()
    for name in ("settings.py", "engines.py"):
        for node in ast.walk(ast.parse((ROOT / "lms" / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args and isinstance(node.args[0], ast.Constant):
                found.add(node.args[0].value)
    return found


def test_every_unit_runs_what_the_image_runs_and_the_documents_say():
    commands = {unit.name: unit.command for unit in files.services()}
    assert set(commands) == set(SERVICE_OF)
    for name, service in SERVICE_OF.items():
        assert shlex.join(COMPOSE["services"][service]["command"]) == commands[name]
        assert f"`{commands[name]}`" in OPERATING
    assert files.image_command() == commands["lms-web@.service"]
    assert COMPOSE["services"]["web1"]["command"] == COMPOSE["services"]["web2"]["command"]


def test_every_command_of_ours_is_there():
    named = set(re.findall(r"manage\.py (\w+)", OPERATING + "".join(unit.command for unit in files.services())))
    ours = {path.stem for path in ROOT.glob("*/management/commands/*.py")} | {path.stem for path in (ROOT / "lms").rglob("management/commands/*.py")}
    assert named - ours <= {"migrate", "check", "createsuperuser", "shell", "collectstatic", "rqstats"}


def test_commands_by_hand_get_what_the_units_get():
    given = re.findall(r"alias lms='sudo -u lms (.*?) \.venv", OPERATING)
    assert [dict(pair.split("=") for pair in words.split()) | {"PYTHONUNBUFFERED": "1"} for words in given] == [files.unit("lms-backup.service").variables()]


@pytest.mark.parametrize("place", ["units", "image", "compose", "example"])
def test_every_variable_that_is_set_is_described(place):
    set_there = {
        "units": {name for unit in files.services() for name in unit.variables()},
        "image": set(files.image_variables()),
        "compose": {name for service in COMPOSE["services"].values() for name in service.get("environment", {})},
        "example": set(files.example()),
    }[place]
    assert set_there - described() == set()
    assert {name for name in set_there if not name.startswith(("LMS_", "GRANIAN_"))} - OF_OTHERS <= settings()


def test_example_reads_the_same_for_shell_and_platform(tmp_path):
    """The shell's way of quotes is that of systemd and Compose as well, as long as they are single ones."""
    import environ

    text = (DEPLOY / "lms.env.example").read_text(encoding="utf-8").replace("#S3", "S3").replace("#BACKUP", "BACKUP").replace("#POST", "POST")
    (tmp_path / "lms.env").write_text(text, encoding="utf-8")
    dumped = subprocess.run(["sh", "-c", "set -a; . ./lms.env; env -0"], cwd=tmp_path, check=True, capture_output=True, text=True, env={}).stdout
    of_shell = dict(pair.split("=", 1) for pair in dumped.split("\0") if pair)
    env = type("Env", (environ.Env,), {"ENVIRON": {}})()
    env.read_env(tmp_path / "lms.env")
    names = [name for name, _value in re.findall(r"^([A-Z0-9_]+)=(.*)$", text, flags=re.MULTILINE)]
    assert {name: env.str(name) for name in names} == {name: of_shell[name] for name in names}
    assert of_shell["DEFAULT_FROM_EMAIL"].startswith("Lớp học Công đoàn <")


def test_every_file_that_is_named_is_there():
    named = re.findall(r"(?<![\w/])(?:deploy|scripts)/[\w./-]+\.\w+", OPERATING + "".join(rest for _word, rest in files.instructions()))
    assert [name for name in set(named) if name != "deploy/lms.env" and not (ROOT / name).exists()] == []
    mounted = [volume.partition(":")[0] for service in COMPOSE["services"].values() for volume in service.get("volumes", [])]
    assert [one for one in mounted if one.startswith("./") and not (DEPLOY / one).exists()] == []
    assert set(COMPOSE["volumes"]) >= {one for one in mounted if re.fullmatch(r"\w+", one)}
    copied = [shlex.split(rest)[:-1] for word, rest in files.instructions() if word == "COPY" and "--from" not in rest]
    assert all((ROOT / source).exists() for sources in copied for source in sources)
    links = re.findall(r"\]\(([\w.-]+\.md)\)", OPERATING)
    assert set(links) - set(DOCS) == set()


def test_image_is_built_from_what_is_pinned_and_runs_as_nobody_in_particular():
    images = [rest.split(" AS ")[0] for word, rest in files.instructions() if word == "FROM"] + [
        service["image"] for service in COMPOSE["services"].values() if not service["image"].startswith("lms:")]
    assert all(re.fullmatch(r"(python|node|nginx|postgres|redis):\d+\.\d+(\.\d+)?-(slim-bookworm|bookworm-slim|bookworm)", image) for image in images), images
    words = [word for word, _rest in files.instructions()]
    assert [rest for word, rest in files.instructions() if word == "USER"] == ["10001:10001"]
    assert words.index("USER") < len(words) - 1 and "HEALTHCHECK" in words
    assert not any(re.search(r"(SECRET|PASSWORD|KEY)", name) for name in files.image_variables())
    for name in ("web1", "worker", "clock", "migrate", "backup", "proxy"):
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert not any("ports" in service for name, service in COMPOSE["services"].items() if name != "proxy")


def test_image_leaves_out_what_is_secret_or_large():
    left_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".git", ".env", ".venv", "var", "tests", "deploy/lms.env", "deploy/tls"} <= set(left_out)
    assert not any((ROOT / line).exists() and line in {"lms", "deploy", "scripts", "locale"} for line in left_out)


def test_template_of_the_proxy_gets_each_variable_and_no_other():
    used = set(re.findall(r"\$\{(\w+)\}", files.TEMPLATE.read_text(encoding="utf-8")))
    set_in_compose = {name for name in COMPOSE["services"]["proxy"]["environment"] if name.startswith("LMS_")}
    told = set(re.findall(r"\$(LMS_\w+)", OPERATING))
    exported = set(re.findall(r"(LMS_\w+)=", OPERATING)) - {"LMS_VERSION"}
    assert used == set_in_compose == told == exported
    assert used <= described()


@pytest.mark.parametrize("name", [unit.name for unit in files.services()])
def test_units_are_kept_on_a_short_leash(name):
    unit = files.unit(name)
    for key, value in {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "PrivateTmp": "yes", "User": "lms", "StateDirectory": "lms",
                       "EnvironmentFile": "/etc/lms/lms.env", "CapabilityBoundingSet": "", "WorkingDirectory": "/srv/lms/current"}.items():
        assert unit.values(key) == [value], key
    assert unit.values("Restart") == ([] if name == "lms-backup.service" else ["always"])
    # It would end a web process while answers are still being written.
    assert "--workers-kill-timeout" not in unit.command


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_the_units(tmp_path):
    """In a folder where everything that they start is there: systemd looks for it."""
    units = []
    for path in sorted((DEPLOY / "systemd").iterdir()):
        text = path.read_text(encoding="utf-8").replace("/usr/bin/curl", "/usr/bin/env").replace("postgresql.service redis-server.service", "")
        units.append(tmp_path / path.name.replace("@.", "@8000."))
        units[-1].write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--recursive-errors=no", *units], check=False, capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "lms" in line.partition(":")[0]]
    assert (done.returncode, ours) == (0, [])
