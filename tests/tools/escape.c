/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A library for LD_PRELOAD: plays somebody who has taken cvmdom over by what it reads. When a
 * thread of it reads for the first time a file below CVM_ESCAPE_FROM, it tries what that somebody
 * would, and writes a line "NAME: done" or "NAME: refused (ERRNO)" for each to standard error.
 *   CVM_ESCAPE_FROM  the folder of the inputs
 *   CVM_ESCAPE_TO    a folder with a file "there", which belongs to others
 * CVM_ESCAPE_FROM=now tries before main(), where nothing is refused yet. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define THERE "there"
#define MADE "made"

static int
keep(int fd)
{
    return fd < 0 ? -1 : close(fd);
}

static int
try_make(void)
{
    return keep(open(MADE, O_WRONLY | O_CREAT, 0600));
}

static int
try_write(void)
{
    return keep(open(THERE, O_WRONLY | O_APPEND));
}

static int
try_truncate(void)
{
    return truncate(THERE, 0);
}

static int
try_remove(void)
{
    return unlink(THERE);
}

static int
try_rename(void)
{
    return rename(THERE, MADE);
}

static int
try_link(void)
{
    return link(THERE, MADE);
}

static int
try_symlink(void)
{
    return symlink(THERE, MADE);
}

static int
try_folder(void)
{
    return mkdir(MADE, 0700);
}

static int
try_fifo(void)
{
    return mkfifo(MADE, 0600);
}

static int
try_chmod(void)
{
    return chmod(THERE, 0777);
}

static int
try_chown(void)
{
    return chown(THERE, geteuid(), getegid());
}

static int
try_touch(void)
{
    return utimensat(AT_FDCWD, THERE, NULL, 0);
}

static int
try_inet(void)
{
    return keep(socket(AF_INET, SOCK_STREAM, 0));
}

static int
try_udp(void)
{
    return keep(socket(AF_INET6, SOCK_DGRAM, 0));
}

static int
try_unix(void)
{
    return keep(socket(AF_UNIX, SOCK_STREAM, 0));
}

/* In a child, so that this goes on when it works. */
static int
try_execute(void)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        execl("/bin/true", "true", NULL);
        _exit(errno);
    }
    if (child < 0 || waitpid(child, &status, 0) < 0) {
        return -1;
    }
    errno = WEXITSTATUS(status);
    return errno ? -1 : 0;
}

static int
try_trace(void)
{
    if (ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) < 0) {
        return -1;
    }
    waitpid(getppid(), NULL, 0);
    return (int)ptrace(PTRACE_DETACH, getppid(), NULL, NULL);
}

static int
try_signal(void)
{
    return kill(getppid(), SIGCONT);
}

/* Of what is no terminal even one that is allowed fails, with ENOTTY. */
static int
try_type(void)
{
    return ioctl(STDIN_FILENO, TIOCSTI, "x") < 0 && errno != ENOTTY ? -1 : 0;
}

/* What the kernel would answer otherwise, since the arguments make no sense: all of it is refused
 * before it looks at them. Of low, middle and high numbers. */
static int
try_nonsense(void)
{
    static const long calls[] = {
        SYS_connect,     SYS_sendto,          SYS_sendmsg,  SYS_bind,     SYS_listen,
        SYS_accept4,     SYS_fchown,          SYS_fchownat, SYS_fchmodat, SYS_setxattr,
        SYS_fsetxattr,   SYS_utimensat,       SYS_add_key,  SYS_keyctl,   SYS_request_key,
        SYS_unshare,     SYS_setns,           SYS_execveat, SYS_sendmmsg, SYS_kcmp,
        SYS_pidfd_getfd, 452 /* fchmodat2 */,
    };

    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (syscall(calls[i], -1L, NULL, -1L, -1L, -1L, -1L) >= 0 || errno != EPERM) {
            return 0;
        }
    }
    return -1;
}

static const struct {
    const char *name;
    int (*attempt)(void);
} attempts[] = {
    { "make", try_make },       { "write", try_write },       { "truncate", try_truncate },
    { "chmod", try_chmod },     { "chown", try_chown },       { "touch", try_touch },
    { "link", try_link },       { "symlink", try_symlink },   { "folder", try_folder },
    { "fifo", try_fifo },       { "rename", try_rename },     { "remove", try_remove },
    { "inet", try_inet },       { "udp", try_udp },           { "unix", try_unix },
    { "execute", try_execute }, { "trace", try_trace },       { "signal", try_signal },
    { "type", try_type },       { "nonsense", try_nonsense },
};

/* A folder of its own for what works, so that attempts do not stand in each other's way. */
static void
try_all(const char *folder)
{
    char line[128];

    if (chdir(folder) < 0) {
        return;
    }
    for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
        int result = attempts[i].attempt();
        int length =
            result < 0 ? snprintf(line, sizeof line, "%s: refused (%d)\n", attempts[i].name, errno)
                       : snprintf(line, sizeof line, "%s: done\n", attempts[i].name);

        if (write(STDERR_FILENO, line, (size_t)length) < 0) {
            _exit(99);
        }
        unlink(MADE);
        rmdir(MADE);
        keep(open(THERE, O_WRONLY | O_CREAT, 0600));
    }
}

/* Whether an input is read for the first time by this thread. */
static int
is_time(int fd)
{
    static __thread int tried;
    const char *from = getenv("CVM_ESCAPE_FROM");
    char link[32], path[PATH_MAX];
    ssize_t length;

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = from && !tried ? readlink(link, path, sizeof path - 1) : -1;
    if (length <= 0 || strncmp(path, from, strlen(from)) != 0) {
        return 0;
    }
    tried = 1;
    return 1;
}

ssize_t
read(int fd, void *buffer, size_t size)
{
    ssize_t (*next)(int, void *, size_t) =
        (ssize_t(*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");

    if (is_time(fd)) {
        int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        try_all(getenv("CVM_ESCAPE_TO"));
        (void)!fchdir(folder);
        close(folder);
    }
    return next(fd, buffer, size);
}

__attribute__((constructor)) static void
start(void)
{
    const char *from = getenv("CVM_ESCAPE_FROM");
    int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (from && strcmp(from, "now") == 0) {
        unsetenv("CVM_ESCAPE_FROM");
        try_all(getenv("CVM_ESCAPE_TO"));
        (void)!fchdir(folder);
    }
    close(folder);
}
