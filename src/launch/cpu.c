/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CPU signatures of QEMU's EPYC models (target/i386/cpu.c): versions of a model never differ in
 * them. */
#include <string.h>

#include "cvmdom/launch.h"
#include "launch/launch.h"

static const struct {
    const char *name;
    unsigned family, model, stepping;
} models[] = {
    { "EPYC", 23, 1, 2 },       { "EPYC-IBPB", 23, 1, 2 },   { "EPYC-Rome", 23, 49, 0 },
    { "EPYC-Milan", 25, 1, 1 }, { "EPYC-Genoa", 25, 17, 0 }, { "EPYC-Turin", 26, 0, 0 },
};

uint32_t
cvmdom_cpu_signature(unsigned family, unsigned model, unsigned stepping)
{
    uint32_t families = family <= 15 ? family << 8 : 0xf00 | (family - 15) << 20;

    if (family > 15 + 255 || model > 255 || stepping > 15) {
        return 0;
    }
    return families | (model >> 4) << 16 | (model & 15) << 4 | stepping;
}

int
cvmdom_cpu_at(size_t i, struct cvmdom_cpu *cpu)
{
    if (i >= G_N_ELEMENTS(models)) {
        return -1;
    }
    *cpu = (struct cvmdom_cpu){
        .name = models[i].name,
        .family = models[i].family,
        .model = models[i].model,
        .stepping = models[i].stepping,
        .signature = cvmdom_cpu_signature(models[i].family, models[i].model, models[i].stepping),
    };
    return 0;
}

/* The length of a model's name without "-v2" at its end. */
static size_t
base_length(const char *name)
{
    const char *version = strrchr(name, '-');
    size_t digits = version && version[1] == 'v' ? strspn(version + 2, "0123456789") : 0;

    return digits > 0 && !version[2 + digits] ? (size_t)(version - name) : strlen(name);
}

int
cvmdom_cpu_find(const char *name, struct cvmdom_cpu *cpu)
{
    size_t length = base_length(name);
    struct cvmdom_cpu found;

    for (size_t i = 0; cvmdom_cpu_at(i, &found) == 0; i++) {
        if (strlen(found.name) == length && strncmp(found.name, name, length) == 0) {
            *cpu = found;
            return 0;
        }
    }
    return -1;
}
