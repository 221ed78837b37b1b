/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libxml2 says of most invalid domains that something is wrong with <devices>. So what it names is
 * looked at more closely: the element or attribute without which the domain is valid is the wrong
 * one. */
#include "read/schema.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <string.h>
#include <unistd.h>

#include "read/read.h"
#include "util/error.h"
#include "util/i18n.h"
#include "util/quote.h"

enum {
    TRIES = 200,           /* validations of one domain, 0.6 ms each for 6 KB */
    CLOSE_MAX = 64 * 1024, /* bytes of a document that is looked at so closely */
};

struct cvm_schema {
    xmlRelaxNGPtr compiled;
};

/* What libxml2 says first of the deepest node. */
struct said {
    xmlNodePtr node;
    unsigned depth;
    char *message;
};

struct cvm_validator {
    xmlRelaxNGValidCtxtPtr context;
    struct said said;
    gboolean quiet;
    unsigned tries;
};

/* libxml2 2.12 made the error const. */
#if LIBXML_VERSION >= 21200
typedef const xmlError *error_pointer;
#else
typedef xmlErrorPtr error_pointer;
#endif

/* ---- the schema ---- */

static void
keep_first(void *data, error_pointer problem)
{
    char **message = data;

    if (!*message && problem->level >= XML_ERR_ERROR && problem->message) {
        *message = cvm_xml_message(problem->message);
    }
}

struct cvm_schema *
cvm_schema_read(const char *path, GError **error)
{
    const char *file = path ? path : CVM_SCHEMA_INSTALLED;
    g_autofree char *message = NULL;
    xmlStructuredErrorFunc before;
    void *before_data;
    xmlRelaxNGParserCtxtPtr context;
    struct cvm_schema *schema;
    xmlRelaxNGPtr compiled;

    if (access(file, R_OK) < 0) {
        cvm_error_set(error, CVM_ERROR_IO,
                      path ? _("cannot read the schema '%s'")
                           : _("there is no schema of libvirt's at '%s': install libvirt (Debian: "
                               "libvirt0, Fedora: libvirt-libs), or name a copy of its domain.rng "
                               "with --schema-file"),
                      file);
        return NULL;
    }
    xmlInitParser();
    context = xmlRelaxNGNewParserCtxt(file);
    xmlRelaxNGSetParserStructuredErrors(context, (xmlStructuredErrorFunc)keep_first, &message);
    /* What is no XML at all is told to this thread's handler, or else printed as it is. */
    before = xmlStructuredError;
    before_data = xmlStructuredErrorContext;
    xmlSetStructuredErrorFunc(&message, (xmlStructuredErrorFunc)keep_first);
    compiled = xmlRelaxNGParse(context);
    xmlSetStructuredErrorFunc(before_data, before);
    xmlRelaxNGFreeParserCtxt(context);
    if (!compiled) {
        cvm_error_set_at(error, CVM_ERROR_SYNTAX, file, 0, 0,
                         _("'%1$s' is no RELAX NG schema: %2$s"), file, message ? message : "?");
        return NULL;
    }
    schema = g_new(struct cvm_schema, 1);
    schema->compiled = compiled;
    return schema;
}

void
cvm_schema_free(struct cvm_schema *schema)
{
    if (schema) {
        xmlRelaxNGFree(schema->compiled);
        g_free(schema);
    }
}

/* ---- a validator ---- */

static unsigned
depth_of(const xmlNode *node)
{
    unsigned depth = 0;

    for (; node; node = node->parent) {
        depth++;
    }
    return depth;
}

static void
take_error(void *data, error_pointer problem)
{
    struct cvm_validator *validator = data;
    struct said *said = &validator->said;
    xmlNodePtr node = problem->node;
    unsigned depth = depth_of(node);

    if (validator->quiet || (said->message && depth <= said->depth)) {
        return;
    }
    g_free(said->message);
    *said = (struct said){
        .node = node,
        .depth = depth,
        .message = cvm_xml_message(problem->message),
    };
}

struct cvm_validator *
cvm_validator_new(const struct cvm_schema *schema)
{
    struct cvm_validator *validator = g_new0(struct cvm_validator, 1);

    validator->context = xmlRelaxNGNewValidCtxt(schema->compiled);
    xmlRelaxNGSetValidStructuredErrors(validator->context, (xmlStructuredErrorFunc)take_error,
                                       validator);
    return validator;
}

void
cvm_validator_free(struct cvm_validator *validator)
{
    if (validator) {
        xmlRelaxNGFreeValidCtxt(validator->context);
        g_free(validator);
    }
}

static gboolean
is_valid(struct cvm_validator *validator, xmlDocPtr document)
{
    validator->tries++;
    return xmlRelaxNGValidateDoc(validator->context, document) == 0;
}

/* ---- the wrong one ---- */

static gboolean
is_valid_without(struct cvm_validator *validator, xmlNodePtr element)
{
    xmlNodePtr before = element->prev, parent = element->parent;
    xmlDocPtr document = element->doc;
    gboolean valid;

    xmlUnlinkNode(element);
    valid = is_valid(validator, document);
    if (before) {
        xmlAddNextSibling(before, element);
    } else if (parent->children) {
        xmlAddPrevSibling(parent->children, element);
    } else {
        xmlAddChild(parent, element);
    }
    return valid;
}

/* The attribute goes to the end of the element's. */
static gboolean
is_valid_without_attribute(struct cvm_validator *validator, xmlNodePtr element,
                           xmlAttrPtr attribute)
{
    gboolean valid;

    xmlUnlinkNode((xmlNodePtr)attribute);
    valid = is_valid(validator, element->doc);
    xmlAddChild(element, (xmlNodePtr)attribute);
    return valid;
}

static xmlNodePtr
find_wrong_child(struct cvm_validator *validator, xmlNodePtr element)
{
    for (xmlNodePtr child = element->children; child && validator->tries < TRIES;
         child = child->next) {
        if (child->type == XML_ELEMENT_NODE && is_valid_without(validator, child)) {
            return child;
        }
    }
    return NULL;
}

/* Of the element, or of one in it that cannot be left out itself; *owner is whose it is. */
static const char *
find_wrong_attribute(struct cvm_validator *validator, xmlNodePtr element, xmlNodePtr *owner)
{
    const char *found = NULL;
    unsigned count = 0;

    for (xmlAttrPtr attribute = element->properties; attribute; attribute = attribute->next) {
        count++;
    }
    for (; count > 0 && validator->tries < TRIES; count--) {
        xmlAttrPtr first = element->properties;

        if (is_valid_without_attribute(validator, element, first)) {
            *owner = element;
            return (const char *)first->name;
        }
    }
    for (xmlNodePtr child = xmlFirstElementChild(element); child && !found;
         child = xmlNextElementSibling(child)) {
        found = find_wrong_attribute(validator, child, owner);
    }
    return found;
}

/* ---- the same in our tree ---- */

/* Both trees have the same elements in the same order. NULL where it is not below the top. */
static const struct cvm_node *
find_same(const struct cvm_domain *domain, const xmlNode *top, const xmlNode *node)
{
    const struct cvm_node *same;
    unsigned before = 0;

    if (node == top) {
        return domain->root;
    }
    if (!node || node->type != XML_ELEMENT_NODE) {
        return NULL;
    }
    for (const xmlNode *at = node->prev; at; at = at->prev) {
        before += at->type == XML_ELEMENT_NODE;
    }
    same = find_same(domain, top, node->parent);
    for (same = same ? same->children : NULL; same && before > 0; same = same->next) {
        before--;
    }
    return same;
}

/* The element of a document that one of our tree is. */
static xmlNodePtr
find_twin(xmlDocPtr document, const struct cvm_node *node)
{
    xmlNodePtr at;
    unsigned before = 0;

    if (!node->parent) {
        return xmlDocGetRootElement(document);
    }
    for (const struct cvm_node *first = node->parent->children; first != node;
         first = first->next) {
        before++;
    }
    at = find_twin(document, node->parent);
    for (at = at ? xmlFirstElementChild(at) : NULL; at && before > 0; before--) {
        at = xmlNextElementSibling(at);
    }
    return at;
}

/* ---- what is said ---- */

/* words: libxml2's, where no part alone is wrong; NULL. */
static void
complain(struct cvm_domain *domain, const struct cvm_node *node, const char *words)
{
    g_autofree char *path = cvm_node_path(node);
    g_autofree char *message =
        words ? g_strdup_printf(_("libvirt's schema refuses the domain: %s."),
                                cvm_quote(domain->arena, words))
              : g_strdup_printf(_("libvirt's schema refuses '%s': without it the domain is valid."),
                                path);

    cvm_domain_add_problem(domain, CVM_PROBLEM_SCHEMA, node, FALSE, message, NULL);
}

/* Looks closer for as long as one part alone is wrong. */
static void
find_wrong(struct cvm_validator *validator, struct cvm_domain *domain, xmlNodePtr top)
{
    xmlNodePtr wrong = top, closer;
    const struct cvm_node *node = NULL, *at;
    const char *attribute = NULL;

    validator->quiet = TRUE;
    if (domain->root->source->size <= CLOSE_MAX) {
        while ((closer = find_wrong_child(validator, wrong))) {
            wrong = closer;
        }
        attribute = find_wrong_attribute(validator, wrong, &wrong);
    }
    validator->quiet = FALSE;
    at = find_same(domain, top, wrong);
    if (attribute) {
        node = at ? cvm_node_attribute(at, attribute) : NULL;
    } else if (wrong != top) {
        node = at;
    }
    if (node) {
        complain(domain, node, NULL);
    } else {
        at = find_same(domain, top, validator->said.node);
        complain(domain, at ? at : domain->root,
                 validator->said.message ? validator->said.message : "?");
    }
}

void
cvm_schema_validate(struct cvm_validator *validator, struct cvm_domain *domain)
{
    const struct cvm_source *source;
    xmlDocPtr document;
    xmlNodePtr top, outer = NULL;

    if (domain->form != CVM_FORM_XML || cvm_domain_is_reference(domain)) {
        return;
    }
    source = domain->root->source;
    document = xmlReadMemory(source->data, (int)source->size, NULL, "UTF-8",
                             XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    top = document ? find_twin(document, domain->root) : NULL;
    if (!top) {
        xmlFreeDoc(document);
        return; /* as it was just read, for want of memory alone */
    }
    if (domain->root->parent) { /* a snapshot's domain; its namespaces are declared around it */
        outer = xmlDocSetRootElement(document, top);
    }
    validator->tries = 0;
    validator->said = (struct said){ 0 };
    if (!is_valid(validator, document)) {
        find_wrong(validator, domain, top);
    }
    g_clear_pointer(&validator->said.message, g_free);
    xmlFreeNode(outer);
    xmlFreeDoc(document);
}
