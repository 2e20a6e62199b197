/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* From the header of the mail to what it proves about the report in it. */
#include "service/authenticity.h"

#include "authenticate/dkim.h"
#include "message/message.h"
#include "records/name.h"

#define MAIL_BYTES ((size_t)16 << 20)
#define JUDGE_BYTES ((size_t)4 << 20)

enum word {
	WORD_UNSAID, /* our host wrote nothing about it */
	WORD_PASS,   /* and aligned with the author */
	WORD_FAIL,
	WORD_OPEN, /* a fault that passes, or a word that decides nothing */
};

struct judging {
	const struct authenticity_options *options;
	const struct authenticity_case *report;
	struct arena *arena;
	const struct mail *mail;
	struct arena *look_arena; /* of one run of the DKIM judge */
	const struct dkim_report *look;
	struct span author;	  /* its domain, canonical; empty when it is not one */
	struct span organisation; /* of the author */
	bool has_results;	  /* our host wrote some */
	enum word dmarc;
	enum word dkim;
	enum word spf;
	bool is_accepted; /* proved to be of a service that may bring this reporter's reports */
};

/* What one field says. */
struct heard {
	enum word words[3]; /* DMARC, DKIM, SPF */
	bool are_accepted[3];
};

/* ---- the mail ---- */

static struct span organisation_of(const struct judging *j, struct span domain)
{
	struct span name;
	if (domain.len == 0 || !name_canonical(j->arena, domain, &name)) {
		return span_of(NULL, 0);
	}
	struct span organisation = public_suffix_organisational(j->options->suffixes, name);
	return organisation.len > 0 ? organisation : name;
}

static bool is_of_author(const struct judging *j, struct span domain)
{
	return j->organisation.len > 0 && span_equal(organisation_of(j, domain), j->organisation);
}

static int read_mail(struct judging *j, struct failure *reterr)
{
	struct mail_reader *reader =
		mail_reader_new(j->arena, &(struct mail_options){.line_ends = LINE_ENDS_DETECT});
	if (reader != NULL) {
		mail_reader_feed(reader, j->report->mail->raw);
		j->mail = mail_reader_end(reader);
		mail_reader_close(reader);
	}
	if (j->mail == NULL) {
		return failure_set_memory(reterr, "read the mail of a report");
	}
	const struct author *author = &j->mail->message->author;
	struct span name;
	if (author->mailbox_count == 1 && author->from_count == 1 &&
	    name_canonical(j->arena, author->mailboxes[0].domain, &name)) {
		j->author = name;
		j->organisation = organisation_of(j, name);
	}
	return 0;
}

/* ---- what our host wrote ---- */

static struct span property_of(const struct authentication_result *result, const char *type,
			       const char *property)
{
	for (size_t i = 0; i < result->properties.len; i++) {
		const struct authentication_property *p =
			VECTOR_AT(&result->properties, const struct authentication_property, i);
		if (span_equal_nocase(p->type, span_of_string(type)) &&
		    span_equal_nocase(p->property, span_of_string(property))) {
			size_t at = span_find(p->value, '@', 0);
			return at < p->value.len ? span_from(p->value, at + 1) : p->value;
		}
	}
	return span_of(NULL, 0);
}

/* A host that could not check ("temperror", "permerror", "policy") refutes nothing. */
static enum word word_of(const struct authentication_result *result, bool is_aligned)
{
	static const struct span refuting[] = {SPAN_INIT("none"), SPAN_INIT("fail"),
					       SPAN_INIT("softfail"), SPAN_INIT("neutral"),
					       SPAN_INIT("hardfail")};
	if (span_equal_nocase(result->result, SPAN("pass"))) {
		return is_aligned ? WORD_PASS : WORD_FAIL;
	}
	for (size_t i = 0; i < sizeof(refuting) / sizeof(refuting[0]); i++) {
		if (span_equal_nocase(result->result, refuting[i])) {
			return WORD_FAIL;
		}
	}
	return WORD_OPEN;
}

/* Only a pass or a fail for this very author says something. */
static enum word dmarc_word(const struct judging *j, const struct authentication_result *result)
{
	struct span from = property_of(result, "header", "from");
	struct span name;
	bool is_this = from.len > 0 && name_canonical(j->arena, from, &name) &&
		       span_equal(name, j->author);
	return !is_this						 ? WORD_OPEN
	       : span_equal_nocase(result->result, SPAN("pass")) ? WORD_PASS
	       : span_equal_nocase(result->result, SPAN("fail")) ? WORD_FAIL
								 : WORD_OPEN;
}

static struct span signer_of(const struct authentication_result *result)
{
	struct span domain = property_of(result, "header", "d");
	return domain.len > 0 ? domain : property_of(result, "header", "i");
}

static enum word dkim_word(const struct judging *j, const struct authentication_result *result)
{
	return word_of(result, is_of_author(j, signer_of(result)));
}

static enum word spf_word(const struct judging *j, const struct authentication_result *result)
{
	return word_of(result, is_of_author(j, property_of(result, "smtp", "mailfrom")));
}

/* Of several signatures one that passes is enough, and one that may yet pass keeps it open. */
static void add_word(enum word *word, enum word another)
{
	if (*word == WORD_UNSAID || another == WORD_PASS ||
	    (another == WORD_OPEN && *word == WORD_FAIL)) {
		*word = another;
	}
}

/* Did the host find this domain to be proved, and may it bring the report? */
static bool is_accepted(const struct judging *j, struct span domain)
{
	struct span name;
	if (domain.len == 0 || !name_canonical(j->arena, domain, &name)) {
		return false;
	}
	for (size_t i = 0; i < j->options->accepted_count; i++) {
		const struct accepted_reporter *accepted = &j->options->accepted[i];
		if (span_equal_nocase(j->report->reporter, accepted->reporter) &&
		    name_is_at_or_under(name, accepted->sender)) {
			return true;
		}
	}
	return false;
}

static bool hears_accepted(const struct judging *j, const struct authentication_result *result,
			   struct span domain)
{
	return span_equal_nocase(result->result, SPAN("pass")) && is_accepted(j, domain);
}

static void read_results(const struct judging *j, const struct authentication_results *results,
			 struct heard *heard)
{
	for (size_t i = 0; i < results->results.len; i++) {
		const struct authentication_result *result =
			VECTOR_AT(&results->results, const struct authentication_result, i);
		if (span_equal_nocase(result->method, SPAN("dmarc"))) {
			add_word(&heard->words[0], dmarc_word(j, result));
			heard->are_accepted[0] |=
				dmarc_word(j, result) == WORD_PASS && is_accepted(j, j->author);
		} else if (span_equal_nocase(result->method, SPAN("dkim"))) {
			add_word(&heard->words[1], dkim_word(j, result));
			heard->are_accepted[1] |= hears_accepted(j, result, signer_of(result));
		} else if (span_equal_nocase(result->method, SPAN("spf"))) {
			add_word(&heard->words[2], spf_word(j, result));
			heard->are_accepted[2] |=
				hears_accepted(j, result, property_of(result, "smtp", "mailfrom"));
		}
	}
}

static bool is_believed(const struct judging *j, const struct authentication_results *results)
{
	/* Microsoft 365 gives its own fields no name, and renames those that come in. */
	struct span id = results->has_id ? results->id : SPAN(AUTHENTICITY_NAMELESS);
	bool is_ours = false;
	for (size_t i = 0; i < j->options->host_count; i++) {
		is_ours = is_ours || span_equal_nocase(id, j->options->hosts[i]);
	}
	return is_ours;
}

/* RFC 8460 3: only a signature counts for a TLS report. */
static void take_heard(struct judging *j, enum word *kept, const struct heard *heard, size_t method)
{
	bool may_accept = j->report->kind != STORE_TLS || method == 1;
	if (*kept == WORD_UNSAID) {
		*kept = heard->words[method];
		j->is_accepted = j->is_accepted || (may_accept && heard->are_accepted[method]);
	}
}

/* Programs of one host write a field each: for every method the topmost field that has it counts,
 * and what lies below it may be a stranger's. */
static void read_fields(struct judging *j)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a mail was read */
	const struct header *header = &j->mail->message->header;
	enum word *const kept[] = {&j->dmarc, &j->dkim, &j->spf};
	for (size_t i = 0; i < HEADER_MAX_FIELDS; i++) {
		const struct header_field *field =
			header_find(header, SPAN("Authentication-Results"), i);
		struct authentication_results results;
		struct heard heard = {.words = {WORD_UNSAID, WORD_UNSAID, WORD_UNSAID}};
		if (field == NULL) {
			return;
		}
		if (!authentication_results_parse(j->arena, field->value, &results) ||
		    !is_believed(j, &results)) {
			continue;
		}
		j->has_results = true;
		read_results(j, &results, &heard);
		for (size_t k = 0; k < 3; k++) {
			take_heard(j, kept[k], &heard, k);
		}
	}
}

/* ---- a look of our own ---- */

static int run_look(void *context, struct inquiry *inquiry, struct failure *reterr)
{
	struct judging *j = context;
	const struct dkim_options options = {
		.now = j->options->now,
		.skew_s = DKIM_SKEW_S,
		.key = {.cache = j->options->keys,
			.is_for_tls_report = j->report->kind == STORE_TLS},
	};
	arena_reset(j->look_arena);
	j->look = dkim_verify(j->look_arena, inquiry, j->mail, &options);
	return j->look != NULL ? 0 : failure_set_memory(reterr, "verify the mail of a report");
}

static int look(struct judging *j, struct failure *reterr)
{
	if (!j->options->is_verifying || j->dkim == WORD_PASS || j->author.len == 0) {
		return 0;
	}
	j->look_arena = arena_new(JUDGE_BYTES);
	if (j->look_arena == NULL) {
		return failure_set_memory(reterr, "verify the mail of a report");
	}
	/* Above the caller's facts and gone with this mail: a stranger's selectors add up to
	 * nothing. */
	struct facts *facts = facts_overlay_new(j->options->facts);
	int r = facts != NULL
			? settle(facts, j->options->source, (struct judge){run_look, j}, reterr)
			: failure_set_memory(reterr, "verify the mail of a report");
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): settled, so looked at */
	for (size_t i = 0; r == 0 && i < j->look->verdict_count; i++) {
		const struct dkim_verdict *verdict = &j->look->verdicts[i];
		if (verdict->result == DKIM_PASS && !verdict->is_single_label) {
			struct span domain = verdict->signature->domain;
			j->dkim = is_of_author(j, domain) ? WORD_PASS : j->dkim;
			j->is_accepted = j->is_accepted || is_accepted(j, domain);
		}
	}
	facts_free(facts);
	arena_free(j->look_arena);
	return r;
}

/* ---- the verdict ---- */

static const struct provider *service_of(const struct judging *j, struct span domain)
{
	const struct provider_table *table = j->options->providers;
	const struct provider *provider = provider_by_report_from(table, domain);
	provider = provider != NULL ? provider : provider_by_envelope(table, domain);
	return provider != NULL ? provider : provider_by_dkim_domain(table, domain);
}

enum claim {
	CLAIM_NONE, /* it names no domain */
	CLAIM_OF_AUTHOR,
	CLAIM_OF_ANOTHER,
	CLAIM_OF_KNOWN, /* of another, whose reports are known to come from elsewhere */
};

static enum claim claim_of(const struct judging *j, struct span domain)
{
	struct span name;
	if (!name_canonical(j->arena, domain, &name) ||
	    !name_is_ldh(name, /* is_underscore_ok: */ false) ||
	    public_suffix_organisational(j->options->suffixes, name).len == 0) {
		return CLAIM_NONE;
	}
	const struct provider *known = provider_by_report_from(j->options->providers, name);
	if (is_of_author(j, name) || (known != NULL && known == service_of(j, j->author))) {
		return CLAIM_OF_AUTHOR;
	}
	return known != NULL ? CLAIM_OF_KNOWN : CLAIM_OF_ANOTHER;
}

/* The author is proved; is it the reporter? */
static enum store_authenticity judge_author(const struct judging *j)
{
	struct span contact = j->report->contact;
	size_t at = span_find(contact, '@', 0);
	enum claim by_contact = claim_of(j, span_from(contact, at + 1));
	enum claim by_name = claim_of(j, j->report->reporter);
	if (by_contact == CLAIM_OF_KNOWN || by_name == CLAIM_OF_KNOWN) {
		return STORE_AUTHENTICITY_IMPOSTOR;
	}
	bool is_named = by_contact == CLAIM_OF_AUTHOR || by_name == CLAIM_OF_AUTHOR ||
			(by_contact == CLAIM_NONE && by_name == CLAIM_NONE);
	if (!is_named) {
		return STORE_AUTHENTICITY_OTHER_NAME;
	}
	/* RFC 8460 3: a TLS report must be signed */
	return j->report->kind == STORE_TLS && j->dkim != WORD_PASS ? STORE_AUTHENTICITY_UNSIGNED
								    : STORE_AUTHENTICITY_PROVED;
}

static enum store_authenticity judge_words(const struct judging *j)
{
	if (j->author.len == 0) {
		return STORE_AUTHENTICITY_UNDECIDED;
	}
	if (j->dmarc == WORD_PASS || j->dkim == WORD_PASS || j->spf == WORD_PASS) {
		return judge_author(j);
	}
	if (!j->has_results) {
		return j->options->is_verifying ? STORE_AUTHENTICITY_UNDECIDED
						: STORE_AUTHENTICITY_NO_RESULTS;
	}
	bool is_open = j->dkim == WORD_OPEN || j->spf == WORD_OPEN;
	bool is_refuted =
		j->dmarc == WORD_FAIL || (!is_open && j->dkim == WORD_FAIL && j->spf == WORD_FAIL);
	return is_refuted ? STORE_AUTHENTICITY_UNALIGNED : STORE_AUTHENTICITY_UNDECIDED;
}

static int judge_mail(struct judging *j, enum store_authenticity *ret_authenticity,
		      struct failure *reterr)
{
	int r = read_mail(j, reterr);
	if (r == 0) {
		read_fields(j);
		r = look(j, reterr);
	}
	if (r == 0) {
		enum store_authenticity found = judge_words(j);
		*ret_authenticity = found != STORE_AUTHENTICITY_PROVED && j->is_accepted
					    ? STORE_AUTHENTICITY_ACCEPTED
					    : found;
		r = arena_has_failed(j->arena) ? failure_set_memory(reterr, "judge a report") : 0;
	}
	return r;
}

int authenticity_judge(const struct authenticity_options *options,
		       const struct authenticity_case *report,
		       enum store_authenticity *ret_authenticity, struct failure *reterr)
{
	if (report->mail == NULL) {
		*ret_authenticity = STORE_AUTHENTICITY_NO_MAIL;
		return 0;
	}
	if (!authenticity_is_judged(options)) {
		*ret_authenticity = STORE_AUTHENTICITY_NOT_JUDGED;
		return 0;
	}
	if (report->mail->is_inside) {
		*ret_authenticity = STORE_AUTHENTICITY_PASSED_ON;
		return 0;
	}
	struct judging j = {.options = options, .report = report, .arena = arena_new(MAIL_BYTES)};
	if (j.arena == NULL) {
		return failure_set_memory(reterr, "judge a report");
	}
	int r = judge_mail(&j, ret_authenticity, reterr);
	arena_free(j.arena);
	return r;
}

const char *authenticity_name(enum store_authenticity authenticity)
{
	switch (authenticity) {
	case STORE_AUTHENTICITY_NOT_JUDGED:
		return "not-judged";
	case STORE_AUTHENTICITY_NO_MAIL:
		return "no-mail";
	case STORE_AUTHENTICITY_PASSED_ON:
		return "passed-on";
	case STORE_AUTHENTICITY_NO_RESULTS:
		return "no-results";
	case STORE_AUTHENTICITY_UNDECIDED:
		return "undecided";
	case STORE_AUTHENTICITY_UNSIGNED:
		return "unsigned";
	case STORE_AUTHENTICITY_OTHER_NAME:
		return "other-name";
	case STORE_AUTHENTICITY_UNALIGNED:
		return "unaligned";
	case STORE_AUTHENTICITY_IMPOSTOR:
		return "impostor";
	case STORE_AUTHENTICITY_PROVED:
		return "proved";
	case STORE_AUTHENTICITY_ACCEPTED:
		return "accepted";
	}
	return "not-judged";
}
