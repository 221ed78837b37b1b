#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# From a clone to a build:
#   ./autogen.sh        writes configure (autoreconf), and says what comes next
#   ./autogen.sh demo   installs what is missing, builds in ./build, and turns a profile into a checked domain XML
#   ./autogen.sh check  the same, then runs the whole test suite
#   ./autogen.sh tools  installs what .ci/run's further gates use, and nothing else
set -eu

# The packages, by Debian's names; this is the only list of them.
build_packages='autoconf automake libtool autopoint gettext pkg-config gcc libc6-dev make
    libglib2.0-dev libxml2-dev libyaml-dev libjansson-dev libssl-dev libglpk-dev libvirt-dev'
test_packages='check chromium-headless-shell g++ git libxml2-utils python3 python3-cryptography python3-jsonschema python3-lxml python3-yaml mandoc
    iproute2 shellcheck universal-ctags libvirt-clients libvirt-clients-qemu libvirt-daemon libvirt-daemon-driver-qemu qemu-system-x86 ovmf systemd valgrind virtinst'
gate_packages='clang clang-format clang-tidy clang-tools cppcheck debootstrap libclang-rt-dev xz-utils'

demo_profile=profiles/snp-minimal.yaml
demo_host=epyc-genoa-snp

usage()
{
    sed -n '3,7s/^# \{0,1\}//p' "$0"
}

say()
{
    printf '==> %s\n' "$*"
}

# A stale log must not explain a new failure; a failure shows its own.
quietly()
{
    log=$1
    shift
    "$@" >"$log" 2>&1 && return
    status=$?
    printf '%s: failed with status %s; the end of its output (all of it is in %s):\n' "$*" "$status" "$log" >&2
    tail -n 60 "$log" >&2
    exit 1
}

as_root()
{
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# The given packages that dpkg does not have.
missing_packages()
{
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
    done
}

apt_install()
{
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "$@"
}

# Sets installed=yes when something was installed.
install_packages()
{
    installed=no
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        printf 'No apt-get here. Install what these packages of Debian hold, then ./autogen.sh, ./configure and make:\n' >&2
        printf '  %s\n' "$@" >&2
        exit 1
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        printf 'These packages are missing, and only root can install them:\n  apt-get install %s\n' "$missing" >&2
        exit 1
    fi
    say "apt-get install $missing"
    mkdir -p build
    # Without package lists, or with old ones, the first try fails; sudo's question for a password stays visible.
    # shellcheck disable=SC2086 # a list of words
    if ! apt_install $missing >build/apt.log 2>&1; then
        say "apt-get update"
        quietly build/apt-update.log as_root apt-get update --quiet
        # shellcheck disable=SC2086
        quietly build/apt.log apt_install $missing
    fi
    installed=yes
}

reconfigure()
{
    say "autoreconf --install --force"
    quietly build/autoreconf.log autoreconf --install --force
    say "configure (in ./build)"
    (cd build && quietly configure.log ../configure)
}

# make's own rules follow later changes; only a first time, or new packages, need configure again.
build()
{
    mkdir -p build
    if [ "$installed" = yes ] || [ ! -x configure ] || [ ! -e build/config.status ] || [ ! -e build/Makefile ]; then
        reconfigure
    fi
    jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
    say "make -j$jobs (in ./build)"
    quietly build/make.log make -C build -j"$jobs"
}

show()
{
    say "$*"
    "$@"
}

demo()
{
    cvmdom=build/src/cvmdom
    CVMDOM_DATA_DIR=$PWD/profiles
    export CVMDOM_DATA_DIR
    show "$cvmdom" lint "$demo_profile" --host "$demo_host"
    show "$cvmdom" render "$demo_profile" --host "$demo_host"
}

run_tests()
{
    say "make -j$jobs check (in ./build)"
    status=0
    make -C build -j"$jobs" check >build/check.log 2>&1 || status=$?
    grep -E '^(PASS|FAIL|SKIP|XPASS|ERROR|XFAIL): ' build/check.log | while read -r result test; do
        reason=
        [ "$result" != SKIP: ] || reason=$(sed '/^SKIP .*exit status/d' "build/${test%.sh}.log" | tail -n 1)
        printf '%s %s%s\n' "$result" "$test" "${reason:+ ($reason)}"
    done
    grep -E '^# [A-Z]+: +[0-9]+' build/check.log || :
    if [ "$status" -ne 0 ]; then
        for log in build/tests/*.log build/tests/*/*.log; do
            grep -qsE '^:test-result: (FAIL|ERROR)' "${log%.log}.trs" || continue
            printf '\n%s:\n' "$log" >&2
            tail -n 40 "$log" >&2
        done
        grep -q '^Testsuite summary' build/check.log || tail -n 60 build/check.log >&2
        printf 'make check failed; all of its output is in build/check.log\n' >&2
        exit 1
    fi
}

case $0 in
*/*) cd -P "${0%/*}" ;;
esac
[ $# -le 1 ] || {
    usage >&2
    exit 3
}
# shellcheck disable=SC2086 # the lists are words
case ${1-} in
'')
    autoreconf --install --force
    printf '\nNext: ./configure && make && make check; or, with everything installed that it takes:\n'
    sed -n '5,6s/^# */  /p' autogen.sh
    ;;
demo)
    install_packages $build_packages
    build
    demo
    ;;
check)
    install_packages $build_packages $test_packages
    build
    demo
    run_tests
    ;;
tools)
    install_packages $build_packages $test_packages $gate_packages
    ;;
-h | --help)
    usage
    ;;
*)
    usage >&2
    exit 3
    ;;
esac
