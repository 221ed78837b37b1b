/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When two values of one place say the same, and how a value is shown. */
#include <string.h>

#include "compare/tree.h"
#include "read/domain_xml.h"
#include "util/cpuset.h"
#include "util/number.h"
#include "util/quote.h"

enum { ELEMENT_MAX = 160 }; /* characters of an element that are shown */

enum kind {
    TEXT, /* the same characters, or yes and on, no and off */
    SIZE,
    UNIT, /* of a size: says nothing by itself */
    HEX,  /* with or without 0x */
    NUMBER,
    CPUSET,
    BASE64,
    CASELESS,
    MACHINE,
    SECRET,
};

static const struct {
    const char *path;
    enum kind kind;
} kinds[] = {
    { "memory/text()", SIZE },
    { "memory/@unit", UNIT },
    { "currentMemory/text()", SIZE },
    { "currentMemory/@unit", UNIT },
    { "maxMemory/text()", SIZE },
    { "maxMemory/@unit", UNIT },
    { "memtune/*/text()", SIZE },
    { "memtune/*/@unit", UNIT },
    { "memoryBacking/hugepages/page/@size", SIZE },
    { "memoryBacking/hugepages/page/@unit", UNIT },
    { "memoryBacking/hugepages/page/@nodeset", CPUSET },
    { "cpu/numa/cell/@memory", SIZE },
    { "cpu/numa/cell/@unit", UNIT },
    { "cpu/numa/cell/@cpus", CPUSET },
    { "devices/memory/target/*/text()", SIZE },
    { "devices/memory/target/*/@unit", UNIT },
    { "vcpu/text()", NUMBER },
    { "vcpu/@current", NUMBER },
    { "vcpu/@cpuset", CPUSET },
    { "cputune/*/@cpuset", CPUSET },
    { "cputune/*/@vcpu", NUMBER },
    { "cputune/*/@iothread", NUMBER },
    { "numatune/*/@nodeset", CPUSET },
    { "iothreads/text()", NUMBER },
    { "uuid/text()", CASELESS },
    { "os/type/@machine", MACHINE },
    { "launchSecurity/policy/text()", HEX },
    { "launchSecurity/cbitpos/text()", NUMBER },
    { "launchSecurity/reducedPhysBits/text()", NUMBER },
    { "launchSecurity/dhCert/text()", BASE64 },
    { "launchSecurity/session/text()", BASE64 },
    { "launchSecurity/guestVisibleWorkarounds/text()", BASE64 },
    { "launchSecurity/idBlock/text()", BASE64 },
    { "launchSecurity/idAuth/text()", BASE64 },
    { "launchSecurity/hostData/text()", BASE64 },
    { "devices/controller/@index", NUMBER },
    { "devices/*/address/@*", NUMBER },
    { "devices/hostdev/source/address/@uuid", CASELESS },
    { "devices/hostdev/source/*/@*", NUMBER },
    { "devices/interface/mac/@address", CASELESS },
    { "devices/graphics/@passwd", SECRET },
};

static enum kind
kind_of(const struct cvm_spot *spot)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (cvm_spot_is(spot, kinds[i].path)) {
            return kinds[i].kind;
        }
    }
    return TEXT;
}

const char *
cvm_spot_text(struct cvm_arena *arena, const struct cvm_spot *spot)
{
    const char *text = spot->node->text ? spot->node->text : "";
    size_t length = strlen(text);

    if (spot->node->kind == CVM_NODE_ATTRIBUTE ||
        (!g_ascii_isspace(text[0]) && (length == 0 || !g_ascii_isspace(text[length - 1])))) {
        return text;
    }
    return g_strstrip(cvm_arena_strdup(arena, text));
}

gboolean
cvm_spot_is_unit(const struct cvm_spot *spot)
{
    return kind_of(spot) == UNIT;
}

/* ---- the same ---- */

/* libvirt's two tristates: nobody means another thing by "on" where "yes" is the word. */
static int
parse_flag(const char *text)
{
    return g_str_equal(text, "yes") || g_str_equal(text, "on")   ? 1
           : g_str_equal(text, "no") || g_str_equal(text, "off") ? 0
                                                                 : -1;
}

static gboolean
same_flag(const char *one, const char *other)
{
    return parse_flag(one) >= 0 && parse_flag(one) == parse_flag(other);
}

static gboolean
parse_number(const char *text, gboolean hex, uint64_t *number)
{
    return hex || g_str_has_prefix(text, "0x") ? cvm_number_parse_hex(text, number)
                                               : cvm_number_parse_decimal(text, number);
}

static gboolean
same_number(const char *one, const char *other, gboolean hex)
{
    uint64_t first, second;

    return parse_number(one, hex, &first) && parse_number(other, hex, &second) && first == second;
}

static gboolean
same_cpuset(const char *one, const char *other)
{
    gboolean fits = strlen(one) <= CVM_CPUSET_MAX && strlen(other) <= CVM_CPUSET_MAX;
    g_autoptr(GArray) first = fits ? cvm_cpuset_parse(one) : NULL;
    g_autoptr(GArray) second = fits ? cvm_cpuset_parse(other) : NULL;

    return first && second && cvm_cpuset_is_subset(first, second) &&
           cvm_cpuset_is_subset(second, first);
}

/* White space in base64 means nothing (RFC 2045, section 6.8). */
static gboolean
same_base64(const char *one, const char *other)
{
    for (;;) {
        while (g_ascii_isspace(*one)) {
            one++;
        }
        while (g_ascii_isspace(*other)) {
            other++;
        }
        if (*one != *other) {
            return FALSE;
        }
        if (*one == '\0') {
            return TRUE;
        }
        one++;
        other++;
    }
}

/* An alias stands for the newest version that the host's QEMU had when the domain was defined, and
 * libvirt writes that one down (virQEMUCapsGetCanonicalMachine). */
static gboolean
same_machine(const char *wanted, const char *found)
{
    return (g_str_equal(wanted, "q35") && g_str_has_prefix(found, "pc-q35-")) ||
           (g_str_equal(wanted, "pc") && g_str_has_prefix(found, "pc-i440fx-"));
}

static gboolean
same_size(const struct cvm_spot *wanted, const struct cvm_spot *found)
{
    uint64_t first, second;

    return cvm_domain_xml_size(wanted->node, &first) && cvm_domain_xml_size(found->node, &second) &&
           first == second;
}

gboolean
cvm_spots_agree(struct cvm_arena *arena, const struct cvm_spot *wanted,
                const struct cvm_spot *found)
{
    const char *one = cvm_spot_text(arena, wanted), *other = cvm_spot_text(arena, found);
    enum kind kind = kind_of(found);

    switch (kind) {
    case SIZE:
        return same_size(wanted, found);
    case UNIT:
        return TRUE;
    case HEX:
    case NUMBER:
        return g_str_equal(one, other) || same_number(one, other, kind == HEX);
    case CPUSET:
        return g_str_equal(one, other) || same_cpuset(one, other);
    case BASE64:
        return same_base64(one, other);
    case CASELESS:
        return g_ascii_strcasecmp(one, other) == 0;
    case MACHINE:
        return g_str_equal(one, other) || same_machine(one, other);
    case TEXT:
    case SECRET:
        break;
    }
    return g_str_equal(one, other) || same_flag(one, other);
}

/* ---- showing ---- */

static void
print_escaped(GString *out, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);

    g_string_append(out, escaped);
}

static void
print_element(GString *out, const struct cvm_node *element, gboolean mask)
{
    g_string_append_printf(out, "<%s", element->name);
    for (const struct cvm_node *attribute = element->attributes; attribute;
         attribute = attribute->next) {
        const struct cvm_spot spot = { attribute, FALSE };

        g_string_append_printf(out, " %s='", attribute->name);
        print_escaped(out, mask && kind_of(&spot) == SECRET ? "…"
                           : attribute->text                ? attribute->text
                                                            : "");
        g_string_append_c(out, '\'');
    }
    if (!element->children && !element->text) {
        g_string_append(out, "/>");
        return;
    }
    g_string_append_c(out, '>');
    if (element->text) {
        g_autofree char *text = g_strstrip(g_strdup(element->text));

        print_escaped(out, text);
    }
    for (const struct cvm_node *child = element->children; child; child = child->next) {
        print_element(out, child, mask);
        if (mask && out->len > 4 * ELEMENT_MAX) {
            return; /* it is cut anyway */
        }
    }
    g_string_append_printf(out, "</%s>", element->name);
}

char *
cvm_element_print(const struct cvm_node *element)
{
    GString *out = g_string_new(NULL);

    print_element(out, element, FALSE);
    return g_string_free(out, FALSE);
}

static const char *
show_element(struct cvm_arena *arena, const struct cvm_node *element)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_autofree char *beginning = NULL;

    print_element(out, element, TRUE);
    if (g_utf8_strlen(out->str, -1) <= ELEMENT_MAX) {
        return cvm_arena_strdup(arena, out->str);
    }
    beginning = g_utf8_substring(out->str, 0, ELEMENT_MAX);
    return cvm_arena_printf(arena, "%s…", beginning);
}

const char *
cvm_spot_show(struct cvm_arena *arena, const struct cvm_spot *spot)
{
    enum kind kind = kind_of(spot);
    uint64_t bytes;

    if (!spot->text && spot->node->kind == CVM_NODE_ELEMENT) {
        return show_element(arena, spot->node);
    }
    if (kind == SECRET) {
        return "…";
    }
    if (kind == SIZE && cvm_domain_xml_size(spot->node, &bytes)) {
        g_autofree char *size = cvm_size_format(bytes);

        return cvm_arena_strdup(arena, size);
    }
    return cvm_quote(arena, cvm_spot_text(arena, spot));
}
