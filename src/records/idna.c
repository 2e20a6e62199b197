/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Conversions between A-labels and U-labels. */
#include "records/idna.h"

#include <idn2.h>

/* RFC 5895 leaves the mapping open; UTS 46 without the transitional part is what browsers do. */
#define FLAGS (IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL)

typedef int convert_fn(const char *input, char **output, int flags);

static enum idna_status status_of(int code)
{
	switch (code) {
	case IDN2_OK:
		return IDNA_OK;
	case IDN2_TOO_BIG_DOMAIN:
	case IDN2_TOO_BIG_LABEL:
	case IDN2_PUNYCODE_BIG_OUTPUT:
		return IDNA_TOO_LONG;
	case IDN2_MALLOC:
		return IDNA_NO_MEMORY;
	default:
		return IDNA_REFUSED;
	}
}

static enum idna_status convert(struct arena *arena, struct span text, convert_fn *function,
				struct span *ret_text)
{
	char input[LIMIT_NAME_ESCAPED + 1];
	if (text.len >= sizeof(input)) {
		return IDNA_TOO_LONG;
	}
	/* The library reads C strings: a NUL would hide what follows. */
	if (text.len == 0 || memchr(text.ptr, '\0', text.len) != NULL) {
		return IDNA_REFUSED;
	}
	memcpy(input, text.ptr, text.len);
	input[text.len] = '\0';
	char *output = NULL;
	enum idna_status status = status_of(function(input, &output, FLAGS));
	if (status == IDNA_OK) {
		struct span copy = arena_copy(arena, span_of_string(output));
		status = copy.ptr != NULL ? IDNA_OK : IDNA_NO_MEMORY;
		idn2_free(output);
		*ret_text = copy;
	}
	return status;
}

enum idna_status idna_to_ascii(struct arena *arena, struct span text, struct span *ret_ascii)
{
	return convert(arena, text, idn2_to_ascii_8z, ret_ascii);
}

enum idna_status idna_to_unicode(struct arena *arena, struct span name, struct span *ret_unicode)
{
	return convert(arena, name, idn2_to_unicode_8z8z, ret_unicode);
}
