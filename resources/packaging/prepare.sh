#!/bin/sh
# Makes a fresh clone ready to run. Does nothing that is already done, and needs the network only for what is missing.
#
#   sh resources/packaging/prepare.sh system      Python's venv and the libraries Qt needs; as root on Debian and its kin
#                                                 they are installed, elsewhere what is missing is named
#   sh resources/packaging/prepare.sh packages    .venv, with the locked Python packages and Rightful itself
#
# PYTHON names another interpreter (3.11 or newer). pip's own settings (PIP_INDEX_URL, PIP_CERT, ...) are respected.
set -eu
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }
stop() {
    printf '%s\n' "$*" >&2
    exit 1
}

# --- Python -----------------------------------------------------------------------------------------------------------

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
has_venv() { "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }
has_environment() { [ -e .venv/bin/pip ] && .venv/bin/python -c '' 2>/dev/null; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_recent "$PYTHON" || stop "PYTHON=$PYTHON is not a Python 3.11 or newer."
        return
    fi
    for PYTHON in python3.11 python3.12 python3.13 python3.14 python3; do
        if is_recent "$PYTHON"; then return; fi
    done
    stop "Rightful needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11"
}

packages() {
    if ! has_environment; then
        find_python
        say "Creating .venv with $("$PYTHON" --version)"
        "$PYTHON" -m venv --clear .venv
    fi
    say "Installing the locked Python packages into .venv (about 150 MB the first time)"
    pip="env PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install --quiet --no-input"
    $pip --require-hashes --only-binary :all: --requirement requirements-dev.lock
    $pip --no-deps --no-build-isolation --no-index --editable .
}

# --- The system -------------------------------------------------------------------------------------------------------

# Tables of library and Debian package.

without_these_qt_cannot_be_loaded() {
    cat <<'END'
libEGL.so.1              libegl1
libGL.so.1               libgl1
libX11.so.6              libx11-6
libxkbcommon.so.0        libxkbcommon0
libdbus-1.so.3           libdbus-1-3
libfontconfig.so.1       libfontconfig1
libfreetype.so.6         libfreetype6
libglib-2.0.so.0         libglib2.0-0
libbrotlidec.so.1        libbrotli1
END
}

without_these_qt_cannot_open_a_window() {
    cat <<'END'
libX11-xcb.so.1          libx11-xcb1
libxkbcommon-x11.so.0    libxkbcommon-x11-0
libxcb-cursor.so.0       libxcb-cursor0
libxcb-icccm.so.4        libxcb-icccm4
libxcb-keysyms.so.1      libxcb-keysyms1
libxcb-shape.so.0        libxcb-shape0
libxcb-xkb.so.1          libxcb-xkb1
libxcb-image.so.0        libxcb-image0
libxcb-render-util.so.0  libxcb-render-util0
libwayland-client.so.0   libwayland-client0
libwayland-cursor.so.0   libwayland-cursor0
END
}

lacking() { # a table -> the rows whose library this system does not have, as library=package
    known=$(ldconfig -p)
    while read -r library package; do
        case "$known" in
            *"$library "*) ;;
            *) printf ' %s=%s' "$library" "$package" ;;
        esac
    done
}
libraries_in() { for row in $1; do printf ' %s' "${row%%=*}"; done; }
packages_in() { for row in $1; do printf ' %s' "${row#*=}"; done; }

is_debian() { command -v apt-get >/dev/null && grep -Eqs '^ID(_LIKE)?=.*debian' /etc/os-release; }

install() {
    say "Installing: $*"
    mkdir -p build
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@"; } >build/apt.log 2>&1 </dev/null; then
        cat build/apt.log >&2
        stop "They could not be installed; what apt-get said is above."
    fi
}

system() {
    venv=
    if ! has_environment; then
        find_python
        has_venv || venv=" venv=$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    needed=$venv
    wanted=
    if [ "$(uname -s)" = Linux ]; then
        needed=$needed$(without_these_qt_cannot_be_loaded | lacking)
        wanted=$(without_these_qt_cannot_open_a_window | lacking)
    fi
    [ -n "$needed$wanted" ] || return 0

    if is_debian && [ "$(id -u)" -eq 0 ]; then
        install $(packages_in "$needed$wanted")
        [ -z "$venv" ] || has_venv || stop "$PYTHON still lacks its modules venv and ensurepip; choose another with PYTHON=..."
        return
    fi
    say "Missing on this system:$(libraries_in "$needed$wanted")"
    if is_debian; then say "As root: apt-get install --no-install-recommends$(packages_in "$needed$wanted")"; fi
    [ -z "$needed" ] || stop "Rightful cannot go on without:$(libraries_in "$needed")"
    say "Going on: only windows on a screen need them."
}

case ${1:-} in
    system | packages) "$1" ;;
    *) stop "usage: prepare.sh system | packages" ;;
esac
