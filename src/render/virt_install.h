/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-install's command line for a domain. Its sub-options are named after libvirt's elements and
 * attributes, so that the line is made from the tree of the domain's XML: by the tables of
 * virt_install_words.c, and where virt-install has no word, by a path in the XML
 * (xpath0.set=./rom/@enabled). */
#ifndef CVM_RENDER_VIRT_INSTALL_H
#define CVM_RENDER_VIRT_INSTALL_H

#include "model/node.h"

/* A sub-option: the attribute or element below the option's own element, and its name. */
struct cvm_vi_word {
    const char *path; /* "driver/@cache"; NULL ends a table */
    const char *word; /* "driver.cache"; '#' stands for the place in a list, from 0 */
};

/* What virt-install fills in by itself below the option's element, to be taken out again where the
 * domain has no such thing. */
struct cvm_vi_unwanted {
    const char *path; /* NULL ends a list */
    const char *when; /* only with this value there; NULL: always */
    const char *is;
};

/* An option that stands for an element of the domain, once for each such element. */
struct cvm_vi_option {
    const char *element; /* below <domain>: "devices/disk" */
    const char *option;  /* "--disk" */
    const struct cvm_vi_word *words;
    const struct cvm_vi_unwanted *unwanted; /* may be NULL */
};

/* In the order in which they are written; ended by a row of NULLs. */
extern const struct cvm_vi_option cvm_vi_options[];

/* What virt-install adds to a domain that has no such element, and what keeps it from that. */
struct cvm_vi_absent {
    const char *element;      /* below <domain>, or one of a type: "devices/controller=usb" */
    const char *or_element;   /* enough, too; may be NULL */
    const char *only_with;    /* it is added only where there is this; NULL: always */
    const char *arguments[5]; /* option and value, option and value; --xml is written last */
};

/* Ended by a row of NULLs. */
extern const struct cvm_vi_absent cvm_vi_absent[];

#endif
