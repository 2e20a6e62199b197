/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What reports say, in the replay file. Inside of facts. */
#ifndef MAILSEAL_FACTS_REPORTED_JSON_H
#define MAILSEAL_FACTS_REPORTED_JSON_H

#include "facts/reader.h"
#include "facts/reported.h"

/* Writes one object; the key must have been written. */
void reported_write(struct json_writer *json, const struct reported *reported);
/* The object is the reader's; complaints go to it. NULL when memory is out. */
const struct reported *reported_read(struct reader *reader);

#endif
