/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Results as one JSON object: the contract of `--json`. */
#ifndef MAILSEAL_PRESENT_JSON_H
#define MAILSEAL_PRESENT_JSON_H

#include "advise/check_report.h"
#include "base/json.h"

/* The name of the contract; grows a new number when a reader of the old one would break. */
#define CHECK_SCHEMA "mailseal-check-1"

/* The keys of one result, inside an object; "domain" comes first. */
void present_json_result(struct json_writer *json, const struct check_report *report,
			 const struct check_result *result);
void present_json_check(const struct check_report *report, struct buffer *text);

#endif
