/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Endpoints and policies in the replay file. Suites and groups are lists of hexadecimal numbers in
 * one string ("1301 c02f"), probes are words ("yes", "throttled"), certificates base64. What is
 * zero, empty or not asked is left out. Inside of facts.
 */
#ifndef MAILSEAL_FACTS_ENDPOINT_JSON_H
#define MAILSEAL_FACTS_ENDPOINT_JSON_H

#include "facts/endpoint.h"
#include "facts/policy.h"
#include "facts/reader.h"

/* A probe with its name in the file, for reading and writing alike. */
struct endpoint_field {
	const char *name;
	size_t offset; /* in struct smtp_endpoint */
};

extern const struct endpoint_field endpoint_probe_fields[];
extern const size_t endpoint_probe_field_count;

/* Each writes one object; the key must have been written. */
void endpoint_write(struct json_writer *json, const struct smtp_endpoint *endpoint);
void policy_write(struct json_writer *json, const struct policy_fetch *policy);
/* A value: the octets as base64. */
void facts_put_octets(struct json_writer *json, struct span octets);
/* The object is the reader's; complaints go to it. NULL when memory is out. */
struct smtp_endpoint *endpoint_read(struct reader *reader);
const struct policy_fetch *policy_read(struct reader *reader);

#endif
