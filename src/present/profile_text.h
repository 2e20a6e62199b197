/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The baselines as text and JSON: all of them in a line each, or one with its requirements. */
#ifndef MAILSEAL_PRESENT_PROFILE_TEXT_H
#define MAILSEAL_PRESENT_PROFILE_TEXT_H

#include "assess/profile.h"

void present_profiles_text(const struct profile_table *table, const struct profile *one,
			   struct buffer *text);
void present_profiles_json(const struct profile_table *table, const struct profile *one,
			   struct buffer *text);

#endif
