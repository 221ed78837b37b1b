#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# tests/debian13.sh [COMMAND]: the suite, or another COMMAND, on Debian 13: libvirt 11.3 and QEMU 10, with SEV-SNP. Not part
# of make check: make check-debian13 and .ci/run start it. It needs root, debootstrap and a mirror, and exits with 77 and a
# reason where one of them is missing.
#
# The system is made in $CVMDOM_DEBIAN13 (debian13 in the build folder unless set), from the mirror that this machine's apt
# uses, and kept for the next time. Nothing is ever mounted there but in a mount namespace that ends with its command: it
# can be removed with rm -rf at any time.
set -eu
: "${srcdir:?run this by make check-debian13}" "${builddir:?}"
suite=trixie
root=${CVMDOM_DEBIAN13:-$builddir/debian13}
command=${1:-./autogen.sh check}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/debian13.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 143' HUP INT TERM

skip()
{
    printf 'SKIP: %s\n' "$*"
    exit 77
}

# The addresses of this machine's package sources, of both formats, and the public mirror at last.
mirrors()
{
    for list in /etc/apt/sources.list.d/*.sources; do
        [ ! -e "$list" ] || sed -n 's/^[Uu][Rr][Ii][Ss]: *//p' "$list" | tr ' ' '\n'
    done
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -e "$list" ] || sed -n 's/^deb  *\(\[[^]]*\] *\)\{0,1\}\([^ ]*\) .*/\2/p' "$list"
    done
    echo http://deb.debian.org/debian
}

# A list of mirrors stands for its first line.
address()
{
    case $1 in
    mirror+file:*) sed -n 's/^\([^# \t][^ \t]*\).*/\1/p' "${1#mirror+file:}" | head -n 1 ;;
    *) printf '%s\n' "$1" ;;
    esac
}

# The first one that has Debian's own packages for $suite: other vendors have suites of that name, too.
find_mirror()
{
    mirrors | while read -r uri; do
        uri=$(address "$uri")
        rm -f "$scratch/release"
        if /usr/lib/apt/apt-helper download-file "${uri%/}/dists/$suite/InRelease" "$scratch/release" \
            >"$scratch/log" 2>&1 && grep -q '^Origin: Debian$' "$scratch/release"; then
            printf '%s\n' "${uri%/}"
            break
        fi
    done
}

# apt's proxy is not debootstrap's.
proxy()
{
    eval "$(apt-config shell value "Acquire::$1::Proxy")"
    case ${value-} in
    '' | DIRECT) ;;
    *) printf '%s\n' "$value" ;;
    esac
}

# in_namespaces COMMAND…: where what it mounts, and what it leaves running, ends with it.
in_namespaces()
{
    unshare --mount --pid --fork --kill-child --propagation private "$@"
}

make_system()
{
    mirror=$(find_mirror)
    [ -n "$mirror" ] || skip "no mirror with Debian's $suite can be reached"
    printf '==> debootstrap %s %s\n' "$suite" "$mirror"
    rm -rf "$root.new"
    mkdir -p "$root.new"
    in_namespaces env http_proxy="${http_proxy-$(proxy http)}" https_proxy="${https_proxy-$(proxy https)}" \
        debootstrap --variant=minbase "$suite" "$root.new" "$mirror" >"$root.log" 2>&1 || {
        tail -n 40 "$root.log"
        exit 1
    }
    # no daemon is to be started by its package
    printf '#!/bin/sh\nexit 101\n' >"$root.new/usr/sbin/policy-rc.d"
    chmod 755 "$root.new/usr/sbin/policy-rc.d"
    rm -rf "$root"
    mv "$root.new" "$root"
}

# Each time, as they may have changed.
copy_settings()
{
    cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || :
    apt-config dump | grep -i '^Acquire::https\{0,1\}::proxy' >"$root/etc/apt/apt.conf.d/90proxy" || :
}

# What git knows or would add; without git this is an archive, of which make knows the content.
copy_source()
{
    rm -rf "$root/root/cvmdom"
    mkdir "$root/root/cvmdom"
    if [ -e "$srcdir/.git" ]; then
        (cd "$srcdir" && git ls-files -z --cached --others --exclude-standard |
            tar --create --null --files-from=- --ignore-failed-read) | tar --extract --directory "$root/root/cvmdom"
    else
        make -C "$builddir" distdir distdir=debian13.source >"$scratch/log" 2>&1 || {
            cat "$scratch/log"
            exit 1
        }
        cp -R "$builddir/debian13.source/." "$root/root/cvmdom"
        rm -rf "$builddir/debian13.source"
    fi
}

# Its root is a mount of its own, so that namespaces within it can change the propagation of theirs.
# shellcheck disable=SC2016 # expanded by the shells below
run_inside()
{
    in_namespaces sh -ec '
        mount --bind "$1" "$1"
        mount -t proc proc "$1/proc"
        mount --rbind /sys "$1/sys"
        mount --rbind /dev "$1/dev"
        exec chroot "$1" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            TERM=dumb LANG=C.UTF-8 sh -c "cd /root/cvmdom && $2"' sh "$root" "$1"
}

[ "$(id -u)" -eq 0 ] || skip 'only root can make a Debian 13'
for tool in debootstrap unshare apt-config /usr/lib/apt/apt-helper; do
    command -v "$tool" >/dev/null || skip "no $tool (./autogen.sh tools installs what there is of it)"
done
in_namespaces true 2>"$scratch/log" || skip "no namespaces: $(cat "$scratch/log")"
[ -x "$root/usr/sbin/policy-rc.d" ] || make_system
copy_settings
copy_source
status=0
run_inside "$command" || status=$?
[ $# -eq 0 ] || exit "$status"
[ "$status" -eq 0 ] || exit 1

# What this is for must have been done.
log=$root/root/cvmdom/build/tests/live-chain.log
grep -h '^snp' "$log" || :
if ! grep -q '^snp-minimal by libvirtd: started' "$log" || ! grep -q '^snp-minimal by the embedded driver: started' "$log"; then
    printf 'No SEV-SNP guest was taken through all of tests/live-chain.sh:\n'
    tail -n 20 "$log"
    exit 1
fi
