/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands in domain XML, by name: CVM103 and CVM104 there, and CVM111; and CVM112, in which
 * encoding. */
#include "rules/profile.h"

#include <string.h>

#include "rules/launch.h"
#include "util/closest.h"
#include "util/i18n.h"
#include "util/number.h"

#define WORDS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* ---- 104 ---- */

static void
report_missing(struct cvm_check *check, const struct cvm_node *at, const char *what,
               const char *answer, const char *fix)
{
    const struct cvm_from place = { .node = at };

    cvm_fix(cvm_report(check, &place,
                       _("There is no %1$s: libvirt refuses the domain with '%2$s'."), what,
                       answer),
            _("Write '%s'."), fix);
}

/* libvirt finds elements by their plain names, and so none of those that are in a namespace. */
static gboolean
report_namespace(struct cvm_check *check)
{
    const struct cvm_from *domain = &check->domain->from;
    const struct cvm_node *declared = cvm_node_attribute(domain->node, "xmlns");
    const struct cvm_from place = { .node = declared };

    if (!declared || !declared->text || *declared->text == '\0') {
        return FALSE;
    }
    cvm_fix(cvm_report(check, &place,
                       _("All elements are in the namespace '%s', where libvirt does not look for "
                         "them: it refuses the domain with 'missing name information'."),
                       declared->text),
            _("Write '<domain type='kvm'>', and declare namespaces with a prefix, as in "
              "'xmlns:qemu'."));
    return TRUE;
}

/* What virDomainDefParseXML() and virDomainDefPostParse() demand; the answers are those of libvirt
 * 9.0 and 11.3. A vCPU libvirt adds by itself. */
void
cvm_check_missing_element(struct cvm_check *check)
{
    const struct cvm_domain *domain = check->domain;
    const struct cvm_node *root = domain->from.node;
    const struct cvm_uint *size = &domain->memory.size;
    gboolean cells = domain->cpu.numa.from.origin != CVM_UNSET;

    if (domain->form != CVM_FORM_XML || cvm_domain_is_reference(domain)) {
        return;
    }
    if (report_namespace(check)) {
        return;
    }
    if (!cvm_is_set(domain->virt_type) || *domain->virt_type.value == '\0') {
        report_missing(check, root, _("type of domain"), "missing domain type attribute",
                       "<domain type='kvm'>");
    }
    if (cvm_is_unset(domain->name)) {
        report_missing(check, domain->name.from.node, _("name"), "missing name information",
                       "<name>…</name>");
    }
    if (cvm_is_unset(domain->os.type_name)) {
        report_missing(check, domain->os.type_name.from.node, _("type of operating system"),
                       "an os <type> must be specified", "<os><type …>hvm</type></os>");
    }
    if (cvm_domain_is_qemu(domain) && !cells && size->from.origin != CVM_INVALID &&
        size->value == 0) {
        report_missing(check, size->from.node, _("memory"),
                       "Memory size must be specified via <memory> or in the <numa> configuration",
                       "<memory unit='GiB'>4</memory>");
    }
    if (domain->launch.from.origin != CVM_UNSET && cvm_is_unset(domain->launch.type)) {
        const struct cvm_node *child = cvm_node_child(domain->launch.from.node, "type");
        gboolean snp = child && g_strcmp0(child->text, "sev-snp") == 0;

        report_missing(check, domain->launch.from.node, _("type of launchSecurity"),
                       "Missing required attribute 'type' in element 'launchSecurity'",
                       snp ? "<launchSecurity type='sev-snp'>" : "<launchSecurity type='sev'>");
    }
    cvm_each (struct cvm_rng, rng, &domain->devices.rng) {
        if (!cvm_node_child(rng->from.node, "backend")) {
            report_missing(check, rng->from.node, _("backend of the random number generator"),
                           "only one RNG backend is supported",
                           "<backend model='random'>/dev/urandom</backend>");
        }
    }
}

/* ---- 103 ---- */

/* Of these libvirt reads the first of a kind; two of 'numatune' it refuses. */
static const struct {
    const char *parent;
    const char *const *children;
} once[] = {
    { "domain", WORDS("name", "uuid", "title", "description", "memory", "currentMemory",
                      "maxMemory", "vcpu", "iothreads", "on_poweroff", "on_reboot", "on_crash",
                      "cpu", "clock", "pm", "numatune") },
    { "os", WORDS("type", "loader", "nvram", "kernel", "initrd", "cmdline", "bootmenu") },
    { "launchSecurity", WORDS("policy", "cbitpos", "reducedPhysBits", "dhCert", "session",
                              "guestVisibleWorkarounds", "idBlock", "idAuth", "hostData") },
    { "memtune", WORDS("hard_limit") },
    { "memoryBacking", WORDS("source", "access", "allocation") },
};

/* Most names differ in their first character. */
static gboolean
is_name(const char *a, const char *b)
{
    return a[0] == b[0] && g_str_equal(a, b);
}

static gboolean
is_among(const char *const *names, const char *name)
{
    while (*names && !is_name(*names, name)) {
        names++;
    }
    return *names != NULL;
}

static const char *const *
names_read_once(const char *parent)
{
    for (size_t i = 0; i < G_N_ELEMENTS(once); i++) {
        if (is_name(parent, once[i].parent)) {
            return once[i].children;
        }
    }
    return NULL;
}

static void
report_second(struct cvm_check *check, const struct cvm_node *node)
{
    const struct cvm_from place = { .node = node };

    if (g_str_equal(node->name, "numatune")) {
        cvm_fix(cvm_report(check, &place,
                           _("There is more than one 'numatune': libvirt refuses the domain "
                             "with 'only one numatune is supported'.")),
                _("Merge them into one."));
    } else {
        cvm_fix(cvm_report_as(check, CVM_WARNING, &place,
                              _("There is more than one '%1$s' in '%2$s': libvirt reads the "
                                "first, and drops this one without a word."),
                              node->name, node->parent->name),
                _("Remove the one that is not meant."));
    }
}

static void
check_second(struct cvm_check *check, const struct cvm_node *parent)
{
    const char *const *names = names_read_once(parent->name);
    uint32_t seen = 0; /* a bit a name */

    for (const struct cvm_node *node = names ? parent->children : NULL; node; node = node->next) {
        unsigned i = 0;

        while (names[i] && !is_name(names[i], node->name)) {
            i++;
        }
        if (names[i] && seen & (1U << i)) {
            report_second(check, node);
        } else if (names[i]) {
            seen |= 1U << i;
        }
    }
}

void
cvm_check_second_element(struct cvm_check *check)
{
    const struct cvm_node *root = check->domain->from.node;

    if (check->domain->form != CVM_FORM_XML || !root) {
        return;
    }
    check_second(check, root);
    for (const struct cvm_node *node = root->children; node; node = node->next) {
        check_second(check, node);
    }
}

/* ---- 111 ----
 * Elements and attributes that libvirt drops without a word, as far as the guest then is not what
 * its definition seems to say. What is merely unknown may be newer than this program and is left
 * alone: a name is reported when it is nearly one that libvirt knows there, or one that libvirt
 * knows elsewhere. What launchSecurity holds is CVM212's. */

/* libvirt's src/conf/schemas/domaincommon.rng (11.3) and its documentation of later releases. */
static const struct parent {
    const char *path; /* below <domain>; "" is that itself */
    const char *const *elements;
    const char *const *attributes;
} parents[] = {
    { "",
      WORDS("blkiotune", "bootloader", "bootloader_args", "clock", "cpu", "cputune",
            "currentMemory", "defaultiothread", "description", "devices", "features", "genid",
            "hwuuid", "id", "idmap", "iothreadids", "iothreads", "keywrap", "launchSecurity",
            "maxMemory", "memory", "memoryBacking", "memtune", "metadata", "name", "numatune",
            "on_crash", "on_lockfailure", "on_poweroff", "on_reboot", "os", "perf", "pm",
            "resource", "seclabel", "sysinfo", "throttlegroups", "title", "uuid", "vcpu", "vcpus"),
      WORDS("type", "id") },
    { "memory", WORDS(NULL), WORDS("unit", "dumpCore") },
    { "currentMemory", WORDS(NULL), WORDS("unit") },
    { "memoryBacking",
      WORDS("hugepages", "nosharepages", "locked", "source", "access", "allocation", "discard"),
      WORDS(NULL) },
    { "memtune", WORDS("hard_limit", "soft_limit", "min_guarantee", "swap_hard_limit"),
      WORDS(NULL) },
    { "memtune/hard_limit", WORDS(NULL), WORDS("unit") },
    { "numatune", WORDS("memory", "memnode"), WORDS(NULL) },
    { "os",
      WORDS("type", "loader", "nvram", "varstore", "boot", "bootmenu", "smbios", "bios", "acpi",
            "firmware", "kernel", "initrd", "cmdline", "shim", "dtb", "root", "init", "initarg",
            "initdir", "initenv", "inituser", "initgroup"),
      WORDS("firmware", "type") }, /* type: CVM404 */
    { "os/type", WORDS(NULL), WORDS("arch", "machine") },
    { "os/loader", WORDS(NULL), WORDS("readonly", "secure", "stateless", "type", "format") },
    { "os/nvram", WORDS("source"), WORDS("template", "templateFormat", "type", "format") },
    { "pm", WORDS("suspend-to-mem", "suspend-to-disk"), WORDS(NULL) },
};

/* Elements that have one home only, and matter to a confidential guest. */
static const struct home {
    const char *name, *parent;
} homes[] = {
    { "memoryBacking", "domain" },
    { "memtune", "domain" },
    { "locked", "memoryBacking" },
    { "nosharepages", "memoryBacking" },
    { "hugepages", "memoryBacking" },
    { "hard_limit", "memtune" },
    { "loader", "os" },
    { "nvram", "os" },
    { "suspend-to-mem", "pm" },
    { "suspend-to-disk", "pm" },
    { "policy", "launchSecurity" },
    { "dhCert", "launchSecurity" },
    { "session", "launchSecurity" },
    { "idBlock", "launchSecurity" },
    { "idAuth", "launchSecurity" },
    { "hostData", "launchSecurity" },
    { "on_reboot", "domain" },
};

static const struct home *
find_home(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(homes); i++) {
        if (g_str_equal(homes[i].name, name)) {
            return &homes[i];
        }
    }
    return NULL;
}

/* One that is not among the parent's. TRUE when elements of that name are in order nevertheless. */
static gboolean
check_element(struct cvm_check *check, const struct parent *parent, const struct cvm_node *node)
{
    const struct cvm_from place = { .node = node };
    const struct home *home;
    const char *closest;

    if (strchr(node->name, ':')) {
        return TRUE;
    }
    home = find_home(node->name);
    closest = cvm_closest(node->name, parent->elements);
    if (g_strcmp0(closest, "launchSecurity") == 0) {
        return TRUE;
    }
    if (home) {
        cvm_fix(cvm_report(check, &place,
                           _("'%1$s' stands in '%2$s', but libvirt looks for it in '%3$s' only: it "
                             "drops the element without a word."),
                           node->name, node->parent->name, home->parent),
                _("Move it into '<%s>'."), home->parent);
    } else if (closest) {
        cvm_fix(cvm_report(check, &place,
                           _("libvirt knows no '%1$s' in '%2$s' and drops it without a word, with "
                             "all that it holds."),
                           node->name, node->parent->name),
                _("Did you mean '<%s>'?"), closest);
    }
    return !home && !closest;
}

/* There may be half a million elements, but not of so many names. */
static void
check_elements(struct cvm_check *check, const struct parent *parent, const struct cvm_node *element)
{
    g_autoptr(GHashTable) fine = NULL;

    for (const struct cvm_node *node = element->children; node; node = node->next) {
        if (is_among(parent->elements, node->name) ||
            (fine && g_hash_table_contains(fine, node->name))) {
            continue;
        }
        if (check_element(check, parent, node)) {
            fine = fine ? fine : g_hash_table_new(g_str_hash, g_str_equal);
            g_hash_table_add(fine, (gpointer)node->name);
        }
    }
}

static void
check_attribute(struct cvm_check *check, const struct parent *parent, const struct cvm_node *node)
{
    const struct cvm_from place = { .node = node };
    const char *closest;

    if (strchr(node->name, ':') || is_among(parent->attributes, node->name)) {
        return;
    }
    closest = cvm_closest(node->name, parent->attributes);
    if (!closest) {
        return;
    }
    cvm_fix(cvm_report(check, &place,
                       _("libvirt knows no attribute '%1$s' of '%2$s' and drops it without a "
                         "word."),
                       node->name, node->parent->name),
            _("Did you mean '%1$s='%2$s''?"), closest, node->text ? node->text : "");
}

/* The element that the path leads to from domain, the first of its name at each step. */
static const struct cvm_node *
find_parent(const struct cvm_node *domain, const char *path)
{
    const struct cvm_node *node = domain;

    while (node && *path) {
        size_t length = strcspn(path, "/");

        node = node->children;
        while (node && (node->name[0] != path[0] || strncmp(node->name, path, length) != 0 ||
                        node->name[length])) {
            node = node->next;
        }
        path += length + (path[length] == '/');
    }
    return node;
}

/* virDomainFeatureTypeFromString() of libvirt 11.3. */
static const char *const features[] = {
    "acpi",      "aia", "apic",     "async-teardown", "capabilities", "ccf-assist", "cfpc", "gic",
    "hap",       "hpt", "htm",      "hyperv",         "ibs",          "ioapic",     "kvm",  "msrs",
    "nested-hv", "pae", "pmu",      "privnet",        "ps2",          "pvspinlock", "ras",  "sbbc",
    "smm",       "tcg", "viridian", "vmcoreinfo",     "vmport",       "xen",        NULL
};

/* Unlike elsewhere, libvirt refuses a feature that it does not know; a newer one may know it. */
static void
check_features(struct cvm_check *check, const struct cvm_node *parent)
{
    const unsigned version = check->host ? check->host->libvirt_version : 0;
    const gboolean known = version > 0 && version < CVM_VERSION(11, 4, 0);

    for (const struct cvm_node *node = parent->children; node; node = node->next) {
        const struct cvm_from place = { .node = node };
        const char *closest;
        struct cvm_finding *finding;

        if (strchr(node->name, ':') || is_among(features, node->name) ||
            cvm_is_launch_security(node->name)) { /* CVM212 speaks of that */
            continue;
        }
        closest = cvm_closest(node->name, features);
        finding =
            cvm_report_as(check, closest || known ? CVM_SEVERE : CVM_WARNING, &place,
                          _("libvirt up to 11.3 knows no feature '%1$s' and refuses the domain "
                            "with 'unexpected feature '%1$s''."),
                          node->name);
        if (closest) {
            cvm_fix(finding, _("Did you mean '<%s>'?"), closest);
        } else {
            cvm_fix(finding, _("Remove '<%s>' from '<features>'."), node->name);
        }
    }
}

static void
check_unknown(struct cvm_check *check)
{
    const struct cvm_node *domain = check->domain->from.node;

    if (check->domain->form != CVM_FORM_XML || !domain) {
        return;
    }
    for (const struct cvm_node *node = domain->children; node; node = node->next) {
        if (g_str_equal(node->name, "features")) {
            check_features(check, node);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(parents); i++) {
        const struct cvm_node *element = find_parent(domain, parents[i].path);

        if (!element) {
            continue;
        }
        check_elements(check, &parents[i], element);
        for (const struct cvm_node *node = element->attributes; node; node = node->next) {
            check_attribute(check, &parents[i], node);
        }
    }
}

/* ---- 112 ---- */

/* virXMLParseHelper() of libvirt 9.0 and 11.3 takes the text for UTF-8, whatever it declares
 * (run). */
static void
check_encoding(struct cvm_check *check)
{
    const struct cvm_node *root = check->domain->from.node;

    if (check->domain->form == CVM_FORM_XML && root && root->source->recoded) {
        cvm_fix(cvm_report(check, &check->domain->from,
                           _("The file is in the encoding '%s', which libvirt takes for UTF-8 "
                             "whatever the declaration says: it refuses the domain with 'Input is "
                             "not proper UTF-8' or 'Start tag expected'."),
                           root->source->encoding),
                _("Save the file in UTF-8."));
    }
}

/* ---- 113 ---- */

/* Who asked for it (read/schema.c) has the answer among the problems. */
static void
check_schema(struct cvm_check *check)
{
    const struct cvm_problem *problem = check->domain->problems;

    for (; problem; problem = problem->next) {
        if (problem->kind == CVM_PROBLEM_SCHEMA) {
            cvm_report_problem(check, problem);
        }
    }
}

const struct cvm_rule cvm_rules_names[] = {
    { "CVM111", "unknown-element", CVM_WARNING, 0, FALSE,
      N_("An element or attribute of domain XML is misspelt or misplaced, and libvirt drops it."),
      check_unknown },
    { "CVM112", "not-utf-8", CVM_SEVERE, 0, FALSE,
      N_("Domain XML is not in UTF-8, the one encoding that libvirt reads."), check_encoding },
    { "CVM113", "schema-violation", CVM_SEVERE, 0, FALSE,
      N_("libvirt's schema refuses the domain; asked with lint --schema alone."), check_schema },
    { 0 },
};
