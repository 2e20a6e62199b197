/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Access to the generated tables. */
#include "guide/guidance.h"

#include "guide/guidance_tables.h"

const struct guidance *guidance_get(enum finding_id id)
{
	return &guidance_table[id];
}

const struct fix_text *fix_text_get(enum fix_id id)
{
	return &fix_table[id];
}

struct span sentence_get(enum sentence_id id)
{
	return sentence_table[id];
}

const struct guidance *guidance_find(struct span id)
{
	for (size_t i = 0; i < FINDING_COUNT; i++) {
		if (span_equal(guidance_table[i].id, id)) {
			return &guidance_table[i];
		}
	}
	return NULL;
}

size_t guidance_count(void)
{
	return FINDING_COUNT;
}

const struct guidance *guidance_at(size_t i)
{
	return &guidance_table[i];
}

struct span guidance_introduction(void)
{
	return introduction_text;
}
