/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each step of a path is looked at before it is taken, relative to the folder that is open already:
 * whoever changes the tree meanwhile cannot lead us out of it. openat2() would do the same, but not
 * on every kernel and not below every seccomp filter. */
#include "config.h" /* O_PATH */

#include "util/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "util/error.h"
#include "util/i18n.h"

enum {
    MAX_DEPTH = 64,
    MAX_LINKS = 40, /* as Linux follows in one path */
    MAX_STEPS = 1024,
    MAX_NAMES = 65536,
    READ_STEP = 16 * 1024,
};

struct cvm_tree {
    int root;
};

struct cvm_tree *
cvm_tree_open(const char *root, GError **error)
{
    const char *path = *root ? root : "/";
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct cvm_tree *tree;

    if (fd < 0) {
        cvm_error_set_at(error, CVM_ERROR_IO, path, 0, 0, _("cannot read the folder '%1$s': %2$s"),
                         path, g_strerror(errno));
        return NULL;
    }
    tree = g_new0(struct cvm_tree, 1);
    tree->root = fd;
    return tree;
}

void
cvm_tree_free(struct cvm_tree *tree)
{
    if (tree) {
        close(tree->root);
        g_free(tree);
    }
}

/* ---- the way to a file ---- */

struct walk {
    int folders[MAX_DEPTH]; /* [0] is the root, and the tree's */
    unsigned depth;         /* of the folder we are in */
    unsigned links;
    GString *rest;           /* steps to be taken */
    int file;                /* what the path ends at when that is no folder, or -1 */
    char name[NAME_MAX + 2]; /* room for one that is too long, which nothing is called */
    struct stat status;      /* of the file or the folder */
};

static void
leave_to(struct walk *walk, unsigned depth)
{
    while (walk->depth > depth) {
        close(walk->folders[walk->depth--]);
    }
}

static void
end_walk(struct walk *walk)
{
    int cause = errno;

    leave_to(walk, 0);
    if (walk->file >= 0) {
        close(walk->file);
    }
    g_string_free(walk->rest, TRUE);
    errno = cause;
}

static int
refuse(int cause)
{
    errno = cause;
    return -1;
}

static int
follow(struct walk *walk, int link)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(link, "", target, sizeof target - 1);

    if (length <= 0) {
        return refuse(ENOENT);
    }
    target[length] = '\0';
    if (++walk->links > MAX_LINKS) {
        return refuse(ELOOP);
    }
    g_string_prepend_c(walk->rest, '/');
    g_string_prepend_len(walk->rest, target, length);
    if (walk->rest->len > PATH_MAX) {
        return refuse(ENAMETOOLONG);
    }
    if (*target == '/') {
        leave_to(walk, 0);
    }
    return 0;
}

/* Moves the next step into name; FALSE when there is none, and name stays the last one's. */
static gboolean
take_name(struct walk *walk)
{
    const char *start = walk->rest->str + strspn(walk->rest->str, "/");
    size_t length = strcspn(start, "/");

    if (length == 0) {
        return FALSE;
    }
    g_strlcpy(walk->name, start, MIN(length + 1, sizeof walk->name));
    g_string_erase(walk->rest, 0, (gssize)(start - walk->rest->str) + (gssize)length);
    return TRUE;
}

static int
take_step(struct walk *walk)
{
    int fd;

    if (g_str_equal(walk->name, ".")) {
        return 0;
    }
    if (g_str_equal(walk->name, "..")) {
        leave_to(walk, walk->depth > 0 ? walk->depth - 1 : 0);
        return 0;
    }
    fd = openat(walk->folders[walk->depth], walk->name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    walk->file = fd; /* so that end_walk() closes it */
    if (fstat(fd, &walk->status) < 0) {
        return -1;
    }
    if (S_ISDIR(walk->status.st_mode)) {
        if (walk->depth + 1 == MAX_DEPTH) {
            return refuse(ENAMETOOLONG);
        }
        walk->folders[++walk->depth] = fd;
        walk->file = -1;
    } else if (S_ISLNK(walk->status.st_mode)) {
        int result = follow(walk, fd);

        close(fd);
        walk->file = -1;
        return result;
    } else if (walk->rest->str[strspn(walk->rest->str, "/")]) {
        return refuse(ENOTDIR);
    }
    return 0;
}

static int
start_walk(const struct cvm_tree *tree, const char *path, struct walk *walk)
{
    *walk = (struct walk){ .folders = { tree->root }, .file = -1, .rest = g_string_new(path) };
    for (unsigned steps = 0; take_name(walk); steps++) {
        if (steps > MAX_STEPS || take_step(walk) < 0) {
            if (steps > MAX_STEPS) {
                errno = ELOOP;
            }
            end_walk(walk);
            return -1;
        }
    }
    if (walk->file < 0 && fstat(walk->folders[walk->depth], &walk->status) < 0) {
        end_walk(walk);
        return -1;
    }
    return 0;
}

int
cvm_tree_stat(const struct cvm_tree *tree, const char *path, struct stat *status)
{
    struct walk walk;

    if (start_walk(tree, path, &walk) < 0) {
        return -1;
    }
    *status = walk.status;
    end_walk(&walk);
    return 0;
}

/* ---- content ---- */

/* The file that the walk saw, should another one be there by now; never waits for a FIFO. */
static int
open_file(const struct walk *walk)
{
    struct stat status;
    int fd;

    if (!S_ISREG(walk->status.st_mode)) {
        return refuse(S_ISDIR(walk->status.st_mode) ? EISDIR : EINVAL);
    }
    fd = openat(walk->folders[walk->depth], walk->name,
                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    if (fstat(fd, &status) < 0 || status.st_ino != walk->status.st_ino ||
        status.st_dev != walk->status.st_dev) {
        close(fd);
        return refuse(ENOENT);
    }
    return fd;
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

/* Files of proc and sysfs have no size that could be relied on: until the end, or the limit. */
static char *
read_fd(int fd, size_t limit, gboolean whole, size_t *size)
{
    g_autofree char *buffer = NULL;
    size_t room = 0, used = 0;
    ssize_t got;

    do {
        if (used == room) {
            room = MIN(MAX(room * 2, READ_STEP), limit + 1);
            buffer = g_realloc(buffer, room + 1);
        }
        got = read_retrying(fd, buffer + used, room - used);
        used += (size_t)MAX(got, 0);
    } while (got > 0 && used <= limit);
    if (got < 0) {
        return NULL;
    }
    if (used > limit) {
        if (whole) {
            errno = EFBIG;
            return NULL;
        }
        used = limit;
    }
    buffer[used] = '\0';
    *size = used;
    return g_steal_pointer(&buffer);
}

char *
cvm_tree_read(const struct cvm_tree *tree, const char *path, size_t limit, enum cvm_tree_part part,
              size_t *size)
{
    struct walk walk;
    size_t length = 0;
    char *data = NULL;
    int fd;

    if (start_walk(tree, path, &walk) < 0) {
        return NULL;
    }
    fd = open_file(&walk);
    if (fd >= 0) {
        if (part == CVM_TREE_END && walk.status.st_size > (off_t)limit) {
            (void)lseek(fd, walk.status.st_size - (off_t)limit, SEEK_SET);
        }
        data = read_fd(fd, limit, part == CVM_TREE_WHOLE, &length);
        close(fd);
    }
    end_walk(&walk);
    if (size) {
        *size = length;
    }
    return data;
}

/* ---- folders ---- */

static int
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
cvm_folder_list(int fd, guint limit)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    DIR *folder = fdopendir(fd);
    const struct dirent *entry;

    if (!folder) {
        close(fd);
        return NULL;
    }
    errno = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): each folder is one thread's (readdir(3)) */
    while (names->len < limit && (entry = readdir(folder))) {
        if (entry->d_name[0] != '.') {
            g_ptr_array_add(names, g_strdup(entry->d_name));
        }
        errno = 0; /* what readdir() itself says of its end: 0, or a failure */
    }
    if (errno != 0) {
        int failure = errno;

        closedir(folder);
        errno = failure;
        return NULL;
    }
    closedir(folder);
    g_ptr_array_sort(names, compare_names);
    return g_steal_pointer(&names);
}

GPtrArray *
cvm_tree_list(const struct cvm_tree *tree, const char *path)
{
    GPtrArray *names = NULL;
    struct walk walk;
    int fd;

    if (start_walk(tree, path, &walk) < 0) {
        return NULL;
    }
    if (walk.file >= 0) {
        errno = ENOTDIR;
    } else {
        fd = openat(walk.folders[walk.depth], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        names = fd >= 0 ? cvm_folder_list(fd, MAX_NAMES) : NULL;
    }
    end_walk(&walk);
    return names;
}
