/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Whether and how a name is shown to people in its own script. */
#include "records/idna.h"
#include "records/name.h"

/* Scripts whose letters pass for one another; mixed in one label they are a disguise. */
enum script {
	SCRIPT_OTHER = 0,
	SCRIPT_LATIN = 1,
	SCRIPT_GREEK = 2,
	SCRIPT_CYRILLIC = 4,
};

static unsigned script_of(uint32_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0xdf && c <= 0x24f)) {
		return SCRIPT_LATIN;
	}
	if ((c >= 0x370 && c <= 0x3ff) || (c >= 0x1f00 && c <= 0x1fff)) {
		return SCRIPT_GREEK;
	}
	return c >= 0x400 && c <= 0x52f ? SCRIPT_CYRILLIC : SCRIPT_OTHER;
}

static bool is_fit_to_show(struct span text)
{
	unsigned scripts = SCRIPT_OTHER;
	while (text.len > 0) {
		uint32_t c;
		size_t len = text_utf8_next(text, &c);
		if (len == 0 || text_is_deceptive(c)) {
			return false;
		}
		scripts = c == '.' ? SCRIPT_OTHER : scripts | script_of(c);
		if ((scripts & (scripts - 1)) != 0) {
			return false;
		}
		text = span_from(text, len);
	}
	return true;
}

struct span name_to_unicode(struct arena *arena, struct span name)
{
	struct span unicode;
	struct span back;
	if (span_search(name, SPAN("xn--")) == name.len ||
	    idna_to_unicode(arena, name, &unicode) != IDNA_OK || !is_fit_to_show(unicode) ||
	    idna_to_ascii(arena, unicode, &back) != IDNA_OK || !span_equal(back, name)) {
		return name;
	}
	return unicode;
}
