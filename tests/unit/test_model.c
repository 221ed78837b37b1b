/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/domain.h"
#include "model/finding.h"
#include "model/host.h"
#include "model/need.h"
#include "model/policy.h"
#include "unit.h"

START_TEST(test_yaml_paths)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    struct cvm_node *root = cvm_node_new(arena, CVM_NODE_MAP, NULL, NULL);
    struct cvm_node *devices = cvm_node_new(arena, CVM_NODE_MAP, root, "devices");
    struct cvm_node *disks = cvm_node_new(arena, CVM_NODE_LIST, devices, "disk");
    struct cvm_node *second;
    struct cvm_node *source;
    g_autofree char *path = NULL;

    cvm_node_new(arena, CVM_NODE_MAP, disks, NULL);
    second = cvm_node_new(arena, CVM_NODE_MAP, disks, NULL);
    source = cvm_node_new(arena, CVM_NODE_SCALAR, second, "source");
    path = cvm_node_path(source);
    ck_assert_str_eq(path, "devices.disk[1].source");
    ck_assert_uint_eq(cvm_node_count(disks), 2);
    ck_assert_ptr_eq(cvm_node_child(root, "devices"), devices);
    ck_assert_ptr_null(cvm_node_child(root, "disk"));
}
END_TEST

/* What one call leaves behind for the next is right in any order, and across parents. */
START_TEST(test_paths_in_any_order)
{
    static const char *const names[] = { "disk", "a", "disk", "disk", "a" };
    CVM_AUTO(arena) *arena = cvm_arena_new();
    struct cvm_node *root = cvm_node_new(arena, CVM_NODE_ELEMENT, NULL, "domain");
    struct cvm_node *parents[] = { cvm_node_new(arena, CVM_NODE_ELEMENT, root, "devices"),
                                   cvm_node_new(arena, CVM_NODE_ELEMENT, root, "devices") };
    const struct cvm_node *nodes[2 * G_N_ELEMENTS(names)];
    struct cvm_node_twin twins[CVM_NODE_TWINS] = { 0 };

    for (size_t i = 0; i < G_N_ELEMENTS(nodes); i++) {
        nodes[i] = cvm_node_new(arena, CVM_NODE_ELEMENT, parents[i / G_N_ELEMENTS(names)],
                                names[i % G_N_ELEMENTS(names)]);
    }
    for (size_t i = 0; i < 100; i++) {
        const struct cvm_node *node = nodes[i * i * 7 % G_N_ELEMENTS(nodes)];
        struct cvm_node copy = *node;
        g_autofree char *alone = cvm_node_path(node);
        g_autofree char *among = cvm_node_path_among(node, twins);
        g_autofree char *of_copy = cvm_node_path_among(&copy, twins);

        ck_assert_str_eq(among, alone);
        ck_assert(g_str_has_prefix(of_copy, "/domain/devices["));
    }
}
END_TEST

START_TEST(test_xml_paths)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    struct cvm_node *root = cvm_node_new(arena, CVM_NODE_ELEMENT, NULL, "domain");
    struct cvm_node *os = cvm_node_new(arena, CVM_NODE_ELEMENT, root, "os");
    struct cvm_node *boot;
    struct cvm_node *dev;
    g_autofree char *path = NULL;
    g_autofree char *single = cvm_node_path(os);

    cvm_node_new(arena, CVM_NODE_ELEMENT, os, "boot");
    boot = cvm_node_new(arena, CVM_NODE_ELEMENT, os, "boot");
    dev = cvm_node_new(arena, CVM_NODE_ATTRIBUTE, boot, "dev");
    dev->text = "hd";
    path = cvm_node_path(dev);
    ck_assert_str_eq(path, "/domain/os/boot[2]/@dev");
    ck_assert_str_eq(single, "/domain/os");
    ck_assert_str_eq(cvm_node_attribute_text(boot, "dev"), "hd");
    ck_assert_ptr_null(cvm_node_child(boot, "dev"));
}
END_TEST

static const struct cvm_node *
place(struct cvm_arena *arena, const struct cvm_source *source, unsigned line, unsigned column)
{
    struct cvm_node *node = cvm_node_new(arena, CVM_NODE_SCALAR, NULL, NULL);

    node->source = source;
    node->line = line;
    node->column = column;
    return node;
}

START_TEST(test_findings_are_sorted_and_counted)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    CVM_AUTO(findings) *findings = cvm_findings_new();
    const struct cvm_source first = { .name = "z.yaml", .data = "a\nbc\r\n", .size = 6 };
    const struct cvm_source second = { .name = "a.yaml" };
    const struct cvm_finding *found;

    cvm_findings_add(findings, "CVM202", "x", CVM_NOTE, place(arena, &first, 2, 1), g_strdup("m"));
    cvm_findings_add(findings, "CVM101", "x", CVM_SEVERE, place(arena, &second, 1, 1),
                     g_strdup("m"));
    cvm_findings_add(findings, "CVM201", "x", CVM_WARNING, place(arena, &first, 2, 1),
                     g_strdup("m"));
    cvm_findings_add(findings, "CVM999", "x", CVM_SEVERE, place(arena, &first, 1, 9),
                     g_strdup("m"));
    cvm_findings_sort(findings);
    found = g_ptr_array_index(findings->items, 0);
    ck_assert_str_eq(found->rule, "CVM999");
    found = g_ptr_array_index(findings->items, 1);
    ck_assert_str_eq(found->rule, "CVM201");
    ck_assert_str_eq(found->excerpt, "bc");
    found = g_ptr_array_index(findings->items, 3);
    ck_assert_str_eq(found->file, "a.yaml");
    ck_assert_ptr_null(found->excerpt);
    ck_assert_uint_eq(cvm_findings_count(findings, CVM_SEVERE), 2);
    ck_assert_uint_eq(cvm_findings_count(findings, CVM_NOTE), 4);
}
END_TEST

START_TEST(test_excerpt_is_a_window)
{
    CVM_AUTO(arena) *arena = cvm_arena_new();
    CVM_AUTO(findings) *findings = cvm_findings_new();
    GString *text = g_string_new(NULL);
    struct cvm_source source = { .name = "a.yaml" };
    const struct cvm_finding *found;

    for (int i = 1; i < 20; i++) {
        g_string_append(text, "x\n");
    }
    for (int i = 1; i < 1000; i++) {
        g_string_append(text, "€");
    }
    g_string_append(text, "!");
    for (int i = 1; i < 1000; i++) {
        g_string_append(text, "ä");
    }
    g_string_append(text, "\r\nshort");
    source.data = text->str;
    source.size = text->len;
    found = cvm_findings_add(findings, "CVM101", "x", CVM_NOTE, place(arena, &source, 20, 1000),
                             g_strdup("m"));
    ck_assert(g_utf8_validate(found->excerpt, -1, NULL));
    ck_assert_int_eq(g_utf8_strlen(found->excerpt, -1), CVM_EXCERPT_MAX + 2);
    ck_assert_int_eq(*g_utf8_offset_to_pointer(found->excerpt, (glong)found->excerpt_column - 1),
                     '!');
    ck_assert(g_str_has_prefix(found->excerpt, "…€"));
    ck_assert(g_str_has_suffix(found->excerpt, "ä…"));
    found = cvm_findings_add(findings, "CVM101", "x", CVM_NOTE, place(arena, &source, 20, 1999),
                             g_strdup("m"));
    ck_assert(g_str_has_suffix(found->excerpt, "ää"));
    found = cvm_findings_add(findings, "CVM101", "x", CVM_NOTE, place(arena, &source, 21, 100),
                             g_strdup("m"));
    ck_assert_str_eq(found->excerpt, "short");
    ck_assert_uint_eq(found->excerpt_column, 100);
    g_string_free(text, TRUE);
}
END_TEST

START_TEST(test_defaults_never_replace_what_is_there)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);

    domain->memory.size.from.origin = CVM_GIVEN;
    domain->memory.size.value = 7;
    domain->memory.hard_limit.from.origin = CVM_INVALID;
    cvm_default_uint(&domain->memory.size, 9, NULL, "reason");
    cvm_default_uint(&domain->memory.hard_limit, 9, NULL, "reason");
    cvm_default_uint(&domain->memory.current, 9, NULL, "reason");
    ck_assert_uint_eq(domain->memory.size.value, 7);
    ck_assert(!cvm_is_set(domain->memory.hard_limit));
    ck_assert_uint_eq(domain->memory.current.value, 9);
    ck_assert_str_eq(domain->memory.current.from.reason, "reason");
    ck_assert(!cvm_is_given(domain->memory.current));
}
END_TEST

START_TEST(test_policy_bit_makes_an_es_guest_of_libvirts_sev)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_XML);

    domain->launch.guest = CVM_GUEST_SEV;
    ck_assert_int_eq(cvm_domain_guest(domain), CVM_GUEST_SEV);
    domain->launch.policy.from.origin = CVM_GIVEN;
    domain->launch.policy.value = 0x7;
    ck_assert_int_eq(cvm_domain_guest(domain), CVM_GUEST_SEV_ES);
    domain->form = CVM_FORM_PROFILE;
    ck_assert_int_eq(cvm_domain_guest(domain), CVM_GUEST_SEV);
}
END_TEST

START_TEST(test_suppressed_findings_do_not_count)
{
    CVM_AUTO(findings) *findings = cvm_findings_new();

    cvm_findings_add(findings, "CVM207", "n", CVM_SEVERE, NULL, g_strdup("a"));
    cvm_findings_add(findings, "CVM208", "n", CVM_WARNING, NULL, g_strdup("b"))->suppression =
        g_strdup("known");
    ck_assert_uint_eq(cvm_findings_count(findings, CVM_NOTE), 1);
    cvm_findings_add_input(findings, "a.yaml");
    cvm_findings_add_input(findings, "a.yaml");
    cvm_findings_add_input(findings, "b.xml");
    ck_assert_uint_eq(findings->inputs->len, 2);
}
END_TEST

START_TEST(test_memory_sum)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);
    struct cvm_memory_need need;

    ck_assert(!cvm_memory_need(domain, &need));
    domain->memory.size.from.origin = CVM_GIVEN;
    domain->memory.size.value = UINT64_C(4) << 30;
    ck_assert(cvm_memory_need(domain, &need));
    ck_assert_uint_eq(need.total, (UINT64_C(4096) + 64 + 32 + 256) << 20);
    ck_assert_uint_eq(need.video, 0);
    domain->memory.size.value = UINT64_MAX;
    ck_assert(!cvm_memory_need(domain, &need));
}
END_TEST

START_TEST(test_memory_of_video_and_cells)
{
    CVM_AUTO(domain) *domain = cvm_domain_new(CVM_FORM_PROFILE);
    struct cvm_video video[4] = { 0 };
    struct cvm_cell cells[2] = { 0 };
    struct cvm_memory_need need;

    domain->memory.size = (struct cvm_uint){ { .origin = CVM_GIVEN }, UINT64_C(1) << 30 };
    domain->devices.video.items = video;
    domain->devices.video.count = G_N_ELEMENTS(video);
    video[0].common.model = (struct cvm_text){ { .origin = CVM_GIVEN }, "none" };
    video[1].common.model = (struct cvm_text){ { .origin = CVM_GIVEN }, "vga" };
    video[2].common.model = (struct cvm_text){ { .origin = CVM_GIVEN }, "qxl" };
    video[3].vram = (struct cvm_uint){ { .origin = CVM_GIVEN }, 5 };
    ck_assert(cvm_memory_need(domain, &need));
    ck_assert_uint_eq(need.video, (UINT64_C(160) << 20) + 5);
    video[3].vram.value = UINT64_MAX;
    ck_assert(!cvm_memory_need(domain, &need));

    domain->devices.video.count = 0;
    domain->cpu.numa.items = cells;
    domain->cpu.numa.count = G_N_ELEMENTS(cells);
    cells[0].memory = (struct cvm_uint){ { .origin = CVM_GIVEN }, UINT64_C(2) << 30 };
    ck_assert(cvm_memory_need(domain, &need));
    ck_assert_uint_eq(need.ram, UINT64_C(1) << 30);
    cells[1].memory = cells[0].memory;
    ck_assert(cvm_memory_need(domain, &need));
    ck_assert_uint_eq(need.ram, UINT64_C(4) << 30);
    cells[1].memory.value = UINT64_MAX;
    ck_assert(!cvm_memory_need(domain, &need));
}
END_TEST

START_TEST(test_node_room)
{
    struct cvm_page_pool pools[] = { { .size = 4096, .count = 1 },
                                     { .size = 1 << 21, .count = 10, .free = 3, .has_free = TRUE },
                                     { .size = 1 << 30, .count = 2 } };
    struct cvm_host_node node = { .memory = UINT64_C(4) << 30, .pools = pools, .n_pools = 3 };

    ck_assert_uint_eq(cvm_host_node_room(&node, 1 << 21), 3 << 21);
    ck_assert_uint_eq(cvm_host_node_room(&node, 1 << 30), UINT64_C(2) << 30);
    ck_assert_uint_eq(cvm_host_node_room(&node, 1 << 24), 0);
    ck_assert_uint_eq(cvm_host_node_room(&node, 0), (UINT64_C(2) << 30) - (10 << 21));
    ck_assert_uint_eq(cvm_host_node_room(&node, 4096), (UINT64_C(2) << 30) - (10 << 21));
    node.memory = 1;
    ck_assert_uint_eq(cvm_host_node_room(&node, 0), 0);
}
END_TEST

START_TEST(test_firmware_needs)
{
    struct cvm_ovmf image = { .has_table = TRUE };

    ck_assert_ptr_null(cvm_firmware_lacks(&image, CVM_GUEST_SEV, FALSE));
    ck_assert_ptr_nonnull(cvm_firmware_lacks(&image, CVM_GUEST_SEV_ES, FALSE));
    image.has_reset_block = TRUE;
    ck_assert_ptr_nonnull(cvm_firmware_lacks(&image, CVM_GUEST_SEV_ES, FALSE));
    image.reset_address = 0x80b004;
    ck_assert_ptr_null(cvm_firmware_lacks(&image, CVM_GUEST_SEV_ES, FALSE));
    ck_assert_ptr_nonnull(cvm_firmware_lacks(&image, CVM_GUEST_SEV_SNP, FALSE));
    image.has_metadata = TRUE;
    ck_assert_ptr_null(cvm_firmware_lacks(&image, CVM_GUEST_SEV_SNP, FALSE));
    image.has_hash_table = TRUE;
    ck_assert_ptr_nonnull(cvm_firmware_lacks(&image, CVM_GUEST_SEV, TRUE));
    image.hash_base = 0x810c00;
    ck_assert_ptr_null(cvm_firmware_lacks(&image, CVM_GUEST_SEV, TRUE));
}
END_TEST

START_TEST(test_guest_table)
{
    ck_assert_ptr_eq(cvm_guest_by_name("sev-es"), cvm_guest_info(CVM_GUEST_SEV_ES));
    ck_assert_str_eq(cvm_guest_info(CVM_GUEST_SEV_ES)->libvirt_type, "sev");
    ck_assert_ptr_null(cvm_guest_by_name("SEV"));
}
END_TEST

START_TEST(test_findings_are_taken)
{
    CVM_AUTO(findings) *to = cvm_findings_new();
    struct cvm_findings *from = cvm_findings_new();

    g_ptr_array_add(to->not_run, (gpointer) "CVM701");
    g_ptr_array_add(from->not_run, g_ptr_array_index(to->not_run, 0));
    g_ptr_array_add(from->not_run, (gpointer) "CVM702");
    cvm_findings_add(to, "CVM201", "x", CVM_NOTE, NULL, g_strdup("first"));
    cvm_findings_add(from, "CVM101", "x", CVM_NOTE, NULL, g_strdup("second"));
    cvm_findings_take(to, from);
    ck_assert_uint_eq(to->items->len, 2);
    ck_assert_str_eq(((struct cvm_finding *)g_ptr_array_index(to->items, 1))->message, "second");
    ck_assert_uint_eq(to->not_run->len, 2);
}
END_TEST

UNIT_MAIN("model", test_yaml_paths, test_xml_paths, test_paths_in_any_order,
          test_findings_are_sorted_and_counted, test_excerpt_is_a_window, test_findings_are_taken,
          test_suppressed_findings_do_not_count, test_defaults_never_replace_what_is_there,
          test_policy_bit_makes_an_es_guest_of_libvirts_sev, test_memory_sum,
          test_memory_of_video_and_cells, test_node_room, test_firmware_needs, test_guest_table)
