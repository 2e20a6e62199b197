/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * The memory that one evaluation takes (SPF, DKIM, DMARC and ARC of one message, fed in pieces of 4
 * kB): for the messages that bench_dkim left in a folder, and for the worst that may come.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#include "measure.h"
#include "service/verify.h"
#include "world.h"

#define FILE_MAX ((size_t)4 << 20)
#define PIECE_BYTES 4096

static size_t heap_bytes(void)
{
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
}

static void load(const char *folder, const char *name, struct buffer *text)
{
	size_t len;
	char *octets = read_file_in(folder, name, FILE_MAX, &len);
	buffer_clear(text);
	buffer_append(text, span_of(octets, len));
	free(octets);
}

static void add_record(struct world *world, const char *name, struct span text)
{
	struct failure failure;
	struct buffer line = buffer_new(LIMIT_DNS_MESSAGE);
	buffer_printf(&line, "%s TXT ", name);
	while (text.len > 0) {
		struct span part = span_slice(text, 0, 200);
		buffer_printf(&line, "\"%.*s\" ", SPAN_ARG(part));
		text = span_from(text, part.len);
	}
	check(world_add_line(world, buffer_span(&line), &failure), name);
	buffer_free(&line);
}

/* Octets in use when all is judged; nothing of an evaluation is given back before that. */
static size_t evaluate(struct world *world, struct facts *facts, struct span text)
{
	struct failure failure;
	struct envelope envelope = {
		.has_client = true,
		.helo = SPAN("mail.sender.example"),
		.has_mail_from = true,
		.mail_from = SPAN("ann@sender.example"),
	};
	struct message_check_options options = {.now = WORLD_NOW};
	const struct message *message;
	const struct message_check *result;
	check(network_parse(SPAN("192.0.2.7"), &envelope.client), "reading an address");
	size_t before = heap_bytes();
	struct verification *v = verification_new(LINE_ENDS_CRLF);
	check(v != NULL, "starting");
	for (size_t at = 0; at < text.len; at += PIECE_BYTES) {
		verification_feed(v, span_slice(text, at, PIECE_BYTES));
	}
	check(verification_end(v, &message, &failure) == 0, "reading the message");
	check(verification_run(v, &envelope, &options, facts, world_source(world), &result,
			       &failure) == 0,
	      "judging the message");
	size_t used = heap_bytes() - before;
	verification_free(v);
	return used;
}

/* A header as long as is read, and more signatures than are looked at. */
static void write_worst(struct buffer *text, struct span signed_message)
{
	size_t end = span_search(signed_message, SPAN("\r\nReceived:"));
	for (int i = 0; i < 30; i++) {
		buffer_append(text, span_slice(signed_message, 0, end + 2));
	}
	for (int i = 0; i < 1000; i++) {
		buffer_printf(text,
			      "X-Filler-%d: some sixty octets of a field that nobody reads\r\n", i);
	}
	buffer_append(text, signed_message);
}

int main(int argc, char **argv)
{
	struct world *world = world_new();
	struct facts *facts = facts_new(0 /* seed */);
	struct buffer text = buffer_new(FILE_MAX);
	struct buffer worst = buffer_new(FILE_MAX);
	check(argc == 2 && world != NULL && facts != NULL, "usage: bench_memory FOLDER");
	load(argv[1], "record", &text);
	add_record(world, "s1._domainkey.sender.example.", buffer_span(&text));
	add_record(world, "sender.example.", SPAN("v=spf1 ip4:192.0.2.0/24 -all"));
	add_record(world, "_dmarc.sender.example.", SPAN("v=DMARC1; p=reject"));
	for (int i = 0; i < 4; i++) {
		char name[32];
		snprintf(name, sizeof(name), "%d.eml", i);
		load(argv[1], name, &text);
		(void)evaluate(world, facts, buffer_span(&text)); /* learns the facts */
		printf("memory of one evaluation, message of %zu octets: %zu kB\n", text.len,
		       evaluate(world, facts, buffer_span(&text)) / 1000);
	}
	load(argv[1], "0.eml", &text);
	write_worst(&worst, buffer_span(&text));
	printf("memory of one evaluation, 31 signatures and a header of %zu octets: %zu kB\n",
	       worst.len - text.len, evaluate(world, facts, buffer_span(&worst)) / 1000);
	buffer_free(&text);
	buffer_free(&worst);
	facts_free(facts);
	world_free(world);
	return EXIT_SUCCESS;
}
