# Sourced by the commands of this folder: what they share of set-up and of talking to a person.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
command_name=$(basename "$0")
step_number=0

if [ -t 1 ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold= plain=; fi

# step TEXT: a numbered headline, with the seconds since the start.
step() {
    step_number=$((step_number + 1))
    printf '%s[%d] %s%s (%d s so far)\n' "$bold" "$step_number" "$*" "$plain" "$SECONDS"
}

fail() {
    printf '%s: %s\n' "$command_name" "$*" >&2
    exit 1
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# As root, or through sudo that asks for no password; fails where neither is to be had.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
may_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

# need_packages NAME...: installs the Debian packages that are missing, or says which. No network when none is.
need_packages() {
    local missing=() name
    for name in "$@"; do is_installed "$name" || missing+=("$name"); done
    [ ${#missing[@]} = 0 ] && return
    may_be_root || fail "packages are missing; install them with: sudo apt-get install ${missing[*]}"
    step "Installing ${missing[*]}"
    local log
    log=$(mktemp)
    if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
        # Lists that are old or absent are the usual reason.
        as_root apt-get update >"$log" 2>&1
        if ! as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
            tail -5 "$log" >&2
            rm -f "$log"
            fail "apt-get could not install ${missing[*]}"
        fi
    fi
    rm -f "$log"
}

# use_sqlite_archive: lets the build link SQLite from Debian's archive, which has the names of all its functions.
use_sqlite_archive() {
    local archive folder=$PWD/.build/sqlite-archive
    archive=$(dpkg-query -L libsqlite3-dev 2>/dev/null | grep '/libsqlite3\.a$')
    [ -f "$archive" ] || return
    mkdir -p "$folder" && ln -sf "$archive" "$folder/libsqlite3.a" && export HEARTH_SQLITE_ARCHIVE=$folder
}

# use_speedscope_schema: speedscope's published schema, out of a package of PyPI that carries it; a download of 10 KB once.
# Without it the tests that need it are skipped.
use_speedscope_schema() {
    local folder=$PWD/.build/speedscope-schema
    local wheel=$folder/speedscope_to_codeperf-0.1.0-py3-none-any.whl
    if [ ! -f "$wheel" ]; then
        /usr/bin/python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
            --dest "$folder" --requirement Tools/lib/speedscope-schema.txt >/dev/null 2>&1 ||
            printf '%s: PyPI is out of reach, so speedscope files are not held against the schema\n' "$command_name" >&2
    fi
    if [ -f "$wheel" ]; then export HEARTH_SPEEDSCOPE_SCHEMA=$wheel; fi
}

# use_pyarrow: Apache Arrow for the image's own Python, into a folder of the build; a download of 50 MB once. Without it the tests that
# need it are skipped.
use_pyarrow() {
    local folder=$PWD/.build/pyarrow
    if [ ! -d "$folder/pyarrow" ]; then
        rm -rf "$folder.part"
        # Whole or not at all: a part of it would be taken for it.
        /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
            --target "$folder.part" --requirement Tools/lib/pyarrow.txt >/dev/null 2>&1 && mv "$folder.part" "$folder" ||
            printf '%s: PyPI is out of reach, so columns are not held against pyarrow\n' "$command_name" >&2
    fi
    if [ -d "$folder/pyarrow" ]; then export HEARTH_PYARROW=$folder; fi
}

# use_python_json: the JSON readers that Python programs use, into a folder of the build; a download of a megabyte once. Without it the bench
# has figures of the one that comes with Python alone.
use_python_json() {
    local folder=$PWD/.build/python-json
    if [ ! -d "$folder/orjson" ]; then
        rm -rf "$folder.part"
        /usr/bin/python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
            --target "$folder.part" --requirement Tools/lib/python-json.txt >/dev/null 2>&1 && mv "$folder.part" "$folder" ||
            printf '%s: PyPI is out of reach, so orjson and ujson are not measured\n' "$command_name" >&2
    fi
    if [ -d "$folder/orjson" ]; then export PYTHONPATH=$folder${PYTHONPATH:+:$PYTHONPATH}; fi
}

need_swift() {
    command -v swift >/dev/null || fail "Swift 6.3 is not on the PATH; install it from swift.org"
}

# build ARGUMENT...: swift build with its progress on a terminal, and only what went wrong elsewhere.
build() {
    if [ -t 1 ]; then
        swift build "$@" || fail "the build failed"
    else
        local log
        log=$(mktemp)
        if ! swift build "$@" >"$log" 2>&1; then
            grep -E 'error|warning:' -A 4 "$log" | head -60 >&2
            rm -f "$log"
            fail "the build failed"
        fi
        rm -f "$log"
    fi
}

# What building Hearth and its pipeline takes, beside Swift's own packages.
build_packages=(libunwind-dev libdw-dev libopenblas-serial-dev libsimdjson-dev libsqlite3-dev libzstd-dev zlib1g-dev)
# libc's inner names (_int_malloc and the like) are in its debug package only.
name_packages=(libc6-dbg)
# What only the tests need: a browser, Go's pprof, perf, readelf and strip, and what checks speedscope files.
test_packages=(
    chromium fonts-dejavu-core golang-go linux-perf binutils curl prometheus python3-jsonschema python3-pip
)
