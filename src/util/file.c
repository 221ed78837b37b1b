/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/error.h"
#include "util/i18n.h"

enum { READ_STEP = 32 * 1024, HUGE_PAGE = 2 << 20 /* of x86-64 */ };

/* A FIFO is waited for, and a signal may end that. */
static int
open_retrying(const char *path, int flags)
{
    int fd;

    do {
        fd = open(path, flags | O_CLOEXEC);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

static int
open_input(const char *path, int flags, struct stat *status, GError **error)
{
    int fd = g_str_equal(path, "-") ? dup(STDIN_FILENO) : open_retrying(path, O_RDONLY | flags);

    if (fd >= 0 && fstat(fd, status) == 0) {
        if (!S_ISDIR(status->st_mode)) {
            return fd;
        }
        errno = EISDIR;
    }
    cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0, _("cannot read '%1$s': %2$s"), path,
                     g_strerror(errno));
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static ssize_t
read_retrying(int fd, char *to, size_t size)
{
    ssize_t got;

    do {
        got = read(fd, to, size);
    } while (got < 0 && errno == EINTR);
    return got;
}

static int
refuse_size(const char *path, size_t limit, GError **error)
{
    return cvm_error_set_at(error, CVM_ERROR_SYNTAX, path, 0, 0,
                            _("'%1$s' is larger than %2$zu bytes, the limit for such a file"), path,
                            limit);
}

/* Somebody wrote it anew, and this is a part of it. What is not as long as it claims, as in sysfs,
 * stays that way. */
static gboolean
has_shrunk(int fd, const struct stat *before, size_t used)
{
    struct stat after;

    return S_ISREG(before->st_mode) && used < (size_t)before->st_size && fstat(fd, &after) == 0 &&
           after.st_size != before->st_size;
}

/* For a firmware image: in small pages its bytes would take a fault each 4 KiB, and these as long
 * as hashing half of it. The caller's to g_free(). */
static char *
new_buffer(size_t size)
{
    size_t huge = size / HUGE_PAGE * HUGE_PAGE;
    void *buffer = NULL;

    if (huge == 0 || posix_memalign(&buffer, HUGE_PAGE, size) != 0) {
        return g_malloc(size);
    }
    madvise(buffer, huge, MADV_HUGEPAGE); /* where the kernel has none, it is as before */
    return buffer;
}

/* The whole of fd, which it closes. */
static int
read_all(int fd, const char *path, const struct stat *status, size_t limit, char **data,
         size_t *size, GError **error)
{
    g_autofree char *buffer = NULL;
    size_t room = READ_STEP, used = 0;
    ssize_t got;

    if (S_ISREG(status->st_mode) && status->st_size > 0) {
        if ((guint64)status->st_size > limit) {
            close(fd);
            return refuse_size(path, limit, error);
        }
        room = (size_t)status->st_size + 1;
    }
    buffer = new_buffer(room + 1);
    while ((got = read_retrying(fd, buffer + used, room - used)) > 0) {
        used += (size_t)got;
        if (used > limit) {
            close(fd);
            return refuse_size(path, limit, error);
        }
        if (used == room) {
            room *= 2;
            buffer = g_realloc(buffer, room + 1);
        } else if (used == (size_t)status->st_size) {
            break; /* its end: one more was asked for */
        }
    }
    if (got < 0) {
        cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0, _("cannot read '%1$s': %2$s"), path,
                         g_strerror(errno));
    } else if (has_shrunk(fd, status, used)) {
        got = cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0,
                               _("'%s' changed while it was read; try again when nobody writes "
                                 "to it"),
                               path);
    }
    close(fd);
    if (got < 0) {
        return -1;
    }
    buffer[used] = '\0';
    *data = g_steal_pointer(&buffer);
    *size = used;
    return 0;
}

int
cvm_file_read(const char *path, size_t limit, char **data, size_t *size, GError **error)
{
    struct stat status;
    int fd = open_input(path, 0, &status, error);

    return fd < 0 ? -1 : read_all(fd, path, &status, limit, data, size, error);
}

int
cvm_file_read_regular(const char *path, size_t limit, char **data, size_t *size, GError **error)
{
    struct stat status;
    int fd = open_input(path, O_NONBLOCK, &status, error);

    if (fd >= 0 && !S_ISREG(status.st_mode)) {
        close(fd);
        return cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0,
                                _("cannot read '%s': it is no regular file"), path);
    }
    return fd < 0 ? -1 : read_all(fd, path, &status, limit, data, size, error);
}

static int
write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t put = write(fd, data, size);

        if (put < 0 && errno != EINTR) {
            return -1;
        }
        data += MAX(put, 0);
        size -= (size_t)MAX(put, 0);
    }
    return 0;
}

/* To what is no regular file, a pipe or a device: renaming a file over /dev/full would replace it.
 */
static int
write_straight(const char *path, const char *data, size_t size, GError **error)
{
    int fd = open_retrying(path, O_WRONLY);
    int failure = fd < 0 || write_all(fd, data, size) < 0 ? errno : 0;

    /* Closed it is in any case; what a signal interrupted was written before (close(2)). */
    if (fd >= 0 && close(fd) < 0 && failure == 0 && errno != EINTR) {
        failure = errno;
    }
    return failure == 0
               ? 0
               : cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0, _("cannot write '%1$s': %2$s"),
                                  path, g_strerror(failure));
}

void
cvm_signals_hold(sigset_t *before)
{
    sigset_t ours;

    sigemptyset(&ours);
    sigaddset(&ours, SIGHUP);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGQUIT);
    sigaddset(&ours, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ours, before);
}

void
cvm_signals_release(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* GLib's, whose temporary file no signal may leave behind. */
static int
replace(const char *path, const char *data, size_t size, int mode, GError **error)
{
    sigset_t before;
    gboolean done;

    cvm_signals_hold(&before);
    done = g_file_set_contents_full(path, data, (gssize)size,
                                    G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                    mode, error);
    cvm_signals_release(&before);
    return done ? 0 : -1;
}

int
cvm_file_write_as(const char *path, const char *data, size_t size, int mode, GError **error)
{
    g_autoptr(GError) cause = NULL;
    /* The file that a symbolic link leads to is replaced, not the link. */
    g_autofree char *target = realpath(path, NULL);
    int failure = errno;
    struct stat status;

    /* A link that leads nowhere, or round and round, would be replaced. */
    if (!target && lstat(path, &status) == 0) {
        return cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0, _("cannot write '%1$s': %2$s"),
                                path, g_strerror(failure));
    }
    if (target && stat(target, &status) == 0) {
        if (!S_ISREG(status.st_mode)) {
            return write_straight(path, data, size, error);
        }
        mode = (int)(status.st_mode & 0777);
    }
    if (replace(target ? target : path, data, size, mode, &cause) == 0) {
        return 0;
    }
    return cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0, _("cannot write '%1$s': %2$s"), path,
                            cause->message);
}

int
cvm_file_write(const char *path, const char *data, size_t size, GError **error)
{
    return cvm_file_write_as(path, data, size, 0666, error);
}

/* Bytes read, one more than room when there were more; -1, and errno, on failure. */
static ssize_t
fill(int fd, char *buffer, size_t room)
{
    size_t used = 0;
    ssize_t got = 1;
    char more;

    while (used < room && got > 0) {
        got = read_retrying(fd, buffer + used, room - used);
        used += (size_t)MAX(got, 0);
    }
    if (got > 0) {
        got = read_retrying(fd, &more, 1);
        used += (size_t)MAX(got, 0);
    }
    return got < 0 ? -1 : (ssize_t)used;
}

/* fill() of what path names, -1 with the error on failure. */
static ssize_t
fill_from(const char *path, void *buffer, size_t room, GError **error)
{
    struct stat status;
    int fd = open_input(path, 0, &status, error);
    ssize_t used;

    if (fd < 0) {
        return -1;
    }
    used = fill(fd, buffer, room);
    if (used < 0) {
        cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0, _("cannot read '%1$s': %2$s"), path,
                         g_strerror(errno));
        explicit_bzero(buffer, room);
    }
    close(fd);
    return used;
}

int
cvm_file_read_into(const char *path, void *buffer, size_t room, size_t *size, GError **error)
{
    ssize_t used = fill_from(path, buffer, room, error);

    if (used < 0) {
        return -1;
    }
    if ((size_t)used > room) {
        explicit_bzero(buffer, room);
        return refuse_size(path, room, error);
    }
    *size = (size_t)used;
    return 0;
}

int
cvm_file_read_exactly(const char *path, void *buffer, size_t size, GError **error)
{
    ssize_t used = fill_from(path, buffer, size, error);

    if (used < 0) {
        return -1;
    }
    if ((size_t)used != size) {
        explicit_bzero(buffer, size);
        return cvm_error_set_at(error, CVM_ERROR_SYNTAX, path, 0, 0,
                                _("'%1$s' is not %2$zu bytes long"), path, size);
    }
    return 0;
}

/* Under another name first, so that nobody ever sees half a file; link() fails where the name is
 * taken. */
int
cvm_file_write_new(const char *path, const void *data, size_t size, int mode, GError **error)
{
    g_autofree char *draft = g_strdup_printf("%s.XXXXXX", path);
    sigset_t before;
    int fd, failure;

    cvm_signals_hold(&before);
    fd = g_mkstemp_full(draft, O_WRONLY | O_CLOEXEC, 0600);
    failure = fd < 0 ? errno : 0;
    if (fd >= 0) {
        if (write_all(fd, data, size) < 0 || fchmod(fd, (mode_t)mode) < 0 || fsync(fd) < 0 ||
            link(draft, path) < 0) {
            failure = errno;
        }
        close(fd);
        unlink(draft);
    }
    cvm_signals_release(&before);
    return failure == 0
               ? 0
               : cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0, _("cannot write '%1$s': %2$s"),
                                  path, g_strerror(failure));
}
