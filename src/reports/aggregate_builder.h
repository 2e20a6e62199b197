/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Elements of an aggregate report -> its head and its rows, in any order and any case, with or
 * without namespace. Elements it does not know are passed over; around the known sections they are
 * transparent, so that a wrapper costs nothing.
 */
#ifndef MAILSEAL_REPORTS_AGGREGATE_BUILDER_H
#define MAILSEAL_REPORTS_AGGREGATE_BUILDER_H

#include "reports/reading.h"

struct aggregate_builder;

struct aggregate_builder *aggregate_builder_new(struct reading *reading);
void aggregate_builder_free(struct aggregate_builder *builder);
/* A new document. */
void aggregate_builder_begin(struct aggregate_builder *builder);
/* name as written, with its prefix; attributes: name, value, ..., NULL. */
void aggregate_builder_open(struct aggregate_builder *builder, const char *name,
			    const char *const *attributes);
void aggregate_builder_text(struct aggregate_builder *builder, struct span text);
void aggregate_builder_close(struct aggregate_builder *builder);
/* The text is broken here: forgets what is open. A row that is open is lost. */
void aggregate_builder_break(struct aggregate_builder *builder, uint64_t offset);
/* Tells the sink the end. False when there was nothing of a report. */
bool aggregate_builder_end(struct aggregate_builder *builder);

bool aggregate_builder_is_in_row(const struct aggregate_builder *builder);
/* The root, <feedback>, was closed. */
bool aggregate_builder_is_complete(const struct aggregate_builder *builder);
/* After the end: the identity with the content in one number. */
struct report_hash aggregate_builder_fingerprint(const struct aggregate_builder *builder);

#endif
