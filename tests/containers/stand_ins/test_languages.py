"""Python and node: what the images of Flack are built with."""

from tests.containers.stand_ins.container import NODE, PYTHON, once


def test_python_is_where_it_is_expected() -> None:
    assert once(PYTHON, "which", "python", "python3", "pip").split() == [
        "/usr/local/bin/python",
        "/usr/local/bin/python3",
        "/usr/local/bin/pip",
    ]
    assert once(PYTHON, "python", "--version").startswith("Python 3.14.")


def test_pip_installs_for_the_system() -> None:
    assert once(PYTHON, "sh", "-c", "pip install --quiet six && python -c 'import six; print(six.PY3)'") == "True"


def test_python_makes_virtual_environments() -> None:
    script = "python -m venv /tmp/env && /tmp/env/bin/pip install --quiet six && /tmp/env/bin/python -c '{}'"
    assert once(PYTHON, "sh", "-c", script.format("import six, sys; print(sys.prefix)")) == "/tmp/env"


def test_node_takes_options_and_runs_commands() -> None:
    assert once(NODE, "--print", "process.version").startswith("v24.")
    assert once(NODE, "id", "node") == "uid=1000(node) gid=1000(node) groups=1000(node)"


def test_npm_installs() -> None:
    assert once(NODE, "sh", "-c", "cd /tmp && npm install --silent is-number && ls node_modules") == "is-number"
