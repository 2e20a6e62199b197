/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a control's record says, for a table's cell and for JSON. */
#ifndef MAILSEAL_PRESENT_CONTROL_TEXT_H
#define MAILSEAL_PRESENT_CONTROL_TEXT_H

#include "assess/assess.h"

/* One line: the published record, or what stands in for it ("no record", "3 keys at 54 selectors").
 * In the arena. */
struct span control_text(struct arena *arena, const struct assessment *a, enum control control);
/* What the domain is for, in a few words: "sends mail". */
const char *control_kind_words(const struct assessment *a);
/* Writes the control's parsed record as a JSON value: an object, or null when there is none. */
void control_json(const struct assessment *a, enum control control, struct json_writer *json);

#endif
