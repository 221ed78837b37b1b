/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of hashes that QEMU hands to the firmware when it loads the kernel itself, and which is
 * measured in the place of kernel, initrd and command line (QEMU, target/i386/sev.c: SevHashTable;
 * EDK II, OvmfPkg/AmdSev/BlobVerifierLibSevHashes). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attest/digest.h"
#include "util/bytes.h"
#include "util/guid.h"
#include "util/i18n.h"

#define TABLE_GUID "9438d606-4f22-4cc9-b479-a793d411fd21"
#define CMDLINE_GUID "97d02dd8-bd20-4c94-aa78-e7714d36ab2a"
#define INITRD_GUID "44baf731-3a2f-4bd7-9af1-41e29169781d"
#define KERNEL_GUID "4de79437-abd2-427f-b835-d5b172d2045b"

enum {
    SHA256_SIZE = 32,
    HEAD_SIZE = CVM_GUID_SIZE + 2, /* of table and entry: GUID, u16 length of it all */
    ENTRY_SIZE = HEAD_SIZE + SHA256_SIZE,
    TABLE_SIZE = HEAD_SIZE + 3 * ENTRY_SIZE, /* without what pads it */
    BUFFER_SIZE = 64 * 1024,
};

/* ---- kernels that QEMU loads without a table (hw/i386/x86-common.c: x86_load_linux()) ---- */

enum {
    LINUX_MAGIC_AT = 0x202,   /* Linux, Documentation/arch/x86/boot.rst */
    LINUX_MAGIC = 0x53726448, /* "HdrS" */
    ELF_MAGIC = 0x464c457f,   /* "\177ELF" */
    MULTIBOOT_MAGIC = 0x1badb002,
    MULTIBOOT_REACH = 8192, /* hw/i386/multiboot.c: magic, flags, checksum are looked for here */
};

static gboolean
has_multiboot_header(const uint8_t *data, size_t size)
{
    for (size_t at = 0; at + 12 <= MIN(size, MULTIBOOT_REACH); at += 4) {
        if (cvm_get_u32(data + at) == MULTIBOOT_MAGIC) {
            return cvm_get_u32(data + at + 4) + cvm_get_u32(data + at + 8) + MULTIBOOT_MAGIC == 0;
        }
    }
    return FALSE;
}

/* data is how the kernel begins. */
static gboolean
is_loaded_without_table(const uint8_t *data, size_t size)
{
    if (size >= LINUX_MAGIC_AT + 4 && cvm_get_u32(data + LINUX_MAGIC_AT) == LINUX_MAGIC) {
        return FALSE;
    }
    return (size >= 4 && cvm_get_u32(data) == ELF_MAGIC) || has_multiboot_header(data, size);
}

/* ---- files, piece by piece ---- */

struct reading {
    const char *path;
    gboolean is_kernel;
    int fd;
    EVP_MD_CTX *context;
    uint64_t size; /* read so far */
};

static int
read_error(const struct reading *reading, int number, cvmdom_error **error)
{
    return cvmdom_error_set(error, CVMDOM_ERROR_IO, _("cannot read '%1$s': %2$s"), reading->path,
                            g_strerror(number));
}

static int
hash_piece(struct reading *reading, const uint8_t *piece, size_t size, cvmdom_error **error)
{
    if (reading->size == 0 && reading->is_kernel && is_loaded_without_table(piece, size)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_UNSUPPORTED,
                                _("'%s' is an ELF or multiboot image, which QEMU loads without "
                                  "measuring it; give a bzImage"),
                                reading->path);
    }
    reading->size += size;
    return EVP_DigestUpdate(reading->context, piece, size) == 1 ? 0 : attest_crypto_error(error);
}

/* Ends beyond limit, so that no file can grow faster than it is read. */
static int
hash_content(struct reading *reading, uint64_t limit, cvmdom_error **error)
{
    g_autofree uint8_t *buffer = g_malloc(BUFFER_SIZE);
    ssize_t got;

    while ((got = read(reading->fd, buffer, BUFFER_SIZE)) != 0 && reading->size <= limit) {
        if (got < 0 && errno != EINTR) {
            return read_error(reading, errno, error);
        }
        if (got > 0 && hash_piece(reading, buffer, (size_t)got, error) < 0) {
            return -1;
        }
    }
    return 0;
}

static gboolean
is_same(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Half of an old and half of a new file would be a digest of neither. */
static int
hash_regular(struct reading *reading, cvmdom_error **error)
{
    struct stat before, after;

    if (fstat(reading->fd, &before) < 0) {
        return read_error(reading, errno, error);
    }
    if (!S_ISREG(before.st_mode)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_IO,
                                _("cannot read '%s': it is no regular file"), reading->path);
    }
    if (hash_content(reading, (uint64_t)before.st_size, error) < 0) {
        return -1;
    }
    if (fstat(reading->fd, &after) < 0) {
        return read_error(reading, errno, error);
    }
    if (reading->size != (uint64_t)before.st_size || !is_same(&before, &after)) {
        return cvmdom_error_set(error, CVMDOM_ERROR_IO,
                                _("'%s' changed while it was measured; measure again when nobody "
                                  "writes to it"),
                                reading->path);
    }
    return 0;
}

/* O_NONBLOCK: a FIFO could be waited for without end. */
static int
hash_file(struct reading *reading, cvmdom_error **error)
{
    int result;

    reading->fd = open(reading->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (reading->fd < 0) {
        return read_error(reading, errno, error);
    }
    result = hash_regular(reading, error);
    close(reading->fd);
    return result;
}

/* ---- entries ---- */

/* What one entry is of: a file, or text of size bytes; neither is hashed as nothing. */
struct source {
    const char *kind, *title, *guid;
    const char *file, *text;
    uint64_t size;
};

static int
hash_source(struct source *source, EVP_MD_CTX *context, const EVP_MD *md, uint8_t *out,
            cvmdom_error **error)
{
    struct reading reading = {
        .path = source->file,
        .is_kernel = g_str_equal(source->kind, "kernel"),
        .context = context,
    };

    if (EVP_DigestInit_ex2(context, md, NULL) != 1) {
        return attest_crypto_error(error);
    }
    if (source->file) {
        if (hash_file(&reading, error) < 0) {
            return -1;
        }
        source->size = reading.size;
    } else if (EVP_DigestUpdate(context, source->text, source->size) != 1) {
        return attest_crypto_error(error);
    }
    return EVP_DigestFinal_ex(context, out, NULL) == 1 ? 0 : attest_crypto_error(error);
}

static void
tell_source(const struct attest_measuring *measuring, const struct source *source,
            const uint8_t *hash)
{
    struct cvmdom_measure_step step = {
        .kind = source->kind,
        .title = source->title,
        .file = source->file,
        .size = source->size,
        .count = 1,
        .contents.size = SHA256_SIZE,
    };

    memcpy(step.contents.bytes, hash, SHA256_SIZE);
    measuring->visit(&step, measuring->payload);
}

static uint8_t *
put_head(uint8_t *at, const char *guid, uint16_t size)
{
    cvm_guid_parse(guid, at);
    cvm_put_u16(at + CVM_GUID_SIZE, size);
    return at + HEAD_SIZE;
}

int
attest_kernel_hashes_build(const struct attest_measuring *measuring,
                           uint8_t table[ATTEST_KERNEL_HASHES_SIZE], cvmdom_error **error)
{
    const struct cvmdom_launch *launch = measuring->launch;
    const char *cmdline = launch->cmdline ? launch->cmdline : "";
    /* The command line with the NUL that ends it; no initrd is an empty one. */
    struct source sources[] = {
        { "cmdline", _("command line"), CMDLINE_GUID, NULL, cmdline, strlen(cmdline) + 1 },
        { "initrd", _("initrd"), INITRD_GUID, launch->initrd, "", 0 },
        { "kernel", _("kernel"), KERNEL_GUID, launch->kernel, "", 0 },
    };
    g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
    uint8_t *at;

    if (!context) {
        return attest_crypto_error(error);
    }
    memset(table, 0, ATTEST_KERNEL_HASHES_SIZE);
    at = put_head(table, TABLE_GUID, TABLE_SIZE);
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        at = put_head(at, sources[i].guid, ENTRY_SIZE);
        if (hash_source(&sources[i], context, EVP_sha256(), at, error) < 0) {
            return -1;
        }
        if (measuring->visit) {
            tell_source(measuring, &sources[i], at);
        }
        at += SHA256_SIZE;
    }
    return 0;
}
