/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's log: the lines that tell why a host has SEV, or has not. */
#include <string.h>
#include <sys/klog.h>

#include "capture/files.h"

enum { MAX_MESSAGES = 64, MAX_LENGTH = 200, MAX_PREFIX = 160, MAX_TIME = 40 };

/* A message matters when it begins so and has one of the words, if there are any. Only what is
 * written here is kept: other lines, the kernel's command line among them, name disks and hosts.
 * The texts are Linux's (drivers/crypto/ccp, arch/x86/virt/svm/sev.c, arch/x86/kvm/svm,
 * drivers/iommu, arch/x86/mm/mem_encrypt.c). */
static const struct {
    const char *start;
    const char *words[6];
} messages_that_matter[] = {
    { "AMD Memory Encryption Features active", { NULL } },
    { "AMD-Vi: ", { "SNP", "SEV" } },
    { "Memory Encryption Features active", { NULL } },
    { "RMP", { NULL } },
    { "SEV", { NULL } },
    { "SNP", { NULL } },
    { "[Firmware Bug]: ", { "SNP", "SEV", "RMP", "AMD-Vi" } },
    { "ccp: ", { "SEV", "sev", "SNP", "PSP", "psp" } },
    { "iommu: Default domain type", { NULL } },
    { "kvm: ", { "SEV", "disabled by bios", "SVM", "kvm_amd" } },
    { "kvm_amd: ", { "SEV", "SNP", "SVM", "ASID" } },
};

static gboolean
matters(const char *message)
{
    for (size_t i = 0; i < G_N_ELEMENTS(messages_that_matter); i++) {
        const char *const *words = messages_that_matter[i].words;

        if (!g_str_has_prefix(message, messages_that_matter[i].start)) {
            continue;
        }
        for (; *words; words++) {
            if (strstr(message, *words)) {
                return TRUE;
            }
        }
        if (!*messages_that_matter[i].words) {
            return TRUE;
        }
    }
    return FALSE;
}

/* ---- one line ---- */

/* Past "<6>"; NULL when there is none. */
static const char *
skip_priority(const char *line)
{
    size_t digits = *line == '<' ? strspn(line + 1, "0123456789") : 0;

    return digits > 0 && line[digits + 1] == '>' ? line + digits + 2 : NULL;
}

/* Past "[    5.123456]", "[T1]" or "[Mon Nov 18 10:00:00 2024]"; *seconds since the boot where that
 * is told. NULL for what is no time. */
static const char *
skip_time(const char *line, uint64_t *seconds)
{
    const char *end = *line == '[' ? memchr(line, ']', strnlen(line, MAX_TIME)) : NULL;
    g_autofree char *text = end ? g_strndup(line + 1, (gsize)(end - line - 1)) : NULL;
    char *dot;

    if (!end) {
        return NULL;
    }
    g_strstrip(text);
    dot = strchr(text, '.');
    if (dot && strspn(text, "0123456789.") == strlen(text)) {
        *dot = '\0';
        (void)cvm_files_parse(text, G_MAXUINT32, seconds);
        return end + 1;
    }
    return strspn(text, "0123456789TC") == strlen(text) || (strlen(text) == 24 && text[3] == ' ')
               ? end + 1
               : NULL;
}

/* The message itself, without what syslog or journald put before it (with_host), or NULL. */
static const char *
strip(const char *line, gboolean with_host, uint64_t *seconds)
{
    const char *next;

    if (with_host) {
        const char *mark = g_strstr_len(line, MAX_PREFIX, " kernel: ");

        if (!mark) {
            return NULL;
        }
        line = mark + strlen(" kernel: ");
    }
    line += strspn(line, " ");
    next = skip_priority(line);
    line = next ? next : line;
    while ((next = skip_time(line, seconds))) {
        line = next + strspn(next, " ");
    }
    return line;
}

/* "ccp 0000:22:00.1: sev enabled": the device's address differs from host to host. */
static char *
shorten(const char *message)
{
    const char *address = cvm_files_after(message, "ccp 0");
    const char *colon = address ? strstr(address, ": ") : NULL;

    return colon && colon - message < 24 ? g_strconcat("ccp", colon, NULL) : g_strdup(message);
}

/* ---- the log ---- */

struct log {
    struct cvm_files *files;
    GPtrArray *messages;
    gboolean whole;         /* since the boot */
    gboolean of_another;    /* kernel than the one that runs */
    uint64_t kvm_amd_since; /* seconds after it */
};

/* "SEV API:1.55 build:29", "SEV-SNP API:1.55 build:29" (drivers/crypto/ccp/sev-dev.c). */
static void
take_firmware_version(struct cvm_host *host, const char *message)
{
    const char *mark = strstr(message, "API:");
    g_auto(GStrv) parts = NULL;
    uint64_t major, minor, build;

    if (!mark || !(g_str_has_prefix(message, "ccp: SEV") || g_str_has_prefix(message, "SEV"))) {
        return;
    }
    parts = g_strsplit_set(mark + strlen("API:"), ". :", 0);
    if (g_strv_length(parts) == 4 && g_str_equal(parts[2], "build") &&
        cvm_files_parse(parts[0], G_MAXUINT8, &major) &&
        cvm_files_parse(parts[1], G_MAXUINT8, &minor) &&
        cvm_files_parse(parts[3], G_MAXUINT32, &build)) {
        host->has_sev_firmware = TRUE;
        host->sev_api_major = (unsigned)major;
        host->sev_api_minor = (unsigned)minor;
        host->sev_build = (unsigned)build;
    }
}

/* A log that nobody writes any more may be of another kernel. */
static gboolean
is_running(const struct cvm_files *files, const char *version)
{
    const char *release = files->record->kernel_release;
    g_autofree char *word = g_strndup(version, strcspn(version, " "));

    return !release || g_str_equal(release, word);
}

static void
take_line(struct log *log, const char *line, gboolean with_host)
{
    uint64_t seconds = 0;
    const char *stripped = strip(line, with_host, &seconds);
    g_autofree char *message = stripped ? shorten(stripped) : NULL;

    if (!message) {
        return;
    }
    if (g_str_has_prefix(message, "Linux version ")) {
        /* What was before is of an earlier boot. */
        g_ptr_array_set_size(log->messages, 0);
        log->kvm_amd_since = 0;
        log->whole = is_running(log->files, message + strlen("Linux version "));
        log->of_another = !log->whole;
        return;
    }
    if (log->of_another) {
        return;
    }
    g_strchomp(message);
    if (strlen(message) > MAX_LENGTH) {
        message[MAX_LENGTH] = '\0';
    }
    for (const char *c = message; *c; c++) {
        if (!g_ascii_isprint(*c)) {
            return;
        }
    }
    if (!matters(message)) {
        return;
    }
    if (g_str_has_prefix(message, "kvm_amd: SEV")) {
        log->kvm_amd_since = seconds;
    }
    if (log->messages->len < MAX_MESSAGES &&
        !g_ptr_array_find_with_equal_func(log->messages, message, g_str_equal, NULL)) {
        g_ptr_array_add(log->messages, cvm_arena_strdup(log->files->arena, message));
    }
}

/* A log of text, with lines as `dmesg` prints them or as syslog does. */
static void
take_lines(struct log *log, char *text, gboolean with_host)
{
    char *end;

    for (char *line = text; line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        if (end) {
            *end = '\0';
        }
        take_line(log, line, with_host);
    }
}

/* This machine's own log, as far as the kernel lets us: klogctl() reads without taking away. */
static char *
read_ring(void)
{
    enum { READ_ALL = 3, SIZE_BUFFER = 10 }; /* SYSLOG_ACTION_… of syslog(2) */
    int size = klogctl(SIZE_BUFFER, NULL, 0);
    g_autofree char *text = NULL;

    if (size <= 0) {
        return NULL;
    }
    size = MIN(size, CVM_FILES_LOG);
    text = g_malloc((gsize)size + 1);
    size = klogctl(READ_ALL, text, size);
    if (size < 0) {
        return NULL;
    }
    text[size] = '\0';
    return g_steal_pointer(&text);
}

/* FALSE when there is nothing to read. */
static gboolean
read_log(struct log *log, const char *path, gboolean with_host)
{
    struct cvm_files *files = log->files;
    size_t size = 0;
    g_autofree char *text =
        path          ? cvm_tree_read(files->tree, path, CVM_FILES_LOG, CVM_TREE_END, &size)
        : files->here ? read_ring()
                      : NULL;

    for (size_t i = 0; i < size; i++) {
        text[i] = text[i] ? text[i] : ' ';
    }
    log->messages = g_ptr_array_new();
    if (text) {
        take_lines(log, text, with_host);
    }
    return text != NULL;
}

static void
keep(struct log *log)
{
    struct cvm_host *host = log->files->host;

    cvm_files_set_strings(&host->kernel_messages, log->files->arena, log->messages);
    for (guint i = 0; i < log->messages->len; i++) {
        take_firmware_version(host, log->messages->pdata[i]);
    }
    log->files->kvm_amd_since = log->kvm_amd_since;
}

/* The first log that goes back to the boot; failing that, the first that has something to say: in a
 * log that was cut, what is missing is unknown. */
void
cvm_files_take_log(struct cvm_files *files)
{
    static const struct {
        const char *path; /* NULL: the kernel's own */
        gboolean with_host;
    } sources[] = {
        { NULL, FALSE },
        { "/sos_commands/kernel/dmesg", FALSE },
        { "/sos_commands/logs/journalctl_--no-pager_--boot", TRUE },
        { "/var/log/dmesg", FALSE },
        { "/var/log/kern.log", TRUE },
        { "/var/log/messages", TRUE },
        { "/var/log/syslog", TRUE },
    };
    struct log best = { .files = files };

    for (size_t i = 0; i < G_N_ELEMENTS(sources) && !best.whole; i++) {
        struct log log = { .files = files };
        gboolean found = read_log(&log, sources[i].path, sources[i].with_host);

        if (found && (!best.messages || log.whole || best.messages->len < 1)) {
            GPtrArray *worse = best.messages;

            best = log;
            log.messages = worse;
        }
        g_clear_pointer(&log.messages, g_ptr_array_unref);
    }
    if (best.messages && (best.whole || best.messages->len > 0)) {
        keep(&best);
    }
    g_clear_pointer(&best.messages, g_ptr_array_unref);
}
