/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Verifies a message with libmailseal and a resolver of your own: here, lines "NAME TYPE DATA" of a
 * text file.
 *
 *   cc -o verify verify.c $(pkg-config --cflags --libs libmailseal)
 *   ./verify zone.txt message.eml 192.0.2.7 mail.example.org jo@example.org
 */
#include <mailseal/mailseal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The first record of that name and type; else whether the name has any other. */
static int answer(const char *path, struct mailseal_facts *facts,
		  const struct mailseal_question *question)
{
	char line[2000], name[256], data[2000];
	unsigned type;
	enum mailseal_outcome outcome = MAILSEAL_NXDOMAIN;
	FILE *zone = fopen(path, "r");
	if (zone == NULL) {
		return mailseal_facts_add_outcome(facts, question, MAILSEAL_NETWORK);
	}
	while (fgets(line, sizeof(line), zone) != NULL) {
		if (sscanf(line, "%255s %u %1999[^\n]", name, &type, data) != 3 ||
		    strcmp(name, question->name) != 0) {
			continue;
		}
		outcome = MAILSEAL_NODATA;
		if (type == question->type) {
			fclose(zone);
			return mailseal_facts_add_text(facts, question, data, MAILSEAL_UNCHECKED);
		}
	}
	fclose(zone);
	return mailseal_facts_add_outcome(facts, question, outcome);
}

static int judge(struct mailseal_verify *verify, struct mailseal_facts *facts, const char *zone)
{
	const struct mailseal_question *questions;
	size_t count;
	int status;
	while ((status = mailseal_verify_run(verify, facts, &questions, &count)) == MAILSEAL_ASKS) {
		for (size_t i = 0; i < count; i++) {
			answer(zone, facts, &questions[i]);
		}
	}
	return status;
}

int main(int argc, char **argv)
{
	FILE *file = argc == 6 ? fopen(argv[2], "rb") : NULL;
	struct mailseal_facts *facts = mailseal_facts_new((uint64_t)time(NULL));
	struct mailseal_verify *verify = mailseal_verify_new(NULL, (int64_t)time(NULL));
	struct mailseal_bytes field = {"", 0};
	char chunk[4096];
	size_t len;
	if (file == NULL || facts == NULL || verify == NULL ||
	    mailseal_verify_set_client(verify, argv[3]) != MAILSEAL_DONE ||
	    mailseal_verify_set_helo(verify, argv[4], strlen(argv[4])) != MAILSEAL_DONE ||
	    mailseal_verify_set_mail_from(verify, argv[5], strlen(argv[5])) != MAILSEAL_DONE) {
		fprintf(stderr, "usage: verify ZONE MESSAGE ADDRESS HELO MAIL-FROM\n");
		return 2;
	}
	while ((len = fread(chunk, 1, sizeof(chunk), file)) > 0) {
		mailseal_verify_feed(verify, chunk, len);
	}
	int status = judge(verify, facts, argv[1]);
	if (status == MAILSEAL_DONE) {
		status = mailseal_verify_results_field(verify, &field);
	}
	enum mailseal_result result = mailseal_verify_result(verify);
	printf("%s%s\n", field.ptr,
	       status == MAILSEAL_DONE ? mailseal_result_name(result)
				       : mailseal_status_text(status));
	mailseal_verify_free(verify);
	mailseal_facts_free(facts);
	fclose(file);
	return status == MAILSEAL_DONE && result == MAILSEAL_RESULT_PASS ? 0 : 1;
}
