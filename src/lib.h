/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the public opaque types are made of. */
#ifndef CVM_LIB_H
#define CVM_LIB_H

#include <glib.h>

#include "model/domain.h"
#include "model/finding.h"
#include "model/host.h"

#endif
