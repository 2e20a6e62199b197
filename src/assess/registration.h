/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Can a stranger register the domain that a record still points to? */
#ifndef MAILSEAL_ASSESS_REGISTRATION_H
#define MAILSEAL_ASSESS_REGISTRATION_H

#include "assess/assessment.h"

/*
 * For a name that is known not to exist: the registrable domain above it (public suffix plus one
 * label) when that does not exist either although its suffix does, so that anybody may be able to
 * register it. Empty when the domain exists, is the judged organisation's own, or is not known
 * (then noted as unknown for the control).
 */
struct span registration_find_open(struct assessment *a, enum control control, struct span name);

#endif
