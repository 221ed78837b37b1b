/* SPDX-License-Identifier: LGPL-2.1-or-later */
/** Everything of libcvmdom. */
#ifndef CVMDOM_CVMDOM_H
#define CVMDOM_CVMDOM_H

#include <cvmdom/domain.h>
#include <cvmdom/error.h>
#include <cvmdom/finding.h>
#include <cvmdom/host.h>
#include <cvmdom/policy.h>

#endif
