/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "profile_fixture.h"
#include "read/profile_fields.h"
#include "rules/rule.h"

START_TEST(test_short_forms)
{
    g_autoptr(GPtrArray) domains =
        read_sound("cpu: host-model\n"
                   "numatune: auto\n"
                   "os: {firmware: efi, boot: [hd, network]}\n"
                   "devices: {disk: {source: /a}, rng: true, tpm: false, console: true,\n"
                   "  vsock: auto, memballoon: none, video: vga, serial: []}");
    const struct cvm_domain *domain = first(domains);
    const struct cvm_devices *devices = &domain->devices;

    ck_assert_uint_eq(domain->memory.size.value, UINT64_C(8) << 30);
    ck_assert_uint_eq(domain->memory.size.from.node->line, 3);
    ck_assert_uint_eq(domain->vcpu.count.value, 4);
    ck_assert_str_eq(domain->cpu.mode.value, "host-model");
    ck_assert(cvm_is_unset(domain->cpu.model));
    ck_assert(cvm_is_on(domain->numatune.nodeset_auto));
    ck_assert(cvm_is_unset(domain->numatune.nodeset));
    ck_assert_str_eq(domain->os.firmware.value, "efi");
    ck_assert_uint_eq(domain->os.boot.count, 2);
    ck_assert_str_eq(((struct cvm_boot *)domain->os.boot.items)[1].dev.value, "network");
    ck_assert_uint_eq(devices->disk.count, 1);
    ck_assert_uint_eq(devices->rng.count, 1);
    ck_assert_uint_eq(devices->tpm.count, 0);
    ck_assert(cvm_is_given(devices->tpm));
    ck_assert_uint_eq(devices->console.count, 1);
    ck_assert(cvm_is_on(((struct cvm_vsock *)devices->vsock.items)->cid_auto));
    ck_assert_str_eq(((struct cvm_balloon *)devices->memballoon.items)->common.model.value, "none");
    ck_assert_str_eq(((struct cvm_video *)devices->video.items)->common.model.value, "vga");
    ck_assert(cvm_is_given(devices->serial));
    ck_assert_uint_eq(devices->serial.count, 0);
    ck_assert(cvm_is_unset(devices->channel));
}
END_TEST

START_TEST(test_cpu_word_is_mode_or_model)
{
    static const char *const modes[] = { "host-passthrough", "host-model", "maximum", NULL };

    for (unsigned i = 0; modes[i]; i++) {
        g_autofree char *line = g_strdup_printf("cpu: %s", modes[i]);
        g_autoptr(GPtrArray) domains = read_sound(line);

        ck_assert_str_eq(first(domains)->cpu.mode.value, modes[i]);
    }
    {
        g_autoptr(GPtrArray) domains = read_sound("cpu: EPYC-v4");

        ck_assert_str_eq(first(domains)->cpu.model.value, "EPYC-v4");
        ck_assert(cvm_is_unset(first(domains)->cpu.mode));
    }
}
END_TEST

START_TEST(test_pins)
{
    g_autoptr(GPtrArray) domains =
        read_sets(HEAD "memory: 1GiB\nvcpu: {count: 2, pin: {0: \"4\", 1: 5-6}}\n", NULL);
    const struct cvm_list *list = &first(domains)->vcpu.pin;
    const struct cvm_pin *pins = list->items;

    check_sound(first(domains));
    ck_assert_uint_eq(list->count, 2);
    ck_assert_uint_eq(pins[1].id.value, 1);
    ck_assert_str_eq(pins[1].cpuset.value, "5-6");
    ck_assert_uint_eq(pins[1].from.node->column, 35);
    check_problem(HEAD "memory: 1GiB\nvcpu: {count: 2, pin: {a: \"4\"}}\n", CVM_PROBLEM_WRONG_TYPE,
                  4, 24, "'a' must be the number");
    check_problem(HEAD "memory: 1GiB\nvcpu: {count: 2, pin: {0: x}}\n", CVM_PROBLEM_WRONG_TYPE, 4,
                  27, "'vcpu.pin.0' must be a set");
    check_problem(HEAD "memory: 1GiB\nvcpu: {count: 2, pin: all}\n", CVM_PROBLEM_WRONG_TYPE, 4, 23,
                  "must be a map");
}
END_TEST

START_TEST(test_booleans)
{
    static const char *const others[] = { "yes", "no", "on", "off", "True", "FALSE", "On", NULL };
    g_autoptr(GPtrArray) domains = read_sound("features: {acpi: true, smm: false}");

    ck_assert(cvm_is_on(first(domains)->features.acpi));
    ck_assert(cvm_is_off(first(domains)->features.smm));
    for (unsigned i = 0; others[i]; i++) {
        g_autofree char *line = g_strdup_printf("features: {acpi: %s}", others[i]);

        check_value(line, 18, "truth value to some");
    }
    check_value("features: {acpi: 1}", 18, "not '1'");
    check_value("features: {acpi: 'true'}", 18, "in quotes is a text");
    check_value("features: {acpi: [true]}", 18, "not a list");
    check_value("features: {acpi: }", 18, "no value");
}
END_TEST

START_TEST(test_numbers)
{
    static const char *const traps[] = { "017", "0o17", "0b11", "1e3",  "1_000", "4.0",
                                         "-1",  "+4",   ".inf", "0X10", NULL };
    g_autoptr(GPtrArray) domains = read_sound("numatune: {nodeset: 0}\n"
                                              "devices: {disk: {source: /a, bootOrder: 0x1f}}");

    ck_assert_uint_eq(
        ((struct cvm_disk *)first(domains)->devices.disk.items)->common.boot_order.value, 31);
    for (unsigned i = 0; traps[i]; i++) {
        g_autofree char *text = g_strdup_printf(HEAD "memory: 8GiB\nvcpu: %s\n", traps[i]);

        check_problem(text, CVM_PROBLEM_WRONG_TYPE, 4, 7, "must be a whole number");
    }
    check_problem(HEAD "memory: 8GiB\nvcpu: '4'\n", CVM_PROBLEM_WRONG_TYPE, 4, 7, "in quotes");
    check_problem(HEAD "memory: 8GiB\nvcpu: 0\n", CVM_PROBLEM_WRONG_TYPE, 4, 7,
                  "between 1 and 65535");
    check_problem(HEAD "memory: 8GiB\nvcpu: 99999999999999999999\n", CVM_PROBLEM_WRONG_TYPE, 4, 7,
                  "99999999999999999999");
    check_problem(HEAD "memory: 8GiB\nvcpu: four\n", CVM_PROBLEM_WRONG_TYPE, 4, 7, "'four'");
}
END_TEST

START_TEST(test_sizes)
{
    static const struct {
        const char *text, *words;
    } traps[] = {
        { "8192", "needs a unit" },   { "8G", "one meaning" },
        { "8k", "one meaning" },      { "8gib", "whole number with a unit" },
        { "1.5GiB", "whole number" }, { "-8GiB", "whole number" },
        { "0GiB", "at least 1" },     { "99999999TiB", "too large" },
        { "~", "no value" },          { "[8GiB]", "not a list" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(traps); i++) {
        g_autofree char *text = g_strdup_printf(HEAD "memory: %s\nvcpu: 4\n", traps[i].text);

        check_problem(text, CVM_PROBLEM_WRONG_TYPE, 3, 9, traps[i].words);
    }
    {
        g_autoptr(GPtrArray) domains =
            read_sets(HEAD "memory: {size: '1 GB', hardLimit: auto}\nvcpu: 1\n", NULL);

        check_sound(first(domains));
        ck_assert_uint_eq(first(domains)->memory.size.value, 1000000000);
        ck_assert(cvm_is_on(first(domains)->memory.hard_limit_auto));
        ck_assert(cvm_is_unset(first(domains)->memory.hard_limit));
    }
}
END_TEST

START_TEST(test_texts)
{
    static const char *const sound[] = { "title: 1a",
                                         "title: e2",
                                         "title: '42'",
                                         "title: \"no\"",
                                         "title: none",
                                         "title: nothing",
                                         "title: infinity",
                                         "title: 1.2.3",
                                         "title: 10.0.0.1",
                                         "title: 2024-01-01",
                                         "title: 12:30",
                                         "title: -x",
                                         "title: _1",
                                         "title: '~'",
                                         "title: 0xg",
                                         "description: \"\"",
                                         NULL };
    static const char *const numbers[] = { "42", "017", "0x1F", "1e3", "1_000", "-1.5",
                                           ".5", "0o7", ".NaN", "2.0", NULL };

    for (unsigned i = 0; sound[i]; i++) {
        g_autoptr(GPtrArray) domains = read_sound(sound[i]);

        ck_assert(cvm_is_given(first(domains)->title) || cvm_is_given(first(domains)->description));
    }
    for (unsigned i = 0; numbers[i]; i++) {
        g_autofree char *line = g_strdup_printf("title: %s", numbers[i]);

        check_value(line, 8, "as a number");
    }
    check_value("title: no", 8, "truth value");
    check_value("title: On", 8, "truth value");
    check_value("title: {a: b}", 8, "not a map");
    check_value("title: ''", 8, "one line of text");
    check_value("title: null", 8, "no value");
    check_value("title: ~", 8, "no value");
    check_value("title:", 7, "no value");
}
END_TEST

START_TEST(test_formats)
{
    check_value("uuid: x", 7, "a UUID like");
    check_value("devices: {interface: {type: user, mac: '03:00:00:00:00:01'}}", 40, "unicast");
    check_value("devices: {hostdev: {source: '3.12', address: '1'}}", 46, "PCI address");
    check_value("devices: {emulator: qemu-kvm}", 21, "absolute path");
    check_value("devices: {disk: {source: /a, target: db}}", 38, "like 'vda'");
    check_value("devices: {rng: {backend: urandom}}", 26, "builtin");
    check_value("clock: {timezone: a b}", 19, "time zone");
    check_value("os: {machine: q 35}", 15, "letters");
    check_value("devices: {hostdev: {type: usb, source: ZZ}}", 40, "host device");
    check_value("devices: {hostdev: {type: usb, source: '1af4:1000ZZ'}}", 40, "host device");
    check_value("numatune: {nodeset: 3-1}", 21, "set of numbers");
    check_value("onReboot: destory", 11, "did you mean 'destroy'?");
    check_value("devices: {vsock: 2}", 18, "between 3 and");
    check_value("devices: {disk: [/a.img]}", 18, "must be a map");
    check_value("devices: {rng: yes}", 16, "must be true, false");
}
END_TEST

START_TEST(test_metadata)
{
    static const struct {
        const char *xml, *words;
    } broken[] = {
        { "<a/>", "no namespace" },
        { "text", "text outside" },
        { "<x:a/>", "metadata" },
        { "<a xmlns=\"u\">", "metadata" },
        { "</metadata><metadata>", "metadata" },
        { "</metadata><b xmlns=\"u\"/><metadata>", "metadata" },
        { "<!DOCTYPE a><a xmlns=\"u\"/>", "metadata" },
        { "<a xmlns=\"u\">&x;</a>", "metadata" },
        { "<a xmlns=\"u\"/>]]>", "metadata" },
    };
    g_autoptr(GPtrArray) domains = read_sound(
        "metadata: |\n  <!-- c -->\n  <a xmlns='u'><b>&lt;&#65;</b></a>\n  <x:y xmlns:x='v'/>");

    ck_assert_ptr_nonnull(strstr(first(domains)->metadata.value, "<x:y"));
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autofree char *line = g_strdup_printf("metadata: '%s'", broken[i].xml);

        check_value(line, 11, broken[i].words);
    }
}
END_TEST

START_TEST(test_keys)
{
    check_problem(SOUND "kernel_hashes: true\n", CVM_PROBLEM_UNKNOWN_KEY, 5, 1, "the keys here");
    check_problem("name: db\nlaunchSecurity:\n  type: sev\n  kernel_hashes: true\n"
                  "memory: 1GiB\nvcpu: 1\n",
                  CVM_PROBLEM_UNKNOWN_KEY, 4, 3, "did you mean 'kernelHashes'?");
    check_problem(SOUND "os:\n  firmware:\n    firmware: efi\n", CVM_PROBLEM_UNKNOWN_KEY, 7, 5,
                  "'firmware': its value stands here alone");
    check_problem(SOUND "os:\n  boot: [hd, {dev: cdrom}]\n", CVM_PROBLEM_UNKNOWN_KEY, 6, 15,
                  "'dev': its value stands here alone");
    check_problem(SOUND "\"\\u00e4\": 1\n", CVM_PROBLEM_UNKNOWN_KEY, 5, 1, "'ä'");
    check_problem(SOUND "title: a\ntitle: b\n", CVM_PROBLEM_DUPLICATE_KEY, 6, 1,
                  "the first is in line 5");
    check_problem(SOUND "devices:\n  rng: {backend: builtin,\n    backend: builtin}\n",
                  CVM_PROBLEM_DUPLICATE_KEY, 7, 5, "line 6");
    check_problem("# a comment\nlaunchSecurity: {type: sev}\nmemory: 1GiB\nvcpu: 1\n",
                  CVM_PROBLEM_MISSING_KEY, 2, 1, "'name'");
    check_problem("name: db\nlaunchSecurity:\n  policy: 0x3\nmemory: 1GiB\nvcpu: 1\n",
                  CVM_PROBLEM_MISSING_KEY, 2, 1, "'launchSecurity.type'");
    check_problem(SOUND "devices:\n  filesystem:\n    - source: /a\n", CVM_PROBLEM_MISSING_KEY, 7,
                  7, "'devices.filesystem[0].target'");
}
END_TEST

START_TEST(test_documents)
{
    g_autoptr(GPtrArray) domains = read_sets("---\n- a\n---\n---\n" SOUND, NULL);
    const struct cvm_domain *list = g_ptr_array_index(domains, 0);
    const struct cvm_domain *empty = g_ptr_array_index(domains, 1);

    ck_assert_uint_eq(domains->len, 3);
    ck_assert_int_eq(list->problems->kind, CVM_PROBLEM_WRONG_TYPE);
    ck_assert_uint_eq(list->problems->node->line, 2);
    ck_assert_ptr_nonnull(strstr(empty->problems->message, "empty"));
    check_sound(g_ptr_array_index(domains, 2));
}
END_TEST

static void
check_error(const char *text, enum cvm_error_code code, unsigned line, unsigned column)
{
    g_autoptr(GError) error = NULL;

    ck_assert_ptr_null(cvm_profile_parse("test.yaml", text, strlen(text), NULL, &error));
    ck_assert(g_error_matches(error, CVM_ERROR, (int)code));
    ck_assert_uint_eq(cvm_error_place(error)->line, line);
    ck_assert_uint_eq(cvm_error_place(error)->column, column);
    ck_assert_str_eq(cvm_error_place(error)->file, "test.yaml");
}

START_TEST(test_broken_yaml_is_an_error)
{
    check_error("name: [a\n", CVM_ERROR_SYNTAX, 2, 1);
    check_error("a: b\n\tc: d\n", CVM_ERROR_SYNTAX, 2, 1);
    check_error("", CVM_ERROR_SYNTAX, 1, 1);
    check_error("# nothing\n", CVM_ERROR_SYNTAX, 1, 1);
}
END_TEST

START_TEST(test_limits)
{
    g_autofree char *large = g_strnfill(CVM_LIMIT_PROFILE + 1, '#');
    g_autoptr(GString) many = g_string_new(SOUND);
    g_autoptr(GPtrArray) domains = NULL;
    unsigned count = 0;

    check_error(large, CVM_ERROR_SYNTAX, 0, 0);
    for (unsigned i = 0; i < CVM_LIMIT_KEYS / 2; i++) {
        g_string_append_printf(many, "unknown%u: 1\n", i);
    }
    domains = read_sets(many->str, NULL);
    for (const struct cvm_problem *p = first(domains)->problems; p; p = p->next) {
        count++;
    }
    ck_assert_uint_eq(count, CVM_LIMIT_PROBLEMS);
}
END_TEST

/* Each of them took minutes once, longer than Check lets a test run: a path is counted out item by
 * item. */
START_TEST(test_hostile_files_are_judged)
{
    g_autoptr(GString) items = g_string_new(SOUND "devices: {disk: [");
    g_autoptr(GString) documents = g_string_new(NULL);
    g_autoptr(GPtrArray) first_file = NULL;
    g_autoptr(GPtrArray) second_file = NULL;

    for (unsigned i = 0; i < 60000; i++) {
        g_string_append(items, "{source: 1},");
    }
    g_string_append(items, "]}\n");
    for (unsigned i = 0; i < CVM_LIMIT_DOCUMENTS; i++) {
        g_string_append(documents, "--- {a: 1, a: 2}\n");
    }
    first_file = read_sets(items->str, NULL);
    second_file = read_sets(documents->str, NULL);
    ck_assert_uint_eq(first(first_file)->problem_count, 1);
    ck_assert_uint_eq(first(first_file)->devices.disk.from.origin, CVM_INVALID);
    ck_assert_uint_eq(second_file->len, CVM_LIMIT_DOCUMENTS);
}
END_TEST

static void
check_entries(const char *before, const char *entry, unsigned count, const char *after,
              gboolean fits)
{
    g_autoptr(GString) text = g_string_new(before);
    g_autoptr(GPtrArray) domains = NULL;

    for (unsigned i = 0; i < count; i++) {
        g_string_append_printf(text, entry, i);
    }
    g_string_append(text, after);
    domains = read_sets(text->str, NULL);
    ck_assert_uint_eq(first(domains)->problem_count, fits ? 0 : 1);
    if (!fits) {
        ck_assert_ptr_nonnull(strstr(first(domains)->problems->message, "too many entries"));
    }
}

START_TEST(test_lists_end_somewhere)
{
    static const char pins[] = "name: a\nmemory: 1GiB\nvcpu: {count: 1, pin: {";
    static const char disks[] = SOUND "devices: {disk: [";

    check_entries(disks, "{source: /%u}, ", CVM_LIMIT_ITEMS, "]}\n", TRUE);
    check_entries(disks, "{source: /%u}, ", CVM_LIMIT_ITEMS + 1, "]}\n", FALSE);
    check_entries(pins, "%u: 1, ", CVM_LIMIT_PINS, "}}\n", TRUE);
    check_entries(pins, "%u: 1, ", CVM_LIMIT_PINS + 1, "}}\n", FALSE);
}
END_TEST

START_TEST(test_long_texts_end_somewhere)
{
    g_autofree char *space = g_strnfill(CVM_LIMIT_METADATA + 1, ' ');
    g_autofree char *metadata = g_strdup_printf(SOUND "metadata: \"%s\"\n", space);
    g_autoptr(GString) cpus = g_string_new("name: db\nmemory: 1GiB\nvcpu: {count: 1, cpuset: '1");

    while (cpus->len < CVM_LIMIT_CPUSET * 2) {
        g_string_append(cpus, ",0-4095");
    }
    g_string_append(cpus, "'}\n");
    {
        g_autoptr(GPtrArray) large = read_sets(metadata, NULL);
        g_autoptr(GPtrArray) many = read_sets(cpus->str, NULL);

        ck_assert_ptr_nonnull(strstr(first(large)->problems->message, "it is larger than"));
        ck_assert_int_eq(first(many)->vcpu.cpuset.from.origin, CVM_INVALID);
    }
}
END_TEST

static const char five_mistakes[] = "name: a/b\n"
                                    "launchSecurity:\n"
                                    "  type: sev-snp\n"
                                    "  kernelHash: true\n"
                                    "memory: {size: 8G}\n"
                                    "vcpu: 4\n"
                                    "vcpu: 2\n"
                                    "devices:\n"
                                    "  filesystem:\n"
                                    "    - {source: /srv}\n";

START_TEST(test_five_mistakes_give_five_findings)
{
    static const struct {
        const char *rule, *excerpt;
        unsigned line, column;
    } expected[] = {
        { "CVM105", "name: a/b", 1, 7 },
        { "CVM101", "  kernelHash: true", 4, 3 },
        { "CVM102", "memory: {size: 8G}", 5, 16 },
        { "CVM103", "vcpu: 2", 7, 1 },
        { "CVM104", "    - {source: /srv}", 10, 7 },
    };
    g_autoptr(GPtrArray) domains = read_sets(five_mistakes, NULL);
    CVM_AUTO(findings) *findings = cvm_findings_new();

    for (const struct cvm_rule *rule = cvm_rules_profile; rule->id; rule++) {
        cvm_rule_run(rule, first(domains), NULL, findings);
    }
    cvm_findings_sort(findings);
    ck_assert_uint_eq(findings->items->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < findings->items->len; i++) {
        const struct cvm_finding *finding = g_ptr_array_index(findings->items, i);

        ck_assert_str_eq(finding->rule, expected[i].rule);
        ck_assert_str_eq(finding->file, "test.yaml");
        ck_assert_str_eq(finding->excerpt, expected[i].excerpt);
        ck_assert_uint_eq(finding->line, expected[i].line);
        ck_assert_uint_eq(finding->column, expected[i].column);
        ck_assert_int_eq(finding->severity, CVM_SEVERE);
    }
}
END_TEST

static unsigned
hold_to_pattern(const struct cvm_text_format *format)
{
    static const char *const texts[] = {
        "",
        "a",
        "a\n",
        "/",
        "/srv/db.img",
        "/a\rb",
        "srv/db",
        "\xc3\xa4",
        "/\xc3\xa4 \xe2\x82\xac",
        "x_.-9Z",
        "a b",
        "a/b",
        "0-3,^2,8",
        "0-3, 8",
        ",",
        "vda",
        "vd",
        "xvda1",
        "xvd",
        "sd_9\n",
        "hd-a",
        "ubdZ",
        "fdvd",
        "52:54:00:12:34:56",
        "53:54:00:12:34:56",
        "aE:Bc:00:fF:34:56",
        "52:54:00:12:34:5",
        "52:54:00:12:34:567",
        "52-54-00-12-34-56",
        "g2:54:00:12:34:56",
        "52:54:00:12:34",
        "8f0a4c9e-6d2b-4a53-9c57-1c0c3ad1f0e2",
        "8F0A4C9E-6d2b-4a53-9c57-1c0c3ad1f0e2",
        "8f0a4c9e-6d2b-4a53-9c57-1c0c3ad1f0e",
        "8f0a4c9e-6d2b-4a53-9c57-1c0c3ad1f0e2 ",
        "8f0a4c9e6d2b-4a53-9c57-1c0c3ad1f0e2",
        "8f0a4c9g-6d2b-4a53-9c57-1c0c3ad1f0e2",
    };
    g_autoptr(GRegex) regex = g_regex_new(format->pattern, G_REGEX_DOLLAR_ENDONLY, 0, NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        ck_assert_msg(format->matches(texts[i]) == g_regex_match(regex, texts[i], 0, NULL),
                      "%s: '%s'", format->pattern, texts[i]);
    }
    return 1;
}

static unsigned
hold_table(const struct cvm_table *table)
{
    unsigned held = 0;

    for (const struct cvm_field *field = table->fields; field->key; field++) {
        if (field->format && field->format->matches) {
            held += hold_to_pattern(field->format);
        }
        held += field->table ? hold_table(field->table) : 0;
    }
    return held;
}

/* The schema has the pattern, the reader what is written by hand. */
START_TEST(test_texts_are_as_their_patterns)
{
    ck_assert_uint_gt(hold_table(&cvm_profile_table), 20);
}
END_TEST

UNIT_MAIN("profile", test_short_forms, test_cpu_word_is_mode_or_model, test_pins, test_booleans,
          test_numbers, test_sizes, test_texts, test_formats, test_metadata, test_keys,
          test_documents, test_broken_yaml_is_an_error, test_limits, test_hostile_files_are_judged,
          test_lists_end_somewhere, test_long_texts_end_somewhere,
          test_five_mistakes_give_five_findings, test_texts_are_as_their_patterns)
