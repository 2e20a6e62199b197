/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
#include "assess/profile.h"

#include <stdlib.h>
#include <unistd.h>

#include "unit.h"

#define ARENA_BYTES ((size_t)4 << 20)

#define HEAD                                                                                       \
	"[profile mine]\ntitle = Mine\nedition = 1\nsource = Us\nretrieved = 2026-11-23\n"         \
	"status = final\n"
#define ROW "[requirement R1]\ncontrol = dmarc\nlevel = MUST\ntitle = Rejects\nsource = RFC 9989\n"

/* An assessment of which only the measures matter. */
/* 2026-11-23 */
#define NOW INT64_C(1795392000)

struct fixture {
	struct arena *arena;
	struct profile_table *table;
	struct measures measures;
	struct assess_options options;
	struct assessment assessment;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct failure failure;
	assert_non_null(f);
	f->arena = arena_new(ARENA_BYTES);
	f->assessment.arena = f->arena;
	f->assessment.measures = &f->measures;
	f->options.now = NOW;
	f->assessment.options = &f->options;
	if (profile_table_load(&f->table, &failure) < 0) {
		fail_msg("%s: %s", failure.what, failure.detail);
	}
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	profile_table_free(f->table);
	arena_free(f->arena);
	free(f);
	return 0;
}

static void test_built_in(void **state)
{
	static const char *const names[] = {"au-ism-2025-12", "nz-sge",	      "rfc-core",
					    "uk-gov-email",   "us-bod-18-01", "us-scuba"};
	struct fixture *f = *state;
	size_t count = sizeof(names) / sizeof(names[0]);
	assert_true(profile_count(f->table) >= count);
	for (size_t i = 0; i < count; i++) {
		const struct profile *profile = profile_find(f->table, span_of_string(names[i]));
		if (profile == NULL) {
			fail_msg("%s is missing", names[i]);
		}
		assert_row_int(names[i], profile->requirement_count > 4, true);
		assert_row_int(names[i], profile->is_draft,
			       span_equal(profile->name, SPAN("nz-sge")));
	}
	assert_null(profile_find(f->table, SPAN("none-such")));
}

/* With no measure set nothing is satisfied and nothing fails: all is unknown or for attestation. */
static void test_nothing_known(void **state)
{
	struct fixture *f = *state;
	for (size_t p = 0; p < profile_count(f->table); p++) {
		const struct profile *profile = profile_at(f->table, p);
		struct profile_result result = profile_judge(f->arena, profile, &f->assessment);
		assert_int_equal(result.row_count, profile->requirement_count);
		assert_int_equal(result.satisfied_count, 0);
		assert_int_equal(result.not_satisfied_count, 0);
		for (size_t i = 0; i < result.row_count; i++) {
			bool is_attest = result.rows[i].status == REQUIREMENT_ATTEST;
			assert_true(is_attest || result.rows[i].status == REQUIREMENT_NOT_MEASURED);
			assert_true(result.rows[i].reason.len > 0);
			assert_true(!is_attest || result.rows[i].requirement->is_attest);
		}
	}
}

/* Judges a profile of one requirement with these lines. */
static struct requirement_result judge_one(struct fixture *f, const char *name, const char *lines)
{
	struct span text = arena_printf(
		f->arena,
		"[profile %s]\ntitle = t\nedition = 1\nsource = s\nretrieved = 2026-11-23\n"
		"status = draft\n" ROW "%s",
		name, lines);
	struct failure failure;
	if (profile_table_add_text(f->table, SPAN("test"), text, &failure) < 0) {
		fail_msg("%s: %s: %s", name, failure.what, failure.detail);
	}
	const struct profile *profile = profile_find(f->table, span_of_string(name));
	assert_true(profile->is_draft);
	return profile_judge(f->arena, profile, &f->assessment).rows[0];
}

static void set_measures(struct fixture *f)
{
	measure_bool(&f->assessment, MEASURE_DOMAIN_SENDS, true);
	measure_bool(&f->assessment, MEASURE_DOMAIN_PARKED, false);
	measure_unknown(&f->assessment, MEASURE_DOMAIN_RECEIVES, SPAN("MX: timeout"));
	measure_word(&f->assessment, MEASURE_DMARC_POLICY, SPAN("none"));
	measure_word(&f->assessment, MEASURE_SPF_ALL, SPAN("fail"));
	measure_unknown(&f->assessment, MEASURE_SPF_LOOKUPS, SPAN("a.example TXT: SERVFAIL"));
	measure_not_applicable(&f->assessment, MEASURE_DKIM_WEAKEST_RSA_BITS,
			       SPAN("no RSA key was found"));
}

static void test_three_values(void **state)
{
	static const struct {
		const char *row;
		const char *lines;
		enum requirement_status status;
		const char *reason;
	} rows[] = {
		{"satisfied", "require = spf.all is fail\n", REQUIREMENT_SATISFIED, ""},
		{"fails", "require = dmarc.policy is reject\n", REQUIREMENT_NOT_SATISFIED,
		 "dmarc.policy is none, must be reject"},
		{"two-fail", "require = dmarc.policy is reject\nrequire = spf.all is softfail\n",
		 REQUIREMENT_NOT_SATISFIED,
		 "dmarc.policy is none, must be reject; spf.all is fail, must be softfail"},
		{"unknown", "require = spf.lookups <= 10\nrequire = spf.all is fail\n",
		 REQUIREMENT_NOT_MEASURED, "spf.lookups: a.example TXT: SERVFAIL"},
		{"fail-beats-unknown",
		 "require = spf.lookups <= 10\nrequire = dmarc.policy is reject\n",
		 REQUIREMENT_NOT_SATISFIED, "dmarc.policy is none, must be reject"},
		{"senseless-left-out",
		 "require = spf.all is fail\nrequire = dkim.weakest-rsa-bits >= 2048\n",
		 REQUIREMENT_SATISFIED, ""},
		{"all-senseless", "require = dkim.weakest-rsa-bits >= 2048\n",
		 REQUIREMENT_NOT_APPLICABLE, "dkim.weakest-rsa-bits: no RSA key was found"},
		{"unknown-beats-senseless",
		 "require = dkim.weakest-rsa-bits >= 2048\nrequire = spf.lookups <= 10\n",
		 REQUIREMENT_NOT_MEASURED, "spf.lookups: a.example TXT: SERVFAIL"},
		{"applies", "applies = domain.sends is yes\nrequire = spf.all is fail\n",
		 REQUIREMENT_SATISFIED, ""},
		{"applies-not",
		 "applies = domain.parked is yes\nrequire = dmarc.policy is reject\n",
		 REQUIREMENT_NOT_APPLICABLE, "domain.parked is no"},
		{"applies-unknown",
		 "applies = domain.receives is yes\nrequire = dmarc.policy is reject\n",
		 REQUIREMENT_NOT_MEASURED, "domain.receives: MX: timeout"},
		{"applies-false-beats-unknown",
		 "applies = domain.receives is yes\napplies = domain.parked is yes\n"
		 "require = spf.all is fail\n",
		 REQUIREMENT_NOT_APPLICABLE, "domain.parked is no"},
		{"applies-senseless",
		 "applies = dkim.weakest-rsa-bits >= 1\nrequire = spf.all is fail\n",
		 REQUIREMENT_NOT_APPLICABLE, "dkim.weakest-rsa-bits: no RSA key was found"},
		{"attest", "attest = yes\n", REQUIREMENT_ATTEST,
		 "cannot be seen from outside: somebody has to attest it"},
		{"attest-scope", "applies = domain.parked is yes\nattest = yes\n",
		 REQUIREMENT_NOT_APPLICABLE, "domain.parked is no"},
		{"unset", "require = bimi.valid is yes\n", REQUIREMENT_NOT_MEASURED,
		 "bimi.valid: not measured"},
		{"not-yet", "require = dmarc.policy is reject\nfrom = 2027-03-15\n",
		 REQUIREMENT_NOT_APPLICABLE,
		 "from 2027-03-15 on this will not be enough: dmarc.policy is none, must be "
		 "reject"},
		{"on-the-day", "require = dmarc.policy is reject\nfrom = 2026-11-23\n",
		 REQUIREMENT_NOT_SATISFIED, "dmarc.policy is none, must be reject"},
		{"long-since", "require = dmarc.policy is reject\nfrom = 2020-01-01\n",
		 REQUIREMENT_NOT_SATISFIED, "dmarc.policy is none, must be reject"},
		{"already", "require = spf.all is fail\nfrom = 2027-03-15\n", REQUIREMENT_SATISFIED,
		 ""},
		{"not-yet-unknown", "require = spf.lookups <= 10\nfrom = 2027-03-15\n",
		 REQUIREMENT_NOT_MEASURED, "spf.lookups: a.example TXT: SERVFAIL"},
	};
	struct fixture *f = *state;
	set_measures(f);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct requirement_result result = judge_one(f, rows[i].row, rows[i].lines);
		assert_row_span(rows[i].row, span_of_string(requirement_status_name(result.status)),
				span_of_string(requirement_status_name(rows[i].status)));
		assert_row_span(rows[i].row, result.reason, span_of_string(rows[i].reason));
	}
}

static void test_counts(void **state)
{
	struct fixture *f = *state;
	set_measures(f);
	struct failure failure;
	struct span text =
		SPAN(HEAD "[requirement A]\ncontrol = spf\nlevel = M\ntitle = t\nsource = s\n"
			  "require = spf.all is fail\nconflict = Others differ\nnote = Draft: x\n"
			  "[requirement B]\ncontrol = spf\nlevel = M\ntitle = t\nsource = s\n"
			  "require = spf.all is softfail\n"
			  "[requirement C]\ncontrol = spf\nlevel = M\ntitle = t\nsource = s\n"
			  "require = spf.lookups <= 10\n"
			  "[requirement D]\ncontrol = spf\nlevel = M\ntitle = t\nsource = s\n"
			  "attest = yes\n");
	assert_int_equal(profile_table_add_text(f->table, SPAN("x"), text, &failure), 0);
	const struct profile *profile = profile_find(f->table, SPAN("mine"));
	assert_false(profile->is_draft);
	assert_row_span("conflict", profile->requirements[0].conflict, SPAN("Others differ"));
	assert_row_span("note", profile->requirements[0].note, SPAN("Draft: x"));
	struct profile_result result = profile_judge(f->arena, profile, &f->assessment);
	assert_int_equal(result.row_count, 4);
	assert_int_equal(result.satisfied_count, 1);
	assert_int_equal(result.not_satisfied_count, 1);
	assert_int_equal(result.not_measured_count, 1);
	assert_ptr_equal(result.rows[3].requirement, &profile->requirements[3]);
}

static void test_refused(void **state)
{
	static const struct {
		const char *row;
		const char *text;
		const char *why;
	} rows[] = {
		{"empty", "", "line 1: a profile and at least one requirement are needed"},
		{"no requirement", HEAD,
		 "line 1: a profile and at least one requirement are needed"},
		{"no profile", ROW "attest = yes\n" ROW,
		 "line 1: the first section is [profile NAME]"},
		{"no name", "[profile]\n[requirement A]\n",
		 "line 1: the first section is [profile NAME]"},
		{"second profile", HEAD "[profile other]\n", "line 7: expected [requirement ID]"},
		{"key missing", "[profile mine]\ntitle = t\nstatus = final\n" ROW,
		 "line 1: \"edition\" is missing"},
		{"status missing",
		 "[profile mine]\ntitle = t\nedition = 1\nsource = s\nretrieved = 2026-11-23\n" ROW,
		 "line 1: \"status\" is missing"},
		{"bad status", "[profile mine]\nstatus = done\n" ROW,
		 "line 2: status is final or draft"},
		{"bad date", "[profile mine]\nretrieved = yesterday\n" ROW,
		 "line 2: \"yesterday\" is not a date"},
		{"unknown profile key", "[profile mine]\ncolour = red\n" ROW,
		 "line 2: unknown key \"colour\""},
		{"profile key twice", "[profile mine]\ntitle = a\ntitle = b\n" ROW,
		 "line 3: \"title\" is given twice"},
		{"empty value", "[profile mine]\ntitle =\n" ROW, "line 2: \"title\" is empty"},
		{"bad day", HEAD ROW "from = soon\n", "line 12: \"soon\" is not a date"},
		{"unknown key", HEAD ROW "require = spf.valid is yes\nseverity = high\n",
		 "line 13: unknown key \"severity\""},
		{"key twice", HEAD ROW "level = SHOULD\n", "line 12: \"level\" is given twice"},
		{"unknown control", HEAD "[requirement A]\ncontrol = ptr\n",
		 "line 8: there is no control \"ptr\""},
		{"control missing",
		 HEAD "[requirement A]\nlevel = M\ntitle = t\nsource = s\nattest = yes\n",
		 "line 7: \"control\" is missing"},
		{"source missing",
		 HEAD "[requirement A]\ncontrol = spf\nlevel = M\ntitle = t\nattest = yes\n",
		 "line 7: \"source\" is missing"},
		{"unknown measure", HEAD ROW "require = spf.colour is red\n",
		 "line 12: there is no measure \"spf.colour\""},
		{"unknown word", HEAD ROW "applies = dmarc.policy is strong\n",
		 "line 12: dmarc.policy is never \"strong\""},
		{"nothing required", HEAD ROW,
		 "line 7: a requirement has either \"require\" or \"attest = yes\""},
		{"both", HEAD ROW "require = spf.valid is yes\nattest = yes\n",
		 "line 7: a requirement has either \"require\" or \"attest = yes\""},
		{"attest no", HEAD ROW "attest = no\n", "line 12: attest is yes, or left out"},
		{"same id", HEAD ROW "attest = yes\n" ROW "attest = yes\n",
		 "line 13: \"R1\" is there already"},
		{"name taken",
		 "[profile rfc-core]\ntitle = t\nedition = 1\nsource = s\nretrieved = 2026-11-23\n"
		 "status = final\n" ROW "attest = yes\n",
		 "line 1: there is a profile of that name already"},
		{"not a line", HEAD "words\n", "line 7: expected \"key = value\""},
	};
	struct fixture *f = *state;
	size_t count = profile_count(f->table);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct failure failure = {0};
		int r = profile_table_add_text(f->table, SPAN("mine.conf"),
					       span_of_string(rows[i].text), &failure);
		assert_row_int(rows[i].row, r, FAILURE_INPUT);
		assert_row_span(rows[i].row, span_of_string(failure.what), SPAN("mine.conf"));
		assert_row_span(rows[i].row, span_of_string(failure.detail),
				span_of_string(rows[i].why));
	}
	assert_int_equal(profile_count(f->table), count);
}

static void test_file(void **state)
{
	struct fixture *f = *state;
	char path[] = "/tmp/mailseal-profile-XXXXXX";
	struct failure failure = {0};
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	struct span text = SPAN(HEAD ROW "attest = yes\n");
	assert_int_equal(write(fd, text.ptr, text.len), text.len);
	close(fd);
	assert_int_equal(profile_table_add_file(f->table, path, &failure), 0);
	assert_non_null(profile_find(f->table, SPAN("mine")));
	assert_int_equal(profile_table_add_file(f->table, path, &failure), FAILURE_INPUT);
	assert_string_equal(failure.what, path);
	unlink(path);
	assert_int_equal(profile_table_add_file(f->table, path, &failure), FAILURE_IO);
}

static void test_memory(void **state)
{
	struct fixture *f = *state;
	const struct profile *profile = profile_find(f->table, SPAN("rfc-core"));
	for (size_t successes = 0; successes < 3; successes++) {
		struct arena *arena = arena_new(ARENA_BYTES);
		arena_fail_after(arena, successes);
		struct profile_result result = profile_judge(arena, profile, &f->assessment);
		assert_true(arena_has_failed(arena));
		assert_int_equal(result.rows == NULL, successes == 0);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_built_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_three_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_memory, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
