/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two parts of the kernel, each of which refuses what the other cannot: Landlock knows which files
 * are meant, seccomp sees system calls that are not about files. Numbers are the kernel's
 * (include/uapi/linux/landlock.h), since the C library's headers may be older than the kernel that
 * this runs on. */
#include "config.h" /* O_PATH */

#include "cli/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* ---- Landlock ---- */

/* The same on all architectures but Alpha, as all since Linux 5.1. */
enum { SYS_CREATE_RULESET = 444, SYS_ADD_RULE = 445, SYS_RESTRICT_SELF = 446 };
enum { CREATE_RULESET_VERSION = 1, RULE_PATH_BENEATH = 1 };

enum {
    FS_EXECUTE = 1 << 0,
    FS_WRITE_FILE = 1 << 1,
    FS_REMOVE_DIR = 1 << 4,
    FS_REMOVE_FILE = 1 << 5,
    FS_MAKE_CHAR = 1 << 6,
    FS_MAKE_DIR = 1 << 7,
    FS_MAKE_REG = 1 << 8,
    FS_MAKE_SOCK = 1 << 9,
    FS_MAKE_FIFO = 1 << 10,
    FS_MAKE_BLOCK = 1 << 11,
    FS_MAKE_SYM = 1 << 12,
    FS_REFER = 1 << 13,
    FS_TRUNCATE = 1 << 14,
    FS_IOCTL_DEV = 1 << 15,
};
enum { NET_BIND_TCP = 1 << 0, NET_CONNECT_TCP = 1 << 1 };
enum { SCOPE_ABSTRACT_UNIX_SOCKET = 1 << 0, SCOPE_SIGNAL = 1 << 1 };

/* What is refused, and the version of Landlock that brought it. Reading is not in it. */
static const struct {
    int version;
    uint64_t fs, net, scope;
} refused[] = {
    { .version = 1,
      .fs = FS_EXECUTE | FS_WRITE_FILE | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_CHAR |
            FS_MAKE_DIR | FS_MAKE_REG | FS_MAKE_SOCK | FS_MAKE_FIFO | FS_MAKE_BLOCK | FS_MAKE_SYM },
    { .version = 2, .fs = FS_REFER },
    { .version = 3, .fs = FS_TRUNCATE },
    { .version = 4, .net = NET_BIND_TCP | NET_CONNECT_TCP },
    { .version = 5, .fs = FS_IOCTL_DEV },
    { .version = 6, .scope = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL },
};

/* A file is written under another name beside it, and renamed (util/file.c). */
enum {
    IN_FOLDER = FS_WRITE_FILE | FS_TRUNCATE | FS_MAKE_REG | FS_REMOVE_FILE,
    IN_FILE = FS_WRITE_FILE | FS_TRUNCATE,
};

struct ruleset_attr {
    uint64_t fs, net, scope; /* older kernels take the later ones as long as they are zero */
};

struct path_beneath_attr {
    uint64_t allowed;
    int32_t fd;
} __attribute__((packed));

static int
landlock_version(void)
{
    return (int)syscall(SYS_CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION);
}

static void
allow(int ruleset, const struct ruleset_attr *attr, const char *path, uint64_t rights)
{
    struct path_beneath_attr rule = {
        .allowed = rights & attr->fs,
        .fd = open(path, O_PATH | O_CLOEXEC),
    };

    if (rule.fd >= 0) { /* else the attempt to write there will say why */
        (void)!syscall(SYS_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0);
        close(rule.fd);
    }
}

static void
allow_output(int ruleset, const struct ruleset_attr *attr, const char *path)
{
    char *target = realpath(path, NULL);
    g_autofree char *folder = g_path_get_dirname(target ? target : path);
    struct stat status;

    if (target && stat(target, &status) == 0 && !S_ISREG(status.st_mode)) {
        allow(ruleset, attr, target, IN_FILE);
    } else {
        allow(ruleset, attr, folder, IN_FOLDER);
    }
    free(target);
}

static void
restrict_files(const GPtrArray *outputs)
{
    struct ruleset_attr attr = { 0 };
    int version = landlock_version();
    int ruleset;

    for (size_t i = 0; i < G_N_ELEMENTS(refused) && refused[i].version <= version; i++) {
        attr.fs |= refused[i].fs;
        attr.net |= refused[i].net;
        attr.scope |= refused[i].scope;
    }
    ruleset = version > 0 ? (int)syscall(SYS_CREATE_RULESET, &attr, sizeof attr, 0) : -1;
    if (ruleset < 0) {
        return;
    }
    for (guint i = 0; i < outputs->len; i++) {
        allow_output(ruleset, &attr, g_ptr_array_index(outputs, i));
    }
#ifdef COVERAGE_FOLDER /* where a build for `make coverage` counts */
    allow(ruleset, &attr, COVERAGE_FOLDER, attr.fs);
#endif
    (void)!syscall(SYS_RESTRICT_SELF, ruleset, 0);
    close(ruleset);
}

/* ---- seccomp ---- */

#if defined(__x86_64__) && defined(__LP64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__AARCH64EL__) && defined(__LP64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE

/* Not all that is never needed, which would differ with each C library: what reaches out of the
 * process, and Landlock does not see or sees in newer kernels only. Who looks into other processes
 * by ptrace() is refused by Landlock; the leak checker does so with its own. */
static const int calls[] = {
    /* clang-format off */
    /* connections */
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept4, SYS_sendto, SYS_sendmsg, SYS_sendmmsg,
    /* programs, and other processes */
    SYS_execve, SYS_execveat, SYS_process_vm_readv, SYS_process_vm_writev, SYS_pidfd_getfd, SYS_kcmp, SYS_perf_event_open, SYS_bpf,
    /* what could do any of these, or act on a file, without a call of its own */
    SYS_io_uring_setup, SYS_userfaultfd,
    /* who a file belongs to, and who may do what with it */
    SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr,
    SYS_fremovexattr, SYS_utimensat,
#ifdef SYS_chmod
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat,
#endif
    452 /* fchmodat2, of Linux 6.6 */,
    /* other roots, users and kernels, for where it runs as root */
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_unshare, SYS_init_module, SYS_finit_module, SYS_delete_module,
    SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_settimeofday, SYS_clock_settime, SYS_sethostname, SYS_setdomainname,
    SYS_keyctl, SYS_add_key, SYS_request_key, SYS_open_by_handle_at, SYS_quotactl, SYS_acct, SYS_syslog,
    /* clang-format on */
};

/* They type into the terminal, which the shell then reads: in the name of whoever started this. */
static const unsigned requests[] = { TIOCSTI, TIOCLINUX };

/* The x32 ABI has other numbers for the same calls (arch/x86/include/uapi/asm/unistd.h). */
enum { X32_BIT = 0x40000000 };

/* Calls are looked for in blocks: the kernel tries a new filter on every number that there is
 * (seccomp_cache_prepare() in kernel/seccomp.c), and to go through all of them each time took a
 * tenth of a millisecond. */
enum {
    CALLS = G_N_ELEMENTS(calls),
    REQUESTS = G_N_ELEMENTS(requests),
    BLOCK = 8,
    BLOCKS = (CALLS + BLOCK - 1) / BLOCK,
};

/* Where the parts of the filter stand. */
enum {
    FIRST_BLOCK = 4,
    IOCTL = FIRST_BLOCK + CALLS + 2 * BLOCKS,
    ALLOW = IOCTL + 2 + REQUESTS,
    REFUSE,
    LENGTH,
};

struct filter {
    struct sock_filter code[LENGTH];
    unsigned used;
};

static void
append(struct filter *filter, unsigned code, size_t operand)
{
    filter->code[filter->used++] = (struct sock_filter)BPF_STMT((uint16_t)code, (uint32_t)operand);
}

/* Goes on at one of two places. */
static void
append_choice(struct filter *filter, unsigned comparison, unsigned operand, unsigned yes,
              unsigned no)
{
    unsigned next = filter->used + 1;

    filter->code[filter->used++] =
        (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | BPF_K | comparison), operand,
                                     (uint8_t)(yes - next), (uint8_t)(no - next));
}

/* The number of a call is one of these. */
static void
append_block(struct filter *filter, const int *block, unsigned count)
{
    unsigned next = filter->used + 1;
    unsigned end = next + count + 1;

    append_choice(filter, BPF_JGT, (unsigned)block[count - 1], end, next);
    for (unsigned i = 0; i < count; i++) {
        append_choice(filter, BPF_JEQ, (unsigned)block[i], REFUSE, filter->used + 1);
    }
    append(filter, BPF_JMP | BPF_JA, IOCTL - end);
}

static int
compare_calls(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

/* Of a native call: refused when its number is in one list, or it is an ioctl with a request of
 * the other. */
static void
restrict_calls(void)
{
    struct filter filter = { .used = 0 };
    struct sock_fprog program = { .len = LENGTH, .filter = filter.code };
    int sorted[CALLS];

    memcpy(sorted, calls, sizeof calls);
    qsort(sorted, CALLS, sizeof sorted[0], compare_calls);
    append(&filter, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    append_choice(&filter, BPF_JEQ, ARCHITECTURE, filter.used + 1, REFUSE);
    append(&filter, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    append_choice(&filter, BPF_JGE, X32_BIT, REFUSE, FIRST_BLOCK);
    for (unsigned i = 0; i < CALLS; i += BLOCK) {
        append_block(&filter, sorted + i, MIN(BLOCK, CALLS - i));
    }
    append_choice(&filter, BPF_JEQ, SYS_ioctl, IOCTL + 1, ALLOW);
    /* the lower half: it is little-endian */
    append(&filter, BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1]));
    for (unsigned i = 0; i < REQUESTS; i++) {
        append_choice(&filter, BPF_JEQ, requests[i], REFUSE, filter.used + 1);
    }
    append(&filter, BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    append(&filter, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    g_assert(filter.used == LENGTH);
    /* Without this flag older kernels slow a filtered process down, against side channels between
     * processes, of which this has no need. */
    (void)!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
}

static gboolean
has_seccomp(void)
{
    uint32_t action = SECCOMP_RET_ERRNO;

    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

#else

static void
restrict_calls(void)
{
}

static gboolean
has_seccomp(void)
{
    return FALSE;
}

#endif

/* ---- both ---- */

void
cli_confine(const GPtrArray *outputs)
{
    /* Both are for whoever may no more gain rights by starting a program. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
        restrict_files(outputs);
        restrict_calls();
    }
}

char *
cli_confine_describe(void)
{
    int version = landlock_version();
    g_autofree char *landlock = version > 0 ? g_strdup_printf("Landlock %d", version) : NULL;
    gboolean seccomp = has_seccomp();

    if (!landlock && !seccomp) {
        return NULL;
    }
    return g_strconcat(landlock ? landlock : "seccomp", landlock && seccomp ? ", seccomp" : "",
                       NULL);
}
