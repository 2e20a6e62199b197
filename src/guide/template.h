/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Text with {placeholders}. */
#ifndef MAILSEAL_GUIDE_TEMPLATE_H
#define MAILSEAL_GUIDE_TEMPLATE_H

#include "base/base.h"

struct template_arg {
	struct span name;
	struct span value;
};

/*
 * "{bits}" becomes the value of the argument "bits"; "{{" is a literal "{". A placeholder without
 * an argument is left as it stands and *ret_is_complete (may be NULL) becomes false: tests look for
 * that. Values are inserted as they are; escaping is the presenting side's business. The result is
 * in the arena.
 */
struct span template_fill(struct arena *arena, struct span text, const struct template_arg *args,
			  size_t arg_count, bool *ret_is_complete);

#endif
