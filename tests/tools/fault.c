/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A library for LD_PRELOAD: lets one call of cvmdom fail, or be interrupted by a signal.
 *   CVM_FAULT        CALL:N:WHAT or CALL@LIBRARY:N:WHAT: the Nth such call, of those that are made
 *                    in LIBRARY; N+ for all from there on
 *   CVM_FAULT_FIRED  a file, which is empty unless it came to that
 *
 *   CALL    malloc (calloc and realloc, too), open, read, write, close, dup, fsync, rename, link,
 *           mkdir, readdir, clock (clock_gettime)
 *   WHAT    an errno such as EIO
 *           SIGTERM and others, raised before the call is made
 *           short: one byte is read or written
 *           gone: the file is removed before it is opened; with a relative path only
 *           grown, shrunk: it gets longer, or empty, before it is read; below this folder only
 *           jump: the clock is a year ahead
 * What the C library does within itself, such as the writing of stdio, is not seen. */
#define _GNU_SOURCE /* RTLD_NEXT, dl_iterate_phdr() */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    YEAR = 365 * 24 * 60 * 60,
    FIRED = 200, /* a descriptor that nobody else gets */
};

enum what { FAILS, INTERRUPTED, SHORT, GONE, GROWN, SHRUNK, JUMP };

static struct {
    int ready; /* -1: nothing is to happen */
    char call[16], library[32];
    long at, calls;
    int from_there_on;
    enum what what;
    int number;           /* of the errno or the signal */
    uintptr_t begin, end; /* of the library's code */
} fault;

static const struct word {
    const char *name;
    enum what what;
    int number;
} words[] = {
    { "EACCES", FAILS, EACCES },
    { "EDQUOT", FAILS, EDQUOT },
    { "EINTR", FAILS, EINTR },
    { "EIO", FAILS, EIO },
    { "EMFILE", FAILS, EMFILE },
    { "ENOENT", FAILS, ENOENT },
    { "ENOMEM", FAILS, ENOMEM },
    { "ENOSPC", FAILS, ENOSPC },
    { "EPIPE", FAILS, EPIPE },
    { "EROFS", FAILS, EROFS },
    { "SIGHUP", INTERRUPTED, SIGHUP },
    { "SIGINT", INTERRUPTED, SIGINT },
    { "short", SHORT, 0 },
    { "SIGKILL", INTERRUPTED, SIGKILL },
    { "SIGTERM", INTERRUPTED, SIGTERM },
    { "gone", GONE, 0 },
    { "grown", GROWN, 0 },
    { "shrunk", SHRUNK, 0 },
    { "jump", JUMP, 0 },
};

/* ---- what is to happen ---- */

/* Opened early, because 'cvmdom lint' gives up opening files for writing. */
static void
open_fired(void)
{
    const char *path = getenv("CVM_FAULT_FIRED");
    long fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;

    if (fd < 0 || syscall(SYS_dup3, fd, FIRED, O_CLOEXEC) < 0) {
        abort();
    }
    syscall(SYS_close, fd);
}

/* The word of CVM_FAULT, and nothing but that: a mistake must not look like a fault survived. */
static void
read_fault(void)
{
    const char *text = getenv("CVM_FAULT");
    char word[16], call[48], *library;
    char plus[2] = "";

    fault.ready = -1;
    if (!text || !strstr(program_invocation_short_name, "cvmdom")) {
        return; /* not what a libtool wrapper runs before it */
    }
    if (sscanf(text, "%47[^:]:%ld%1[+]:%15s", call, &fault.at, plus, word) != 4 &&
        sscanf(text, "%47[^:]:%ld:%15s", call, &fault.at, word) != 3) {
        abort();
    }
    fault.from_there_on = plus[0] == '+';
    library = strchr(call, '@');
    if (library) {
        *library++ = '\0';
        snprintf(fault.library, sizeof(fault.library), "%.31s", library);
    }
    snprintf(fault.call, sizeof(fault.call), "%.15s", call);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        if (strcmp(words[i].name, word) == 0) {
            fault.what = words[i].what;
            fault.number = words[i].number;
            fault.ready = 1;
            open_fired();
            return;
        }
    }
    abort();
}

static int
find_library(struct dl_phdr_info *info, size_t size, void *payload)
{
    const char *name = strrchr(info->dlpi_name, '/');

    (void)size;
    (void)payload;
    if (!name || !strstr(name, fault.library)) {
        return 0;
    }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];

        if (part->p_type == PT_LOAD && part->p_flags & PF_X) {
            fault.begin = info->dlpi_addr + part->p_vaddr;
            fault.end = fault.begin + part->p_memsz;
        }
    }
    return 1;
}

static int
is_caller(const void *caller)
{
    if (fault.library[0] == '\0') {
        return 1;
    }
    if (fault.end == 0) {
        dl_iterate_phdr(find_library, NULL);
    }
    return (uintptr_t)caller >= fault.begin && (uintptr_t)caller < fault.end;
}

/* Whether it happens in this call. A signal is raised here already. */
static int
happens(const char *call, const void *caller)
{
    long number;

    if (fault.ready == 0) {
        read_fault();
    }
    if (fault.ready < 0 || strcmp(fault.call, call) != 0 || !is_caller(caller)) {
        return 0;
    }
    number = __atomic_add_fetch(&fault.calls, 1, __ATOMIC_RELAXED); /* 'lint' has several threads */
    if (number != fault.at && !(fault.from_there_on && number > fault.at)) {
        return 0;
    }
    if (number == fault.at) {
        syscall(SYS_write, FIRED, "\n", 1);
    }
    if (fault.what == INTERRUPTED) {
        kill(getpid(), fault.number);
    }
    return 1;
}

/* The same of a call that can do nothing but fail; errno is set. */
static int
fails(const char *call, const void *caller)
{
    if (!happens(call, caller) || fault.what != FAILS) {
        return 0;
    }
    errno = fault.number;
    return 1;
}

#define FAILS_HERE(call) fails(call, __builtin_return_address(0))
#define NEXT(function) ((__typeof__(&(function)))next(#function))

static void *
next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* ---- memory: before dlsym(), which allocates ---- */

extern void *
__libc_malloc(size_t size);
extern void *
__libc_calloc(size_t count, size_t size);
extern void *
__libc_realloc(void *old, size_t size);

void *
malloc(size_t size)
{
    return FAILS_HERE("malloc") ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
    return FAILS_HERE("malloc") ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
    return FAILS_HERE("malloc") ? NULL : __libc_realloc(old, size);
}

/* ---- files ---- */

int
__open_2(const char *path, int flags);
int
__open64_2(const char *path, int flags);
ssize_t
__read_chk(int fd, void *buffer, size_t size, size_t room);

static int
open_at(const char *path, int flags, mode_t mode, const void *caller)
{
    if (happens("open", caller)) {
        if (fault.what == FAILS) {
            errno = fault.number;
            return -1;
        }
        if (fault.what == GONE && path[0] != '/') { /* a file of the test's */
            unlink(path);
        }
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...)                                                     \
    {                                                                                              \
        va_list args;                                                                              \
        mode_t mode;                                                                               \
                                                                                                   \
        va_start(args, flags);                                                                     \
        mode = va_arg(args, mode_t); /* of no meaning without O_CREAT */                           \
        va_end(args);                                                                              \
        return open_at(path, flags, mode, __builtin_return_address(0));                            \
    }
OPEN(open)
OPEN(open64)

/* What the headers make of calls when the C library is to check them (_FORTIFY_SOURCE). */
int
__open_2(const char *path, int flags)
{
    return open_at(path, flags, 0, __builtin_return_address(0));
}

int
__open64_2(const char *path, int flags)
{
    return open_at(path, flags, 0, __builtin_return_address(0));
}

/* What somebody else does to the file that fd is open on. */
static void
change_length(int fd)
{
    char link[64], path[PATH_MAX] = "", here[PATH_MAX] = "";
    struct stat status;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof(path) - 1) < 0 || !getcwd(here, sizeof(here)) ||
        strncmp(path, here, strlen(here)) != 0) {
        return; /* no file of the test's */
    }
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
        truncate(link, fault.what == GROWN ? status.st_size + 1 : 0) < 0) {
        abort();
    }
}

static ssize_t
read_from(int fd, void *buffer, size_t size, const void *caller)
{
    if (happens("read", caller)) {
        if (fault.what == FAILS) {
            errno = fault.number;
            return -1;
        }
        if (fault.what == SHORT && size > 1) {
            size = 1;
        } else if (fault.what == GROWN || fault.what == SHRUNK) {
            change_length(fd);
        }
    }
    return syscall(SYS_read, fd, buffer, size);
}

ssize_t
read(int fd, void *buffer, size_t size)
{
    return read_from(fd, buffer, size, __builtin_return_address(0));
}

ssize_t
__read_chk(int fd, void *buffer, size_t size, size_t room)
{
    (void)room;
    return read_from(fd, buffer, size, __builtin_return_address(0));
}

ssize_t
write(int fd, const void *data, size_t size)
{
    if (happens("write", __builtin_return_address(0))) {
        if (fault.what == FAILS) {
            errno = fault.number;
            return -1;
        }
        size = fault.what == SHORT && size > 1 ? 1 : size;
    }
    return syscall(SYS_write, fd, data, size);
}

/* The descriptor is closed, whatever is reported (close(2)). */
int
close(int fd)
{
    int failed = FAILS_HERE("close"), number = errno, result = (int)syscall(SYS_close, fd);

    errno = failed ? number : errno;
    return failed ? -1 : result;
}

int
dup(int fd)
{
    return FAILS_HERE("dup") ? -1 : (int)syscall(SYS_dup, fd);
}

/* Not waited for: no test cuts the power, and there are hundreds. */
int
fsync(int fd)
{
    (void)fd;
    return FAILS_HERE("fsync") ? -1 : 0;
}

int
rename(const char *from, const char *to)
{
    return FAILS_HERE("rename") ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
link(const char *from, const char *to)
{
    return FAILS_HERE("link") ? -1 : (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
mkdir(const char *path, mode_t mode)
{
    return FAILS_HERE("mkdir") ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

struct dirent *
readdir(DIR *folder)
{
    return FAILS_HERE("readdir") ? NULL : NEXT(readdir)(folder);
}

struct dirent64 *
readdir64(DIR *folder)
{
    return FAILS_HERE("readdir") ? NULL : NEXT(readdir64)(folder);
}

/* ---- the clock ---- */

int
clock_gettime(clockid_t clock, struct timespec *time)
{
    long result = syscall(SYS_clock_gettime, clock, time);

    if (result == 0 && happens("clock", __builtin_return_address(0))) {
        time->tv_sec += YEAR;
    }
    return (int)result;
}
