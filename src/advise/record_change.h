/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What happens to one record. */
#ifndef MAILSEAL_ADVISE_RECORD_CHANGE_H
#define MAILSEAL_ADVISE_RECORD_CHANGE_H

#include "base/base.h"
#include "records/rr.h"

enum record_action {
	RECORD_PUBLISH, /* new, beside what is there */
	RECORD_REPLACE, /* takes the place of `old_value` */
	RECORD_REMOVE,	/* `old_value` goes, nothing comes */
};

struct record_change {
	struct span name;      /* canonical owner name */
	struct span value;     /* as a DNS form takes it: TXT text without quotes, "10
				  mail.example.org." for MX */
	struct span old_value; /* likewise; empty for RECORD_PUBLISH */
	enum record_action action;
	uint16_t type;
	bool is_template; /* value holds a part only the owner knows, written <LIKE THIS> */
};

/* The value holds a <PART> that only the owner knows: no finished record has a "<". */
static inline bool record_value_is_template(struct span value)
{
	return span_find(value, '<', 0) < value.len;
}

/* "publish", "replace", "remove". Static. */
const char *record_action_name(enum record_action action);

#endif
