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

/* What senders do, for all hosts and for each. */
struct sender_eye_view;
void senders_eye_json(const struct sender_eye_view *eye, struct json_writer *json);
/* For people: "a sender that obeys MTA-STS", "encrypted, to whomever answers". Static. */
const char *sender_kind_text(int kind);
const char *delivery_text(int delivery);

#endif
