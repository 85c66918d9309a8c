#!/bin/sh
# Makes a fresh clone ready to run. Does nothing that is already done, and needs the network only for what is missing.
#
#   sh resources/packaging/prepare.sh packages     .venv with the locked Python packages and Rightful itself
#   sh resources/packaging/prepare.sh libraries    the system libraries of Qt (Debian and its kin; elsewhere it only looks)
#
# PYTHON names another interpreter (3.11 or newer). pip's own settings (PIP_INDEX_URL, PIP_CERT, ...) are respected.
set -eu
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }
is_debian() { command -v apt-get >/dev/null && grep -Eqs '^ID(_LIKE)?=.*debian' /etc/os-release; }
is_root() { [ "$(id -u)" -eq 0 ]; }

install() {
    command="apt-get install -y --no-install-recommends $*"
    say "Installing: $*"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $command -qq; } >build/apt.log 2>&1 </dev/null && return
    cat build/apt.log >&2
    stop "Could not install them; the output is above. The command was: $command"
}

# --- Python -----------------------------------------------------------------------------------------------------------

is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_recent "$PYTHON" || stop "PYTHON=$PYTHON is not a Python 3.11 or newer."
        return
    fi
    for PYTHON in python3.11 python3.12 python3.13 python3.14 python3; do
        is_recent "$PYTHON" && return
    done
    stop "Rightful needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11"
}

find_venv() {
    "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null && return
    package=$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    is_debian || stop "$PYTHON lacks its modules venv and ensurepip; install them with your system's package tool."
    is_root || stop "$PYTHON lacks its module venv; as root: apt-get install -y $package"
    install "$package"
}

packages() {
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        find_python
        find_venv
        say "Creating .venv with $("$PYTHON" --version)"
        "$PYTHON" -m venv --clear .venv
    fi
    say "Installing the locked Python packages into .venv (about 150 MB the first time)"
    pip="env PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install --quiet --no-input"
    $pip --require-hashes --only-binary :all: --requirement requirements-dev.lock
    $pip --no-deps --no-build-isolation --no-index --editable .
}

# --- Qt's system libraries --------------------------------------------------------------------------------------------

# need, library, Debian package. Qt cannot be loaded without the first kind; a window on a screen needs the second too.
libraries_of_qt='
always libEGL.so.1              libegl1
always libGL.so.1               libgl1
always libX11.so.6              libx11-6
always libxkbcommon.so.0        libxkbcommon0
always libdbus-1.so.3           libdbus-1-3
always libfontconfig.so.1       libfontconfig1
always libfreetype.so.6         libfreetype6
always libglib-2.0.so.0         libglib2.0-0
always libbrotlidec.so.1        libbrotli1
screen libX11-xcb.so.1          libx11-xcb1
screen libxkbcommon-x11.so.0    libxkbcommon-x11-0
screen libxcb-cursor.so.0       libxcb-cursor0
screen libxcb-icccm.so.4        libxcb-icccm4
screen libxcb-keysyms.so.1      libxcb-keysyms1
screen libxcb-shape.so.0        libxcb-shape0
screen libxcb-xkb.so.1          libxcb-xkb1
screen libxcb-image.so.0        libxcb-image0
screen libxcb-render-util.so.0  libxcb-render-util0
screen libwayland-client.so.0   libwayland-client0
screen libwayland-cursor.so.0   libwayland-cursor0
'

missing() { # need, column: what of the table this machine lacks
    installed=$(ldconfig -p)
    printf '%s' "$libraries_of_qt" | while read -r need library package; do
        [ "$need" = "$1" ] || continue
        case $installed in *"$library "*) continue ;; esac
        if [ "$2" = library ]; then printf ' %s' "$library"; else printf ' %s' "$package"; fi
    done
}

libraries() {
    [ "$(uname -s)" = Linux ] || return 0
    always=$(missing always package)
    screen=$(missing screen package)
    [ -n "$always$screen" ] || return 0
    if is_debian && is_root; then
        install $always $screen
        return
    fi
    say "Qt's system libraries are not all here; missing:$(missing always library)$(missing screen library)"
    if is_debian; then say "As root: apt-get install -y --no-install-recommends$always$screen"; fi
    [ -z "$always" ] || stop "Qt cannot be loaded without them."
    say "Going on: without them there can be no window, but all that needs no screen works."
}

mkdir -p build
case ${1:-} in
    packages | libraries) "$1" ;;
    *) stop "usage: prepare.sh packages | libraries" ;;
esac
