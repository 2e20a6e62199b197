/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* libpsl, which appears nowhere else. */
#include "records/public_suffix.h"

#include <errno.h>
#include <libpsl.h>
#include <stdlib.h>

struct public_suffix_list {
	psl_ctx_t *context;
};

/* A name as libpsl wants it. */
struct c_name {
	char text[LIMIT_NAME_ESCAPED + 1];
};

int public_suffix_list_load(const char *path, struct public_suffix_list **ret_list,
			    struct failure *reterr)
{
	struct public_suffix_list *list = calloc(1, sizeof(*list));
	if (list == NULL) {
		return failure_set_memory(reterr, "load the public suffix list");
	}
	errno = 0;
	list->context = path != NULL ? psl_load_file(path) : psl_latest(NULL);
	if (list->context == NULL) {
		int error = errno;
		free(list);
		return failure_set(reterr, FAILURE_IO, "load the public suffix list", "%s: %s",
				   path != NULL ? path : "no list is installed",
				   error != 0 ? strerror(error) : "not a public suffix list");
	}
	/* A directory or an unrelated file reads as a list without rules; a compiled list has no
	 * count, which is not 0. */
	if (psl_suffix_count(list->context) == 0) {
		public_suffix_list_free(list);
		return failure_set(reterr, FAILURE_INPUT, "load the public suffix list",
				   "%s: holds no rules",
				   path != NULL ? path : "the installed list");
	}
	*ret_list = list;
	return 0;
}

void public_suffix_list_free(struct public_suffix_list *list)
{
	if (list != NULL) {
		psl_free(list->context);
		free(list);
	}
}

/* Escapes become as many underscores: a dot inside a label must not look like one between two. */
static bool copy_name(struct span name, struct c_name *ret_name)
{
	if (name.len == 0 || name.len >= sizeof(ret_name->text)) {
		return false;
	}
	memcpy(ret_name->text, name.ptr, name.len);
	ret_name->text[name.len] = '\0';
	for (size_t i = 0; i + 1 < name.len; i++) {
		if (ret_name->text[i] == '\\') {
			ret_name->text[i] = '_';
			ret_name->text[i + 1] = '_';
		}
	}
	return true;
}

struct span public_suffix_organisational(const struct public_suffix_list *list, struct span name)
{
	struct c_name c_name;
	if (span_equal(name, SPAN(".")) || !copy_name(name, &c_name)) {
		return span_of(NULL, 0);
	}
	const char *found = psl_registrable_domain(list->context, c_name.text);
	return found != NULL ? span_from(name, (size_t)(found - c_name.text)) : span_of(NULL, 0);
}

bool public_suffix_is(const struct public_suffix_list *list, struct span name)
{
	struct c_name c_name;
	/* The root stands above all suffixes; nobody's domain. */
	return span_equal(name, SPAN(".")) ||
	       (copy_name(name, &c_name) && psl_is_public_suffix(list->context, c_name.text));
}
