/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Domains: make, add domains, run until nothing is asked, read the result.
 *
 * Of the questions, MAILSEAL_DNS ones are answered as for a message. MAILSEAL_SMTP and
 * MAILSEAL_POLICY ones may be left unanswered: what depends on them is then reported as not
 * measured; to answer them load saved facts (mailseal_facts_load).
 */
#ifndef MAILSEAL_CHECK_H
#define MAILSEAL_CHECK_H

#include <mailseal/facts.h>
#include <mailseal/tables.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Of one check. */
#define MAILSEAL_CHECK_MAX_DOMAINS 100
#define MAILSEAL_CHECK_MAX_NAMES 256

struct mailseal_check;

/* now: seconds since 1970. NULL when memory is out. */
struct mailseal_check *mailseal_check_new(const struct mailseal_tables *tables, int64_t now);
/* NULL is allowed. */
void mailseal_check_free(struct mailseal_check *check);

/* A domain, as people type one: "Example.org", "bücher.example". */
int mailseal_check_add_domain(struct mailseal_check *check, const char *domain);
/* A DKIM selector you know of. */
int mailseal_check_add_selector(struct mailseal_check *check, const char *selector);
/* A built-in baseline to judge by; "mailseal profiles" lists them. */
int mailseal_check_add_profile(struct mailseal_check *check, const char *name);

/* As mailseal_verify_run(). */
int mailseal_check_run(struct mailseal_check *check, struct mailseal_facts *facts,
		       const struct mailseal_question **ret_questions, size_t *ret_count);
/*
 * The object of "mailseal check --json". MAILSEAL_BAD_ORDER until the run is done. Valid until it
 * is called again.
 */
int mailseal_check_json(struct mailseal_check *check, struct mailseal_bytes *ret_text);

#ifdef __cplusplus
}
#endif

#endif
