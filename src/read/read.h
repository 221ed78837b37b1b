/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes in. The only users of libyaml, libxml2 and jansson for input. */
#ifndef CVM_READ_READ_H
#define CVM_READ_READ_H

#include "model/domain.h"
#include "model/host.h"

/* Limits that hold before anything is allocated from an input. */
enum {
    CVM_LIMIT_PROFILE = 1 << 20, /* bytes of a profile */
    CVM_LIMIT_XML = 10 << 20, /* bytes of a domain XML or host record: libvirt's VSH_MAX_XML_FILE */
    CVM_LIMIT_BLOB = 64 * 1024,     /* bytes of a certificate or session file */
    CVM_LIMIT_FIRMWARE = 64 << 20,  /* bytes of a firmware image */
    CVM_LIMIT_DESCRIPTOR = 1 << 20, /* bytes of a firmware descriptor */
    CVM_LIMIT_DEPTH = 64,           /* nesting of YAML and XML */
    CVM_LIMIT_ATTRIBUTES = 256, /* attributes of an XML element: libxml2 compares them in pairs */
    CVM_LIMIT_NODES = 500000,   /* elements and attributes of an XML file */
    CVM_LIMIT_NAMES = 10000,    /* different ones, and namespaces: libxml2's table is small */
    CVM_LIMIT_DOCUMENTS = 1000, /* YAML documents in a file */
    CVM_LIMIT_KEYS = 10000,     /* keys of a YAML map; a 1 MiB profile could have 200,000 */
    CVM_LIMIT_DIRECTIVES = 100, /* YAML directives in a file: libyaml compares them in pairs */
    CVM_LIMIT_ITEMS = 512,      /* items of a list: what they may share is compared in pairs */
    CVM_LIMIT_METADATA = 64 * 1024, /* bytes of metadata: libxml2 compares attributes in pairs */
    CVM_LIMIT_CPUSET = 64 * 1024, /* bytes of a set of CPUs or nodes, each term up to all of them */
    CVM_LIMIT_PINS = 4096,        /* pinned virtual CPUs: QEMU's most for q35 */
    CVM_LIMIT_ALIASES = 1000,     /* YAML aliases in a document */
    CVM_LIMIT_COPIES = 100000,    /* nodes that the aliases of a YAML file may stand for */
    CVM_LIMIT_EXTENDS = 16,       /* profiles in a chain of extends */
    CVM_LIMIT_CONFIG = 64 * 1024, /* bytes of a .cvmdom.yaml */
    CVM_LIMIT_SUPPRESSIONS = 500, /* suppression comments of a file */
    CVM_LIMIT_SUPPRESSED = 32,    /* rules that one of them names */
};

/* yaml_tree.c: text to trees, one per document. Anchors, aliases and merge keys are expanded;
 * duplicate keys are kept (the second has problem-worthy twins). Fails with CVM_ERROR_SYNTAX and
 * the place. */
struct cvm_yaml_documents {
    struct cvm_node **roots;
    unsigned count;
};
int
cvm_yaml_parse(struct cvm_arena *arena, const struct cvm_source *source,
               struct cvm_yaml_documents *documents, GError **error);

/* xml_encoding.c: bytes to the text of a source, whatever encoding their mark or declaration says
 * they are in. Fails with CVM_ERROR_SYNTAX and the place of what is not in that encoding. */
struct cvm_source *
cvm_xml_decode(struct cvm_arena *arena, const char *name, const char *data, size_t size,
               GError **error);
/* The reverse: text, an edited source->data, in the encoding of its file. Fails with
 * CVM_ERROR_UNSUPPORTED when it cannot be said in that encoding. data is the caller's to g_free().
 */
int
cvm_xml_encode(const struct cvm_source *source, const char *text, size_t length, char **data,
               size_t *size, GError **error);
/* Whether the first character is '<', in any encoding. */
gboolean
cvm_xml_is_likely(const char *data, size_t size);

/* xml_tree.c: text to a tree of ELEMENT nodes with ATTRIBUTE nodes; no network, no entities, no
 * DTD. Names are kept as written ("qemu:arg", "xmlns:qemu"); character data that is only white
 * space is dropped. The place of an element's name is its "<", that of its value the first
 * character of its text (the "<" again when it has none); an attribute's value stands inside its
 * quotes. Fails with CVM_ERROR_SYNTAX and the place. */
struct cvm_node *
cvm_xml_parse(struct cvm_arena *arena, const struct cvm_source *source, GError **error);
/* A message of libxml2's as text of one line: it breaks lines, and cuts what it repeats of the file
 * between any two bytes. "?" for NULL; the caller's to g_free(). */
char *
cvm_xml_message(const char *message);

/* profile.c: every document of the text, extends and sets merged in, one domain each (struct
 * cvm_domain, freed with the array). What is wrong with a document's content is a problem of its
 * domain; NULL and an error only when it could not be read at all. extends and {file: …} are
 * relative to name's folder; sets are KEY=VALUE, NULL-terminated, may be NULL. */
GPtrArray *
cvm_profile_parse(const char *name, const char *data, size_t size, const char *const *sets,
                  GError **error);

/* The profile once more as it was read, with nothing chosen: values are taken from its tree anew,
 * which it shares, as it does problems and suppressions. Nothing is read again. */
struct cvm_domain *
cvm_profile_again(const struct cvm_domain *profile);

/* domain_xml_roots.c: the libvirt domains of an XML file, of form CVM_FORM_XML; what they leave out
 * stays unset. One is <domain> itself; snapshots, checkpoints and libvirt's own state files have
 * one or two inside. Fails with CVM_ERROR_UNSUPPORTED where there is none. */
GPtrArray *
cvm_domain_xml_parse_all(const char *name, const char *data, size_t size, GError **error);
/* Whether the first element of such a file may be called that. */
gboolean
cvm_domain_xml_is_root(const char *name);

/* documents.c: whatever the file holds, told apart by its first character: '<' begins XML, anything
 * else is a profile. name is a path or "-"; sets are for profiles. */
GPtrArray *
cvm_documents_read(const char *name, const char *const *sets, GError **error);
GPtrArray *
cvm_documents_parse(const char *name, const char *data, size_t size, const char *const *sets,
                    GError **error);

/* suppression.c: the suppression comments of a text that was read without error into these
 * documents; NULL when there are none. */
struct cvm_suppressions *
cvm_suppressions_read(struct cvm_arena *arena, const struct cvm_source *source, enum cvm_form form,
                      struct cvm_node *const *roots, unsigned count);

/* As cvm_documents_read(), of a regular file that a folder or a list brought along: where it holds
 * nothing to check, CVM_ERROR_UNSUPPORTED. That is other XML, YAML that is no profile, and a
 * profile without a name, which is a part of those that extend it. */
GPtrArray *
cvm_documents_read_found(const char *name, const char *const *sets, GError **error);

/* profile_likely.c: whether YAML text looks like a profile, however broken. */
gboolean
cvm_profile_is_likely(const char *data, size_t size);

/* profile_schema.c: the JSON Schema of a profile (2020-12), printed from the field table; the
 * caller's to g_free(). */
char *
cvm_profile_schema(void);

/* host_record.c: a host record, or a bare `virsh domcapabilities` or `virsh capabilities` file. */
/* Whether the root of what is read may be that of one; without parsing. */
gboolean
cvm_host_is_likely(const char *data, size_t size);
struct cvm_host *
cvm_host_read(const char *path, GError **error);
struct cvm_host *
cvm_host_parse(const char *name, const char *data, size_t size, GError **error);

/* firmware_json.c: the descriptors below root ("" or "/" for this machine), searched, masked and
 * ordered as libvirt's system daemon does, and the images they and the host's loader list name,
 * into host. */
int
cvm_host_add_firmware(struct cvm_host *host, const char *root, GError **error);

/* ovmf.c: what an image says of itself; strings and sections go to the arena. Never fails on
 * content: an image without a table, or with a broken one, has has_table FALSE. */
void
cvm_ovmf_parse(struct cvm_arena *arena, const char *path, const uint8_t *data, size_t size,
               struct cvm_ovmf *ovmf);

#endif
