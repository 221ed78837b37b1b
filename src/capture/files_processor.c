/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processor, as the kernel describes it. */
#include <string.h>

#include "capture/files.h"
#include "util/cpuset.h"

/* Of the flags that Linux prints (arch/x86/include/asm/cpufeatures.h) those that tell what guests
 * the host can run; "hypervisor": it is a guest itself. Sorted. */
static const char *const flags_that_matter[] = { "debug_swap", "hypervisor", "npt", "sev", "sev_es",
                                                 "sev_snp",    "sme",        "svm", "vmx" };

static void
take_flags(struct cvm_files *files, const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    g_autoptr(GPtrArray) taken = g_ptr_array_new();

    for (size_t i = 0; i < G_N_ELEMENTS(flags_that_matter); i++) {
        if (g_strv_contains((const char *const *)words, flags_that_matter[i])) {
            g_ptr_array_add(taken, (gpointer)flags_that_matter[i]);
        }
    }
    cvm_files_set_strings(&files->host->cpu_flags, files->arena, taken);
}

/* "cpu family : 25", with a tab. */
static void
take_cpuinfo_line(struct cvm_files *files, char *line)
{
    struct cvm_host *host = files->host;
    char *colon = strchr(line, ':');
    uint64_t number;

    if (!colon) {
        return;
    }
    *colon = '\0';
    g_strchomp(line);
    g_strstrip(colon + 1);
    if (g_str_equal(line, "model name") && cvm_files_is_value(colon + 1)) {
        host->cpu_model_name = cvm_arena_strdup(files->arena, colon + 1);
    } else if (g_str_equal(line, "cpu family") &&
               cvm_files_parse(colon + 1, G_MAXUINT16, &number)) {
        host->cpu_family = (unsigned)number;
    } else if (g_str_equal(line, "model") && cvm_files_parse(colon + 1, G_MAXUINT16, &number)) {
        host->cpu_model = (unsigned)number;
    } else if (g_str_equal(line, "stepping") && cvm_files_parse(colon + 1, G_MAXUINT8, &number)) {
        host->has_cpu_stepping = TRUE;
        host->cpu_stepping = (unsigned)number;
    } else if (g_str_equal(line, "flags")) {
        take_flags(files, colon + 1);
    }
}

/* The first processor's part: the others are of the same kind, and a big machine has a megabyte of
 * them. */
static void
take_cpuinfo(struct cvm_files *files)
{
    g_autofree char *text =
        cvm_tree_read(files->tree, "/proc/cpuinfo", G_MAXUINT16, CVM_TREE_START, NULL);
    char *end = text ? strstr(text, "\n\n") : NULL;
    g_auto(GStrv) lines = NULL;

    if (end) {
        *end = '\0';
    }
    lines = g_strsplit(text ? text : "", "\n", -1);
    for (char **line = lines; *line; line++) {
        take_cpuinfo_line(files, *line);
    }
}

static void
take_smt(struct cvm_files *files)
{
    g_autoptr(GArray) cpus = NULL;
    enum cvm_known smt = CVM_UNKNOWN;
    uint64_t active;

    if (cvm_files_number(files, "/sys/devices/system/cpu/smt/active", 1, &active)) {
        files->host->smt = active ? CVM_YES : CVM_NO;
        return;
    }
    cpus = cvm_files_numbered(files, "/sys/devices/system/cpu", "cpu");
    for (guint i = 0; i < cpus->len && smt != CVM_YES; i++) {
        g_autofree char *path =
            g_strdup_printf("/sys/devices/system/cpu/cpu%u/topology/thread_siblings_list",
                            g_array_index(cpus, unsigned, i));
        const char *text = cvm_files_value(files, path);
        GArray *siblings = text ? cvm_cpuset_parse(text) : NULL;

        if (siblings) {
            smt = siblings->len > 1 ? CVM_YES : CVM_NO;
            g_array_unref(siblings);
        }
    }
    files->host->smt = smt ? smt : files->host->smt;
}

/* What `cpuid -r` printed, in an sosreport:
 * "   0x8000001f 0x00: eax=0x0101fd3f ebx=0x00004173 ecx=0x000001fd edx=0x00000064" */
static void
take_cpuid(struct cvm_files *files)
{
    static const char *const path = "/sos_commands/processor/cpuid_-r";
    g_autofree char *text = cvm_tree_read(files->tree, path, G_MAXUINT16, CVM_TREE_START, NULL);
    const char *line = text ? strstr(text, "0x8000001f 0x00:") : NULL;
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GRegex) values = NULL;
    uint32_t value[4];

    if (!line) {
        return;
    }
    values = g_regex_new("^\\S+ 0x00: eax=0x([0-9a-f]{8}) ebx=0x([0-9a-f]{8}) "
                         "ecx=0x([0-9a-f]{8}) edx=0x([0-9a-f]{8})",
                         0, 0, NULL);
    if (!g_regex_match(values, line, 0, &match)) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        g_autofree char *digits = g_match_info_fetch(match, i + 1);
        guint64 number = 0;

        (void)g_ascii_string_to_unsigned(digits, 16, 0, G_MAXUINT32, &number, NULL);
        value[i] = (uint32_t)number;
    }
    files->host->cpuid_sev = (struct cvm_cpuid){
        .known = TRUE, .eax = value[0], .ebx = value[1], .ecx = value[2], .edx = value[3]
    };
}

void
cvm_files_take_processor(struct cvm_files *files)
{
    take_cpuinfo(files);
    take_smt(files);
    take_cpuid(files);
}
