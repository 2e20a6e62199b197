/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Words for what happens to a record. */
#include "advise/record_change.h"

const char *record_action_name(enum record_action action)
{
	static const char *const names[] = {
		[RECORD_PUBLISH] = "publish",
		[RECORD_REPLACE] = "replace",
		[RECORD_REMOVE] = "remove",
	};
	return names[action];
}
