/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * MTA-STS policies: the text at https://mta-sts.<domain>/.well-known/mta-sts.txt (RFC 8461 3.2).
 * Read leniently, as most senders do; every departure from the RFC's grammar is an error among the
 * problems, so that both readings can be had.
 */
#ifndef MAILSEAL_RECORDS_MTA_STS_POLICY_H
#define MAILSEAL_RECORDS_MTA_STS_POLICY_H

#include <stdint.h>

#include "base/buffer.h"
#include "records/problem.h"

/* RFC 8461 3.3: a sender may refuse more; nothing behind it is read. */
#define MTA_STS_POLICY_MAX_BYTES 65536
/* A policy of the allowed size has room for more; no honest one needs them. */
#define MTA_STS_POLICY_MAX_MX 512
/* RFC 8461 3.2: about a year */
#define MTA_STS_POLICY_MAX_AGE_S 31557600

enum mta_sts_mode {
	MTA_STS_MODE_ABSENT,
	MTA_STS_MODE_NONE,
	MTA_STS_MODE_TESTING,
	MTA_STS_MODE_ENFORCE,
	MTA_STS_MODE_INVALID, /* the field is there with another word */
};

struct mta_sts_mx {
	struct span text; /* as written */
	size_t offset;
	bool is_valid;
	bool is_wildcard; /* "*.example.org" */
	struct span name; /* canonical, without "*."; empty when not valid */
};

struct mta_sts_policy {
	struct span text;
	bool has_version; /* "version: STSv1" */
	enum mta_sts_mode mode;
	struct span mode_text; /* as written */
	bool has_max_age;      /* a number; the one below */
	uint64_t max_age_s;    /* at most MTA_STS_POLICY_MAX_AGE_S */
	struct mta_sts_mx *mx;
	size_t mx_count;
	/* Senders in use read it in different ways although the RFC allows it: a field twice, with
	 * another value, or a line without anything in it. */
	bool is_ambiguous;
	struct problems problems;
};

/* Never fails on bad text; NULL only when the arena failed. */
struct mta_sts_policy *mta_sts_policy_parse(struct arena *arena, struct span text);
/* The lenient reading: version, mode and max_age are there, and mx unless the mode is none. */
bool mta_sts_policy_is_usable(const struct mta_sts_policy *policy);
/* The strict reading: usable, and nothing in it leaves the RFC's grammar. */
bool mta_sts_policy_is_strict(const struct mta_sts_policy *policy);
/* RFC 8461 4.1: a pattern names the host (canonical), or its "*" stands for the first label. */
bool mta_sts_policy_allows_mx(const struct mta_sts_policy *policy, struct span host);
/* One field a line, CRLF. Extensions are left out. */
void mta_sts_policy_write(const struct mta_sts_policy *policy, struct buffer *text);
/* "none", "testing", "enforce", "absent", "invalid". Static. */
const char *mta_sts_mode_name(enum mta_sts_mode mode);

#endif
