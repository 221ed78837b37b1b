/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a profile takes from other files, and from the command line. */
#include <glib/gstdio.h>

#include "profile_fixture.h"

struct folder {
    char *path;
    GPtrArray *files;
};

static struct folder *
new_folder(void)
{
    struct folder *folder = g_new0(struct folder, 1);

    folder->path = g_dir_make_tmp("cvmdom-XXXXXX", NULL);
    ck_assert_ptr_nonnull(folder->path);
    folder->files = g_ptr_array_new_with_free_func(g_free);
    return folder;
}

/* Borrowed path of a new file. */
static const char *
add_bytes(struct folder *folder, const char *name, const char *data, gssize size)
{
    char *path = g_build_filename(folder->path, name, NULL);

    ck_assert(g_file_set_contents(path, data, size, NULL));
    g_ptr_array_add(folder->files, path);
    return path;
}

static const char *
add_file(struct folder *folder, const char *name, const char *text)
{
    return add_bytes(folder, name, text, -1);
}

static void
remove_folder(struct folder *folder)
{
    for (guint i = 0; i < folder->files->len; i++) {
        g_unlink(g_ptr_array_index(folder->files, i));
    }
    g_rmdir(folder->path);
    g_ptr_array_unref(folder->files);
    g_free(folder->path);
    g_free(folder);
}

static GPtrArray *
read_file(const char *path)
{
    g_autoptr(GError) error = NULL;
    GPtrArray *domains = cvm_documents_read(path, NULL, &error);

    ck_assert_msg(domains != NULL, "%s", error ? error->message : "");
    return domains;
}

START_TEST(test_extends)
{
    struct folder *folder = new_folder();
    const char *base = add_file(folder, "base.yaml",
                                "launchSecurity: {type: sev-snp, kernelHashes: true}\n"
                                "memory: {size: 4GiB, hugepages: 2MiB}\n"
                                "vcpu: 2\n"
                                "title: base\n"
                                "devices:\n"
                                "  disk: [{source: /a}, {source: /b}]\n"
                                "  rng: true\n");
    const char *top = add_file(folder, "top.yaml",
                               "extends: base.yaml\n"
                               "name: db\n"
                               "memory: 8GiB\n"
                               "vcpu: {pin: auto}\n"
                               "devices:\n"
                               "  disk: {source: /c}\n");
    g_autoptr(GPtrArray) domains = read_file(top);
    const struct cvm_domain *domain = first(domains);

    check_sound(domain);
    ck_assert_str_eq(domain->title.value, "base");
    ck_assert_str_eq(domain->title.from.node->source->name, base);
    ck_assert_uint_eq(domain->title.from.node->line, 4);
    ck_assert_uint_eq(domain->memory.size.value, UINT64_C(8) << 30);
    ck_assert_str_eq(domain->memory.size.from.node->source->name, top);
    ck_assert_uint_eq(domain->memory.hugepages.value, UINT64_C(2) << 20);
    ck_assert_uint_eq(domain->vcpu.count.value, 2);
    ck_assert(cvm_is_on(domain->vcpu.pin_auto));
    ck_assert(cvm_is_on(domain->launch.kernel_hashes));
    ck_assert_int_eq(domain->launch.guest, CVM_GUEST_SEV_SNP);
    ck_assert_uint_eq(domain->devices.disk.count, 1);
    ck_assert_uint_eq(domain->devices.rng.count, 1);
    remove_folder(folder);
}
END_TEST

START_TEST(test_extends_chain_and_problems_of_a_base)
{
    struct folder *folder = new_folder();
    const char *lowest = add_file(folder, "lowest.yaml", "memory: 4G\nvcpu: 1\nvcpu: 2\n");
    const char *top;

    add_file(folder, "middle.yaml", "extends: lowest.yaml\ntitle: middle\n");
    top = add_file(folder, "top.yaml",
                   "name: db\nlaunchSecurity: {type: sev}\nextends: middle.yaml\n---\n"
                   "name: db2\nlaunchSecurity: {type: sev}\nextends: ./middle.yaml\n");
    {
        g_autoptr(GPtrArray) domains = read_file(top);
        const struct cvm_problem *problem = first(domains)->problems;

        ck_assert_uint_eq(domains->len, 2);
        ck_assert_str_eq(first(domains)->title.value, "middle");
        ck_assert_int_eq(problem->kind, CVM_PROBLEM_DUPLICATE_KEY);
        ck_assert_str_eq(problem->node->source->name, lowest);
        ck_assert_uint_eq(problem->node->name_line, 3);
        problem = problem->next;
        ck_assert_int_eq(problem->kind, CVM_PROBLEM_WRONG_TYPE);
        ck_assert_str_eq(problem->node->source->name, lowest);
        ck_assert_uint_eq(problem->node->column, 9);
        ck_assert_ptr_null(problem->next);
    }
    remove_folder(folder);
}
END_TEST

static void
check_extends_problem(const char *path, const char *words)
{
    g_autoptr(GPtrArray) domains = read_file(path);
    const struct cvm_problem *problem = first(domains)->problems;
    g_autofree char *problems = list_problems(first(domains));

    while (problem && problem->kind != CVM_PROBLEM_EXTENDS) {
        problem = problem->next;
    }
    ck_assert_msg(problem && strstr(problem->message, words), "expected '%s': %s", words, problems);
}

START_TEST(test_extends_cycles)
{
    struct folder *folder = new_folder();
    const char *self = add_file(folder, "self.yaml", SOUND "extends: ./self.yaml\n");
    const char *one = add_file(folder, "one.yaml", SOUND "extends: two.yaml\n");

    add_file(folder, "two.yaml", "extends: three.yaml\n");
    add_file(folder, "three.yaml", "extends: one.yaml\n");
    check_extends_problem(self, "extends itself");
    check_extends_problem(one, "two.yaml -> ");
    check_problem(SOUND "extends: no/such.yaml\n", CVM_PROBLEM_EXTENDS, 5, 10, "no/such.yaml");
    check_problem(SOUND "extends: [a, b]\n", CVM_PROBLEM_EXTENDS, 5, 10, "one profile");
    check_problem(SOUND "extends:\n", CVM_PROBLEM_EXTENDS, 5, 9, "one profile");
    remove_folder(folder);
}
END_TEST

START_TEST(test_extends_too_long_or_broken)
{
    struct folder *folder = new_folder();
    const char *broken, *many;

    for (unsigned i = 0; i < CVM_LIMIT_EXTENDS + 2; i++) {
        g_autofree char *name = g_strdup_printf("%u.yaml", i);
        g_autofree char *text = g_strdup_printf(SOUND "extends: %u.yaml\n", i + 1);

        add_file(folder, name, text);
    }
    check_extends_problem(g_ptr_array_index(folder->files, 0), "ore than 16 profiles");
    add_file(folder, "bad.yaml", "a: [\n");
    broken = add_file(folder, "broken.yaml", SOUND "extends: bad.yaml\n");
    check_extends_problem(broken, "line 2, column 1");
    add_file(folder, "two-documents.yaml", "a: 1\n---\nb: 2\n");
    many = add_file(folder, "many.yaml", SOUND "extends: two-documents.yaml\n");
    check_extends_problem(many, "one document");
    remove_folder(folder);
}
END_TEST

START_TEST(test_host_is_relative_to_its_profile)
{
    struct folder *folder = new_folder();
    const char *top = add_file(folder, "a.yaml", SOUND "host: hosts/b.xml\n");
    g_autofree char *expected = g_build_filename(folder->path, "hosts/b.xml", NULL);
    g_autoptr(GPtrArray) domains = read_file(top);
    g_autoptr(GPtrArray) bundled = read_sound("host: epyc-genoa-snp");
    g_autoptr(GPtrArray) beside = read_sound("host: b.xml");

    ck_assert_str_eq(first(domains)->host.value, expected);
    ck_assert_str_eq(first(bundled)->host.value, "epyc-genoa-snp");
    ck_assert_str_eq(first(beside)->host.value, "b.xml");
    remove_folder(folder);
}
END_TEST

START_TEST(test_sets)
{
    static const char *const sets[] = { "launchSecurity.type=sev-es",
                                        "memory.hugepages=2MiB",
                                        "devices.disk[0].source=/new",
                                        "devices.disk[1]={source: /second}",
                                        "devices.interface[0].type=user",
                                        "vcpu.pin={0: \"4\"}",
                                        "os.kernel=/vmlinuz",
                                        "title=",
                                        "description=\"\"",
                                        NULL };
    g_autoptr(GPtrArray) domains =
        read_sets(SOUND "title: x\ndevices: {disk: {source: /old, format: raw}}\n", sets);
    const struct cvm_domain *domain = first(domains);
    const struct cvm_disk *disks = domain->devices.disk.items;
    g_autofree char *path = cvm_node_path(disks[0].source.from.node);

    check_sound(domain);
    ck_assert_int_eq(domain->launch.guest, CVM_GUEST_SEV_ES);
    ck_assert_uint_eq(domain->memory.size.value, UINT64_C(8) << 30);
    ck_assert_uint_eq(domain->memory.hugepages.value, UINT64_C(2) << 20);
    ck_assert_uint_eq(domain->devices.disk.count, 2);
    ck_assert_str_eq(disks[0].source.value, "/new");
    ck_assert_str_eq(disks[0].format.value, "raw");
    ck_assert_str_eq(disks[1].source.value, "/second");
    ck_assert_str_eq(path, "devices.disk[0].source");
    ck_assert_str_eq(disks[0].source.from.node->source->name, "--set");
    ck_assert_str_eq(disks[0].source.from.node->source->data, "devices.disk[0].source=/new");
    ck_assert_uint_eq(disks[0].source.from.node->column, 24);
    ck_assert_uint_eq(disks[0].source.from.node->name_column, 17);
    ck_assert_uint_eq(domain->vcpu.count.value, 4);
    ck_assert_uint_eq(domain->vcpu.pin.count, 1);
    ck_assert_str_eq(domain->os.kernel.value, "/vmlinuz");
    ck_assert(cvm_is_unset(domain->title));
    ck_assert_str_eq(domain->description.value, "");
}
END_TEST

START_TEST(test_sets_override_and_are_judged_like_the_rest)
{
    static const char *const sets[] = { "vcpu=1", "vcpu=2", "memory.szie=1GiB", "cpu=no", NULL };
    g_autoptr(GPtrArray) domains = read_sets(SOUND "---\n" SOUND, sets);
    const struct cvm_domain *domain = g_ptr_array_index(domains, 1);
    const struct cvm_problem *problem = domain->problems;

    ck_assert_uint_eq(domain->vcpu.count.value, 2);
    ck_assert_int_eq(problem->kind, CVM_PROBLEM_UNKNOWN_KEY);
    ck_assert_uint_eq(problem->node->name_column, 8);
    ck_assert_str_eq(problem->node->source->data, "memory.szie=1GiB");
    problem = problem->next;
    ck_assert_int_eq(problem->kind, CVM_PROBLEM_WRONG_TYPE);
    ck_assert_uint_eq(problem->node->column, 5);
    ck_assert_ptr_null(problem->next);
}
END_TEST

START_TEST(test_malformed_sets)
{
    static const char *const malformed[] = { "",
                                             "name",
                                             "=x",
                                             "a..b=c",
                                             ".a=b",
                                             "a.=b",
                                             "[0]=a",
                                             "a[x]=b",
                                             "a[0=b",
                                             "a b=c",
                                             "name=[",
                                             "name=a\n---\nb",
                                             "extends=a",
                                             "launchSecurity=",
                                             "launchSecurity=~",
                                             "a[]=b",
                                             "a.[0]=b",
                                             "devices.disk.source=a",
                                             "devices.disk[7]=a",
                                             "devices.disk[99999999999999999999]=a" };

    for (size_t i = 0; i < G_N_ELEMENTS(malformed); i++) {
        static const char text[] = SOUND "devices: {disk: [{source: /a}, {source: /b}]}\n";
        const char *const sets[] = { malformed[i], NULL };
        g_autoptr(GError) error = NULL;
        GPtrArray *domains = cvm_profile_parse("test.yaml", text, strlen(text), sets, &error);

        ck_assert_msg(!domains, "'%s' was accepted", malformed[i]);
        ck_assert(g_error_matches(error, CVM_ERROR, CVM_ERROR_USAGE));
    }
}
END_TEST

static void
check_policy(const char *type, const char *policy, uint64_t expected)
{
    g_autofree char *text = g_strdup_printf("name: db\nmemory: 1GiB\nvcpu: 1\n"
                                            "launchSecurity: {policy: %s, type: %s}\n",
                                            policy, type);
    g_autoptr(GPtrArray) domains = read_sets(text, NULL);

    check_sound(first(domains));
    ck_assert(cvm_is_given(first(domains)->launch.policy));
    ck_assert_uint_eq(first(domains)->launch.policy.value, expected);
}

static void
check_policy_problem(const char *type, const char *policy, unsigned column, const char *words)
{
    g_autofree char *text = g_strdup_printf("name: db\nmemory: 1GiB\nvcpu: 1\n"
                                            "launchSecurity: {policy: %s, type: %s}\n",
                                            policy, type);

    check_problem(text, CVM_PROBLEM_POLICY, 4, column, words);
}

START_TEST(test_policy)
{
    check_policy("sev", "0x33", 0x33);
    check_policy("sev", "7", 7);
    check_policy("sev", "'0x0003'", 3);
    check_policy("sev-snp", "0x30000", 0x30000);
    check_policy("sev", "{}", 0x3);
    check_policy("sev-es", "{}", 0x7);
    check_policy("sev-snp", "{}", 0x30000);
    check_policy("sev", "{debug: true}", 0x2);
    check_policy("sev", "{keySharing: true, send: false, domain: true}", 0x19);
    check_policy("sev-es", "{api: \"1.51\"}", 0x33010007);
    check_policy("sev-snp", "{smt: false, debug: true}", 0xa0000);
    check_policy("sev-snp", "{abi: \"1.51\", singleSocket: true}", 0x130133);
    check_policy_problem("sev", "017", 26, "must be a number");
    check_policy_problem("sev", "nodbg", 26, "must be a number");
    check_policy_problem("sev", "[1]", 26, "a list");
    check_policy_problem("sev", "0x100000000", 26, "32 bits");
    check_policy_problem("sev-snp", "0x10000000000000000", 26, "must be a number");
    check_policy_problem("sev", "{smt: true}", 27, "another type's policy");
    check_policy_problem("sev-snp", "{reserved: true}", 27, "no 'reserved'");
    check_policy_problem("sev-snp", "{debgu: true}", 27, "did you mean 'debug'?");
    check_policy_problem("sev-snp", "{debug: no}", 34, "true or false");
    check_policy_problem("sev-snp", "{abi: 1.50}", 32, "in quotes");
    check_policy_problem("sev-snp", "{abi: \"1\"}", 32, "in quotes");
}
END_TEST

START_TEST(test_unknown_type_is_left_to_its_rule)
{
    g_autoptr(GPtrArray) domains = read_sets("name: db\nmemory: 1GiB\nvcpu: 1\n"
                                             "launchSecurity: {type: tdx, policy: {a: b}}\n",
                                             NULL);

    check_sound(first(domains));
    ck_assert_int_eq(first(domains)->launch.guest, CVM_GUEST_OTHER);
    ck_assert_str_eq(first(domains)->launch.type.value, "tdx");
    ck_assert(!cvm_is_set(first(domains)->launch.policy));
}
END_TEST

START_TEST(test_blobs)
{
    struct folder *folder = new_folder();
    const char *raw = add_bytes(folder, "raw.bin", "\0\1\2", 3);
    const char *encoded = add_file(folder, "cert.b64", "QUJD\nREVG\n");
    const char *top = add_file(folder, "top.yaml",
                               "name: db\nmemory: 1GiB\nvcpu: 1\n"
                               "launchSecurity:\n"
                               "  type: sev\n"
                               "  dhCert: {file: cert.b64}\n"
                               "  session: {file: raw.bin}\n"
                               "  hostData: |\n"
                               "    QUJD\n"
                               "    REU=\n");
    g_autoptr(GPtrArray) domains = read_file(top);
    const struct cvm_launch *launch = &first(domains)->launch;

    check_sound(first(domains));
    ck_assert_str_eq(launch->dh_cert.base64, "QUJDREVG");
    ck_assert_str_eq(launch->dh_cert.file, encoded);
    ck_assert_str_eq(launch->session.base64, "AAEC");
    ck_assert_str_eq(launch->session.file, raw);
    ck_assert_str_eq(launch->host_data.base64, "QUJDREU=");
    ck_assert_ptr_null(launch->host_data.file);
    remove_folder(folder);
}
END_TEST

static void
check_blob_problem(const char *value, enum cvm_problem_kind kind, unsigned column,
                   const char *words)
{
    g_autofree char *text = g_strdup_printf("name: db\nmemory: 1GiB\nvcpu: 1\n"
                                            "launchSecurity: {type: sev, dhCert: %s}\n",
                                            value);

    check_problem(text, kind, 4, column, words);
}

START_TEST(test_blob_problems)
{
    check_blob_problem("cert.b64", CVM_PROBLEM_BLOB, 37, "write {file: cert.b64}");
    check_blob_problem("QUJ", CVM_PROBLEM_BLOB, 37, "not base64");
    check_blob_problem("'QUJD-_=='", CVM_PROBLEM_BLOB, 37, "not base64");
    check_blob_problem("Q=JD", CVM_PROBLEM_BLOB, 37, "not base64");
    check_blob_problem("''", CVM_PROBLEM_BLOB, 37, "not base64");
    check_blob_problem("", CVM_PROBLEM_WRONG_TYPE, 37, "no value");
    check_blob_problem("[QUJD]", CVM_PROBLEM_BLOB, 37, "not a list");
    check_blob_problem("{file: no/such.b64}", CVM_PROBLEM_BLOB, 44, "no/such.b64");
    check_blob_problem("{file: /dev/null}", CVM_PROBLEM_BLOB, 44, "no regular file");
    check_blob_problem("{file: }", CVM_PROBLEM_WRONG_TYPE, 44, "path of a file");
    check_blob_problem("{}", CVM_PROBLEM_MISSING_KEY, 29, "dhCert.file");
    check_blob_problem("{file: /dev/zero}", CVM_PROBLEM_BLOB, 44, "no regular file");
}
END_TEST

START_TEST(test_blob_files_of_a_wrong_size)
{
    struct folder *folder = new_folder();
    g_autofree char *large = g_strnfill(CVM_LIMIT_BLOB + 1, 'A');
    g_autofree char *empty_value = NULL;
    g_autofree char *large_value = NULL;

    empty_value = g_strdup_printf("{file: %s}", add_file(folder, "empty", ""));
    large_value = g_strdup_printf("{file: %s}", add_file(folder, "large", large));
    check_blob_problem(empty_value, CVM_PROBLEM_BLOB, 44, "is empty");
    check_blob_problem(large_value, CVM_PROBLEM_BLOB, 44, "larger than");
    remove_folder(folder);
}
END_TEST

UNIT_MAIN("profile_merge", test_extends, test_extends_chain_and_problems_of_a_base,
          test_extends_cycles, test_extends_too_long_or_broken,
          test_host_is_relative_to_its_profile, test_sets,
          test_sets_override_and_are_judged_like_the_rest, test_malformed_sets, test_policy,
          test_unknown_type_is_left_to_its_rule, test_blobs, test_blob_problems,
          test_blob_files_of_a_wrong_size)
