#!/bin/sh
# Writes requirements.lock (what the program is installed with and runs on) and requirements-dev.lock (that, and what tests and checks run on):
# exact versions for every system and Python we support, with the hashes of all their files. Names no package index.
#
#   sh resources/packaging/lock.sh [--upgrade]
set -eu
cd "$(dirname "$0")/../.."

resolver=build/lock
[ -x $resolver/bin/uv ] || { "${PYTHON:-python3}" -m venv $resolver && $resolver/bin/python -m pip install --quiet 'uv==0.13.*'; }

lock() {
    $resolver/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --only-binary :all: \
        --no-header --no-annotate "$@"
}
lock "$@" pyproject.toml --extra build --output-file requirements.lock
lock "$@" pyproject.toml --extra build --extra dev --constraints requirements.lock --output-file requirements-dev.lock
