#!/bin/sh
# Run uv with the given arguments; where there is none, install it into .flack/uv first.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
own="$root/.flack/uv"

fail() {
    echo "$1" >&2
    exit 1
}

# Found is not enough: a version manager's stand-in may be in PATH without a uv behind it.
if uv --version >/dev/null 2>&1; then
    exec uv "$@"
fi
if [ -x "$own/bin/uv" ]; then
    exec "$own/bin/uv" "$@"
fi

is_new_enough() {
    python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

can_make_venvs() {
    python3 -c 'import ensurepip, venv' 2>/dev/null
}

install_venv_package() {
    command -v apt-get >/dev/null || return 1
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root="sudo -n"
    fi
    echo "Installing python3-venv ..."
    $as_root apt-get -qq update && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install --yes --no-install-recommends python3 python3-venv >/dev/null 2>&1
}

if ! is_new_enough || ! can_make_venvs; then
    install_venv_package || fail "Missing: Python 3.11 or later with venv. Install it with: apt-get install python3 python3-venv"
fi
is_new_enough || fail "Flack needs Python 3.11 or later, and python3 here is older."
can_make_venvs || fail "Missing: Python's venv module. Install it with: apt-get install python3-venv"

echo "Installing uv ..."
rm -rf "$own"
python3 -m venv "$own"
"$own/bin/pip" install --quiet --disable-pip-version-check "uv>=0.9,<1" || {
    rm -rf "$own"
    fail "uv could not be installed; see above."
}
exec "$own/bin/uv" "$@"
