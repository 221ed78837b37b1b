/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain XML into the model by tables of rows: what an element or attribute is called, what it
 * holds, and the member it fills. What no row names stays in the tree, where a rule may look for
 * it. To read one more thing: a member in model/domain.h, a row in domain_xml_*.c. */
#ifndef CVM_READ_DOMAIN_XML_H
#define CVM_READ_DOMAIN_XML_H

#include <stddef.h>

#include "model/domain.h"

enum cvm_xml_kind {
    CVM_XML_TEXT,    /* struct cvm_text: as written; an element without text says nothing */
    CVM_XML_WORD,    /* struct cvm_text: one of words, anything else libvirt refuses */
    CVM_XML_FLAG,    /* struct cvm_flag: yes or no, on or off */
    CVM_XML_YESNO,   /* struct cvm_flag: yes or no */
    CVM_XML_ONOFF,   /* struct cvm_flag: on or off */
    CVM_XML_PRESENT, /* struct cvm_flag: TRUE where the element is, whatever it holds */
    CVM_XML_STATE,   /* struct cvm_flag: the element's state, on or off, and on without one */
    CVM_XML_UINT,    /* struct cvm_uint: decimal */
    CVM_XML_SIZE,    /* struct cvm_uint in bytes: decimal, in the element's unit, KiB without one */
    CVM_XML_POLICY,  /* struct cvm_uint: hexadecimal, with or without 0x */
    CVM_XML_BLOB,    /* struct cvm_blob: base64 */
    CVM_XML_STRUCT,  /* a struct that begins with struct cvm_from, filled by table */
    CVM_XML_SECTION, /* the same, by all elements of that name together */
    CVM_XML_LIST,   /* struct cvm_list: one struct for each element of that path, filled by table */
    CVM_XML_CUSTOM, /* whatever read makes of the element, which may be NULL, at offset */
};

struct cvm_xml_table;

/* The path is relative to the element of the table: "driver/@cache", "memoryBacking/locked",
 * "@type"; "." is the element itself, NULL ends a table. Of several places that a path leads to the
 * first counts, as for libvirt's XPath; of several rows for one member the first that finds
 * something. */
struct cvm_xml_row {
    const char *path;
    enum cvm_xml_kind kind;
    size_t offset; /* of the member in the table's struct */
    const struct cvm_xml_table *table;
    const char *const *words; /* NULL-terminated */
    unsigned most;            /* in a list; 0 is CVM_LIMIT_ITEMS */
    void (*read)(struct cvm_domain *domain, void *at, const struct cvm_node *element);
};

struct cvm_xml_table {
    size_t size; /* of the struct */
    const struct cvm_xml_row *rows;
};

#define XML_ROW(KIND, p, s, m, ...)                                                                \
    {                                                                                              \
        .path = (p), .kind = CVM_XML_##KIND, .offset = offsetof(struct s, m), ##__VA_ARGS__        \
    }
#define XML_TEXT(p, s, m) XML_ROW(TEXT, p, s, m)
#define XML_WORD(p, s, m, w) XML_ROW(WORD, p, s, m, .words = (w))
#define XML_FLAG(p, s, m) XML_ROW(FLAG, p, s, m)
#define XML_YESNO(p, s, m) XML_ROW(YESNO, p, s, m)
#define XML_ONOFF(p, s, m) XML_ROW(ONOFF, p, s, m)
#define XML_PRESENT(p, s, m) XML_ROW(PRESENT, p, s, m)
#define XML_STATE(p, s, m) XML_ROW(STATE, p, s, m)
#define XML_UINT(p, s, m) XML_ROW(UINT, p, s, m)
#define XML_SIZE(p, s, m) XML_ROW(SIZE, p, s, m)
#define XML_BLOB(p, s, m) XML_ROW(BLOB, p, s, m)
#define XML_STRUCT(p, s, m, t) XML_ROW(STRUCT, p, s, m, .table = &(t))
#define XML_SECTION(p, s, m, t) XML_ROW(SECTION, p, s, m, .table = &(t))
#define XML_LIST(p, s, m, t) XML_ROW(LIST, p, s, m, .table = &(t))
#define XML_CUSTOM(p, f)                                                                           \
    {                                                                                              \
        .path = (p), .kind = CVM_XML_CUSTOM, .read = (f)                                           \
    }
/* The same for one member: f gets that instead of the struct. */
#define XML_CUSTOM_AT(p, s, m, f) XML_ROW(CUSTOM, p, s, m, .read = (f))
#define XML_END                                                                                    \
    {                                                                                              \
        .path = NULL                                                                               \
    }

/* Fills the struct at base from the element by the table's rows. A value that libvirt would refuse
 * becomes CVM_INVALID and a problem. */
void
cvm_domain_xml_fill(struct cvm_domain *domain, const struct cvm_xml_table *table, void *base,
                    const struct cvm_node *element);

/* Makes the domain that of the element, a <domain> by whatever name. */
void
cvm_domain_xml_take(struct cvm_domain *domain, const struct cvm_node *element);

/* Bytes of an element, or attribute, that holds a size: decimal, in the element's unit, KiB without
 * one. */
gboolean
cvm_domain_xml_size(const struct cvm_node *node, uint64_t *bytes);

extern const struct cvm_xml_table cvm_xml_domain_table;  /* domain_xml_core.c: struct cvm_domain */
extern const struct cvm_xml_table cvm_xml_devices_table; /* domain_xml_devices.c: cvm_devices */

#endif
