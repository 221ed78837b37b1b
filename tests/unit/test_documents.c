/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is a profile among the YAML files of a folder. */
#include <glib/gstdio.h>
#include <string.h>

#include "read/read.h"
#include "unit.h"
#include "util/error.h"

static const char *const profiles[] = {
    "name: db\nmemory: 4GiB\nvcpu: 2\n",
    "# a comment\n%YAML 1.2\n---\nlaunchSecurity: {type: sev}\n",
    "extends: base.yaml\nbogus: 1\nother: 2\nthird: 3\n",
    "lauchSecurity:\n  type: sev\n",      /* misspelt */
    "memory: 4GiB\nvcpu: 2\nbroken: [\n", /* broken */
    "\"name\": db\r\n'memory' : 4GiB\r\n",
    "   name: db\n   devices:\n     disk: x\n", /* indented */
    "kind: other\n---\nname: db\nmemory: 1GiB\n",
    "{name: db,\n launchSecurity: {type: sev}}\n",
    ("\xef\xbb\xbf"
     "launchSecurity: {type: sev}\n"),
    "\xff\xfel\0", /* UTF-16: to be told */
};

static const char *const others[] = {
    "",
    "# nothing\n",
    "apiVersion: kubevirt.io/v1\nkind: VirtualMachine\nmetadata: {name: x}\nspec:\n  memory: 1\n",
    "apiVersion: v1\nkind: List\nmemory: 1\nname: x\n",
    "name: app\nservices:\n  web:\n    extends: x\nvolumes: {}\n",
    "name: CI\non: push\njobs:\n  a:\n    launchSecurity: x\n",
    "name: act\ndescription: d\ninputs: {}\nruns: {}\n",
    "- hosts: all\n  memory: 4\n  name: x\n",
    "language: c\nos: linux\nscript: make\n",
    "text: |\n  launchSecurity: x\n  memory: 4\n",
    "{{- if .Values.x }}\nkind: Pod\n",
    "{\"openapi\": \"3.0\", \"paths\": {}}\n",
    "memory: 1\nansible_host: a\nansible_user: b\nports: []\nzone: x\n",
    "\0\0\0\0",
};

START_TEST(test_likely_profiles)
{
    for (size_t i = 0; i < G_N_ELEMENTS(profiles); i++) {
        ck_assert_msg(cvm_profile_is_likely(profiles[i], strlen(profiles[i])), "%s", profiles[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        ck_assert_msg(!cvm_profile_is_likely(others[i], strlen(others[i])), "%s", others[i]);
    }
}
END_TEST

/* A file of a folder: what CVM_ERROR_UNSUPPORTED says may be passed over, all else may not. */
START_TEST(test_found_files)
{
    static const struct {
        const char *text;
        int code; /* 0: it is read */
    } cases[] = {
        { "name: db\nlaunchSecurity: {type: sev}\nmemory: 1GiB\nvcpu: 1\n", 0 },
        { "name: db\nlaunchSecurity: {type: sev}\n", 0 },
        { "launchSecurity: {type: sev}\nmemory: 1GiB\n", CVM_ERROR_UNSUPPORTED },
        { "launchSecurity: {typ: sev}\nmemory: 1GiB\n", 0 },
        { "nme: db\nlaunchSecurity: {type: sev}\n", 0 },
        { "launchSecurity: {type: sev}\n---\nname: db\nmemory: 1GiB\n", 0 },
        { "kind: Pod\n", CVM_ERROR_UNSUPPORTED },
        { "kind: !x [\n", CVM_ERROR_UNSUPPORTED },
        { "launchSecurity: [\n", CVM_ERROR_SYNTAX },
        { "<domain/>", 0 },
        { "<network/>", CVM_ERROR_UNSUPPORTED },
        { "<domain>", CVM_ERROR_SYNTAX },
        { "<network>", CVM_ERROR_SYNTAX },
    };
    g_autofree char *folder = g_dir_make_tmp("cvmdom-test.XXXXXX", NULL);
    g_autofree char *file = g_build_filename(folder, "x.yaml", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GPtrArray) domains = NULL;

        ck_assert(g_file_set_contents(file, cases[i].text, -1, NULL));
        domains = cvm_documents_read_found(file, NULL, &error);
        ck_assert_msg((error ? error->code : 0) == cases[i].code, "%s: %s", cases[i].text,
                      error ? error->message : "read");
    }
    g_unlink(file);
    g_rmdir(folder);
}
END_TEST

UNIT_MAIN("documents", test_likely_profiles, test_found_files)
