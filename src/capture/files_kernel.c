/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel: its version, the options it was started with, its modules. */
#include <string.h>

#include "capture/files.h"
#include "read/host.h"
#include "util/glob.h"
#include "util/number.h"

enum { MAX_OPTIONS = 64, MAX_PARAMETERS = 64 };

/* ---- version ---- */

/* "Linux version 6.8.0-45-generic (…" and `uname -a`, "Linux host 6.8.0-45-generic …". */
static const char *
third_word(const struct cvm_files *files, const char *path)
{
    g_autofree char *text = cvm_files_text(files, path);
    g_auto(GStrv) words = text ? g_strsplit(text, " ", 4) : NULL;

    return words && g_strv_length(words) > 3 && g_str_equal(words[0], "Linux")
               ? cvm_arena_strdup(files->arena, words[2])
               : NULL;
}

static void
take_release(struct cvm_files *files)
{
    const char *release = cvm_files_value(files, "/proc/sys/kernel/osrelease");

    if (!release) {
        release = third_word(files, "/proc/version");
    }
    if (!release) {
        release = third_word(files, "/sos_commands/kernel/uname_-a");
    }
    if (release && cvm_files_is_value(release) && !strchr(release, ' ') &&
        cvm_version_parse(release, &files->host->kernel_version)) {
        files->record->kernel_release = release;
    }
}

/* ---- options ---- */

/* Those that decide on SEV, the IOMMU, SMT and huge pages. Nothing else of the command line is
 * kept, since the rest names disks and networks. */
static const char *const options_that_matter[] = {
    "amd_iommu",
    "apparmor",
    "ccp.*",
    "cgroup_disable",
    "default_hugepagesz",
    "hugepages",
    "hugepagesz",
    "intel_iommu",
    "iommu",
    "iommu.passthrough",
    "kvm.*",
    "kvm_amd.*",
    "maxcpus",
    "mem_encrypt",
    "mitigations",
    "modprobe.blacklist",
    "module_blacklist",
    "nosmt",
    "nr_cpus",
    "sev",
    "systemd.unified_cgroup_hierarchy",
};

/* "-" and "_" are the same in an option's name (parameq() of Linux's kernel/params.c): "_" it is in
 * the record. */
static gboolean
matters(char *option)
{
    g_autofree char *name = NULL;

    for (char *c = option; *c && *c != '='; c++) {
        *c = *c == '-' ? '_' : *c;
    }
    name = g_strndup(option, strcspn(option, "="));
    for (size_t i = 0; i < G_N_ELEMENTS(options_that_matter); i++) {
        if (cvm_glob_match(options_that_matter[i], name)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* One option a word; blanks within quotes do not end it. What follows "--" is for init. */
static void
take_options(struct cvm_files *files)
{
    g_autofree char *text = cvm_files_text(files, "/proc/cmdline");
    g_autoptr(GPtrArray) options = g_ptr_array_new();

    if (!text) {
        return;
    }
    for (char *word = text + strspn(text, " \n"); *word && options->len < MAX_OPTIONS;) {
        gboolean quoted = FALSE;
        char *end = word;

        for (; *end && (quoted || (*end != ' ' && *end != '\n')); end++) {
            quoted ^= *end == '"';
        }
        if (*end) {
            *end++ = '\0';
        }
        if (g_str_equal(word, "--")) {
            break;
        }
        if (cvm_files_is_value(word) && matters(word)) {
            g_ptr_array_add(options, cvm_arena_strdup(files->arena, word));
        }
        word = end + strspn(end, " \n");
    }
    cvm_files_set_strings(&files->host->kernel_options, files->arena, options);
}

/* ---- modules ---- */

/* FALSE when the value is none that this parameter can have: no kernel printed it, and no record
 * may hold it. */
static gboolean
take_known_parameter(struct cvm_host *host, const char *name, const char *value)
{
    uint64_t number;
    const struct {
        const char *name;
        enum cvm_known *known;
    } switches[] = { { "sev", &host->kvm_amd_sev },
                     { "sev_es", &host->kvm_amd_sev_es },
                     { "sev_snp", &host->kvm_amd_sev_snp } };

    for (size_t i = 0; i < G_N_ELEMENTS(switches); i++) {
        if (g_str_equal(name, switches[i].name)) {
            *switches[i].known = cvm_host_yes_no(value);
            return *switches[i].known != CVM_UNKNOWN;
        }
    }
    if (!g_str_equal(name, "ciphertext_hiding_asids")) {
        return TRUE;
    }
    if (!cvm_files_parse(value, G_MAXUINT, &number)) {
        return FALSE;
    }
    host->has_ciphertext_hiding = TRUE;
    host->ciphertext_hiding_asids = (unsigned)number;
    return TRUE;
}

static void
take_parameters(struct cvm_files *files, const char *module)
{
    g_autofree char *folder = g_strdup_printf("/sys/module/%s/parameters", module);
    g_autoptr(GPtrArray) names = cvm_files_list(files, folder);

    for (guint i = 0; i < MIN(names->len, MAX_PARAMETERS); i++) {
        g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
        struct cvm_capture_parameter parameter = {
            .module = module,
            .name = cvm_arena_strdup(files->arena, names->pdata[i]),
            .value = cvm_files_value(files, path),
        };

        if (parameter.value && cvm_files_is_value(parameter.name) &&
            (!g_str_equal(module, "kvm_amd") ||
             take_known_parameter(files->host, parameter.name, parameter.value))) {
            g_array_append_val(files->record->parameters, parameter);
        }
    }
}

/* A tree without any module tells of none; one with others tells that these are not loaded. */
void
cvm_files_take_modules(struct cvm_files *files)
{
    static const char *const modules[] = { "ccp", "kvm", "kvm_amd" };
    g_autoptr(GPtrArray) all = cvm_files_list(files, "/sys/module");
    struct cvm_host *host = files->host;

    if (all->len == 0) {
        return;
    }
    host->modules = cvm_arena_array(files->arena, struct cvm_module, G_N_ELEMENTS(modules));
    host->n_modules = G_N_ELEMENTS(modules);
    for (size_t i = 0; i < G_N_ELEMENTS(modules); i++) {
        g_autofree char *path = g_strdup_printf("/sys/module/%s", modules[i]);

        host->modules[i].name = modules[i];
        host->modules[i].loaded = cvm_files_have(files, path);
        take_parameters(files, modules[i]);
    }
}

void
cvm_files_take_kernel(struct cvm_files *files)
{
    take_release(files);
    take_options(files);
}
