/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain that is defined anew keeps: the identity that libvirt made up the first time. */
#include "resolve/choose.h"
#include "resolve/resolve.h"
#include "util/error.h"
#include "util/i18n.h"

#define REASON N_("the domain that is defined already has it")

/* Whether libvirt gives the guest a variable store: for a pflash firmware image that keeps its
 * variables elsewhere. */
static gboolean
has_store(const struct cvm_os *os)
{
    return (cvm_is_set(os->loader) || cvm_text_is(os->firmware, "efi")) &&
           !cvm_text_is(os->type, "rom") && !cvm_is_on(os->stateless) && !cvm_is_off(os->readonly);
}

static gboolean
is_same_text(const struct cvm_text *a, const struct cvm_text *b)
{
    return cvm_is_set(*a) == cvm_is_set(*b) && g_strcmp0(a->value, b->value) == 0;
}

static gboolean
is_alike(const struct cvm_interface *a, const struct cvm_interface *b)
{
    return is_same_text(&a->type, &b->type) && is_same_text(&a->source, &b->source);
}

static gboolean
has_mac(const struct cvm_list *interfaces, const char *mac)
{
    cvm_each (struct cvm_interface, interface, interfaces) {
        if (cvm_is_set(interface->mac) && g_ascii_strcasecmp(interface->mac.value, mac) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The address of the first interface that nobody has taken; alike: among those that lead to the
 * same place. */
static const char *
find_mac(const struct cvm_list *taken, const struct cvm_list *known,
         const struct cvm_interface *interface, gboolean alike)
{
    cvm_each (struct cvm_interface, other, known) {
        if (cvm_is_set(other->mac) && (!alike || is_alike(interface, other)) &&
            !has_mac(taken, other->mac.value)) {
            return other->mac.value;
        }
    }
    return NULL;
}

static void
adopt_macs(struct cvm_choice *choice, const struct cvm_list *known, gboolean alike)
{
    struct cvm_list *interfaces = &choice->domain->devices.interface;

    cvm_each (struct cvm_interface, interface, interfaces) {
        const char *mac =
            cvm_is_unset(interface->mac) ? find_mac(interfaces, known, interface, alike) : NULL;

        if (mac) {
            cvm_choose_in(choice, "devices.interface", &interface->from);
            cvm_choose_text(choice, "mac", &interface->mac,
                            cvm_arena_strdup(choice->domain->arena, mac), _(REASON));
        }
    }
}

/* <nvram type='block'> and the like; NULL for a file. */
static const char *
store_type(const struct cvm_os *os)
{
    const struct cvm_node *node = os->nvram.from.node;
    const char *type;

    while (node && g_strcmp0(node->name, "nvram") != 0) {
        node = node->parent;
    }
    type = node ? cvm_node_attribute_text(node, "type") : NULL;
    return g_strcmp0(type, "file") == 0 ? NULL : type;
}

static int
adopt_store(struct cvm_choice *choice, const struct cvm_os *known, GError **error)
{
    struct cvm_os *os = &choice->domain->os;
    const char *type = store_type(known);

    if (!cvm_is_set(known->nvram) || !cvm_is_unset(os->nvram) || !has_store(os)) {
        return 0;
    }
    if (type) {
        return cvm_error_set(error, CVM_ERROR_UNSUPPORTED,
                             _("the variable store of the domain that is defined is of type "
                               "'%1$s', and a profile can only say a file: it would be lost"),
                             type);
    }
    cvm_choose_in(choice, "os", &os->from);
    cvm_choose_text(choice, "firmware.nvram", &os->nvram,
                    cvm_arena_strdup(choice->domain->arena, known->nvram.value), _(REASON));
    return 0;
}

int
cvm_resolve_adopt(struct cvm_domain *domain, const struct cvm_domain *known, GError **error)
{
    struct cvm_choice choice = { .domain = domain, .prefix = "", .node = domain->from.node };

    if (adopt_store(&choice, &known->os, error) < 0) {
        return -1;
    }
    if (cvm_is_set(known->uuid)) {
        cvm_choose_in(&choice, "", &domain->from);
        cvm_choose_text(&choice, "uuid", &domain->uuid,
                        cvm_arena_strdup(domain->arena, known->uuid.value), _(REASON));
    }
    adopt_macs(&choice, &known->devices.interface, TRUE);
    adopt_macs(&choice, &known->devices.interface, FALSE);
    return 0;
}
