/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What an option that several commands share means. */
#include "cli/options.h"

#include <string.h>

#include "guide/words.h"

bool threshold_read(const char *text, int unless_told, int *ret_threshold)
{
	enum severity severity;
	if (text == NULL || strcmp(text, "never") == 0) {
		*ret_threshold = text == NULL ? unless_told : SEVERITY_CRITICAL + 1;
		return true;
	}
	if (!severity_parse(span_of_string(text), &severity)) {
		complain("--fail-on",
			 "\"%s\" is not a severity: low, medium, high, critical, never", text);
		return false;
	}
	*ret_threshold = (int)severity;
	return true;
}
