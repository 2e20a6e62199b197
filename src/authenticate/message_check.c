/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Puts the judges of one message together. */
#include "authenticate/message_check.h"

#include "authenticate/mail_domain.h"

/* SPF and every signature that is looked at. */
#define IDENTIFIERS_MAX (MAIL_MAX_SIGNATURES + 1)

struct checking {
	struct arena *arena;
	struct inquiry *inquiry;
	const struct message_check_options *options;
	struct message_check *check;
	struct dmarc_identifier identifiers[IDENTIFIERS_MAX];
	size_t identifier_count;
	unsigned walks_left;
};

/* --- SPF --- */

static const struct spf_check *check_identity(struct checking *c, enum spf_identity identity)
{
	const struct envelope *envelope = c->check->envelope;
	struct spf_limits limits = SPF_LIMITS_DEFAULT;
	struct spf_request *request = arena_alloc(c->arena, sizeof(*request));
	if (request == NULL) {
		return NULL;
	}
	*request = (struct spf_request){
		.identity = identity,
		.client = envelope->client,
		.helo = envelope->helo,
		.mail_from = envelope->mail_from,
		.receiver = c->options->receiver,
		.now = c->options->now,
		.is_explained = true,
	};
	return spf_check(c->arena, c->inquiry, request, &limits);
}

static void check_spf(struct checking *c)
{
	const struct envelope *envelope = c->check->envelope;
	if (!envelope->has_client) {
		return;
	}
	if (envelope->helo.len > 0) {
		c->check->helo = check_identity(c, SPF_HELO);
	}
	if (envelope->has_mail_from) {
		c->check->mail_from = check_identity(c, SPF_MAIL_FROM);
	}
	const struct spf_check *helo = c->check->helo;
	const struct spf_check *mail_from = c->check->mail_from;
	c->check->is_helo_only = helo != NULL && helo->result == SPF_RESULT_PASS &&
				 mail_from != NULL && mail_from->result != SPF_RESULT_PASS;
}

/* --- identifiers --- */

static void add_identifier(struct checking *c, enum dmarc_method method, struct span domain,
			   bool is_temporary)
{
	for (size_t i = 0; i < c->identifier_count; i++) {
		struct dmarc_identifier *known = &c->identifiers[i];
		if (known->method == method && span_equal(known->domain, domain)) {
			/* one signature that passes is enough */
			known->is_temporary = known->is_temporary && is_temporary;
			return;
		}
	}
	if (c->identifier_count < IDENTIFIERS_MAX) {
		c->identifiers[c->identifier_count++] =
			(struct dmarc_identifier){method, domain, is_temporary};
	}
}

static void collect_identifiers(struct checking *c)
{
	/* RFC 9989 4.4.2: only MAIL FROM counts, which is HELO for the null sender */
	const struct spf_check *spf = c->check->mail_from;
	if (spf != NULL &&
	    (spf->result == SPF_RESULT_PASS || spf->result == SPF_RESULT_TEMPERROR)) {
		add_identifier(c, DMARC_BY_SPF, spf->domain, spf->result == SPF_RESULT_TEMPERROR);
	}
	const struct dkim_report *dkim = c->check->dkim;
	for (size_t i = 0; i < dkim->verdict_count; i++) {
		const struct dkim_verdict *verdict = &dkim->verdicts[i];
		if (verdict->result == DKIM_PASS || verdict->result == DKIM_TEMPERROR) {
			add_identifier(c, DMARC_BY_DKIM, verdict->signature->domain,
				       verdict->result == DKIM_TEMPERROR);
		}
	}
}

/* --- authors --- */

/* False for an author without a domain. */
static bool add_author(struct checking *c, const struct mailbox *mailbox)
{
	struct message_check *check = c->check;
	struct span domain;
	if (mailbox->is_literal || !mail_domain_parse(c->arena, mailbox->domain, &domain)) {
		return false;
	}
	for (size_t i = 0; i < check->author_count; i++) {
		if (span_equal(check->authors[i].domain, domain)) {
			return true;
		}
	}
	if (check->author_count == MESSAGE_MAX_AUTHORS) {
		check->is_incomplete = true;
		return true;
	}
	check->authors[check->author_count++].domain = domain;
	return true;
}

/* RFC 9989 5.3.1: DMARC knows exactly one author domain; everything else is somebody's trick. */
static void collect_authors(struct checking *c)
{
	struct message_check *check = c->check;
	const struct author *author = &check->mail->message->author;
	bool is_readable = true;
	for (size_t i = 0; i < author->mailbox_count; i++) {
		is_readable = add_author(c, &author->mailboxes[i]) && is_readable;
	}
	check->is_incomplete = check->is_incomplete || author->is_limited;
	check->is_blurred = author->is_blurred;
	if (check->author_count == 0) {
		check->cause = MESSAGE_NO_AUTHOR;
	} else if (author->from_count > 1) {
		check->cause = MESSAGE_SEVERAL_FIELDS;
	} else if (check->author_count > 1 || !is_readable || check->is_incomplete) {
		check->cause = MESSAGE_SEVERAL_DOMAINS;
	}
}

static void evaluate_authors(struct checking *c)
{
	for (size_t i = 0; i < c->check->author_count; i++) {
		struct dmarc_request request = {
			.author = c->check->authors[i].domain,
			.identifiers = c->identifiers,
			.identifier_count = c->identifier_count,
			.max_walks = c->walks_left,
			.suffixes = c->options->suffixes,
		};
		const struct dmarc_evaluation *evaluation =
			dmarc_evaluate(c->arena, c->inquiry, &request);
		if (evaluation == NULL) {
			return;
		}
		c->check->authors[i].evaluation = evaluation;
		c->walks_left -= evaluation->walks;
	}
}

/* Policies are in the order of their strictness. */
static enum dmarc_policy strictest(const struct message_check *check)
{
	enum dmarc_policy policy = DMARC_POLICY_NONE;
	for (size_t i = 0; i < check->author_count; i++) {
		enum dmarc_policy own =
			dmarc_verdict_disposition(&check->authors[i].evaluation->rfc9989);
		policy = own > policy ? own : policy;
	}
	return policy;
}

static void conclude(struct message_check *check)
{
	check->result = check->cause == MESSAGE_ONE_AUTHOR
				? check->authors[0].evaluation->rfc9989.result
				: DMARC_RESULT_PERMERROR;
	check->disposition = strictest(check);
}

static void select_bimi(struct checking *c)
{
	struct message_check *check = c->check;
	const struct dmarc_evaluation *evaluation =
		check->cause == MESSAGE_ONE_AUTHOR && !check->is_blurred
			? check->authors[0].evaluation
			: NULL;
	check->bimi = bimi_select(c->arena, c->inquiry, check->mail, check->dkim, evaluation);
}

const struct message_check *message_check(struct arena *arena, struct inquiry *inquiry,
					  const struct mail *mail, const struct envelope *envelope,
					  const struct message_check_options *options)
{
	struct message_check *check = arena_alloc(arena, sizeof(*check));
	if (check == NULL) {
		return NULL;
	}
	*check = (struct message_check){.mail = mail, .envelope = envelope};
	struct checking c = {
		.arena = arena,
		.inquiry = inquiry,
		.options = options,
		.check = check,
		.walks_left = DMARC_WALKS_DEFAULT,
	};
	struct dkim_options dkim = {
		.now = options->now,
		.skew_s = DKIM_SKEW_S,
		.allows_partial_body = options->allows_partial_body,
		.key = {.cache = options->keys, .allows_short_keys = options->allows_short_keys},
	};
	check_spf(&c);
	check->dkim = dkim_verify(arena, inquiry, mail, &dkim);
	check->arc = arc_validate(arena, inquiry, mail, &dkim.key);
	if (arena_has_failed(arena) || check->dkim == NULL || check->arc == NULL) {
		return NULL;
	}
	collect_identifiers(&c);
	collect_authors(&c);
	evaluate_authors(&c);
	if (arena_has_failed(arena)) {
		return NULL;
	}
	conclude(check);
	if (options->selects_bimi) {
		select_bimi(&c);
	}
	return arena_has_failed(arena) ? NULL : check;
}

const struct dmarc_evaluation *message_check_dmarc(const struct message_check *check)
{
	return check->author_count > 0 ? check->authors[0].evaluation : NULL;
}

struct cause_text {
	const char *name;
	const char *explain;
	const char *reference;
};

static const struct cause_text causes[] = {
	[MESSAGE_ONE_AUTHOR] = {"one-author", "the message has one author domain",
				"RFC 9989 5.3.1"},
	[MESSAGE_NO_AUTHOR] = {"no-author", "no From field names a domain", "RFC 9989 5.3.1"},
	[MESSAGE_SEVERAL_FIELDS] = {"several-fields",
				    "there are several From fields; which one people see differs",
				    "RFC 5322 3.6"},
	[MESSAGE_SEVERAL_DOMAINS] = {"several-domains",
				     "From names several addresses that do not share one domain",
				     "RFC 9989 5.3.1"},
};

const char *message_cause_name(enum message_cause cause)
{
	return causes[cause].name;
}

const char *message_cause_explain(enum message_cause cause)
{
	return causes[cause].explain;
}

const char *message_cause_reference(enum message_cause cause)
{
	return causes[cause].reference;
}
