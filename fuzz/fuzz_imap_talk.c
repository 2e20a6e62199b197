/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What an IMAP server says, in pieces (the first octet gives their length): a list, a message, and
 * the rest. */
#include "fuzz.h"

#include "net/imap_talk.h"

struct server {
	struct span rest;
	size_t piece;
};

static int hear(void *context, struct span octets, struct failure *reterr)
{
	(void)context;
	(void)reterr;
	FUZZ_CHECK(octets.len > 2 && octets.ptr[octets.len - 1] == '\n');
	return 0;
}

static int say(void *context, char *into, size_t size, size_t *ret_len, struct failure *reterr)
{
	struct server *server = context;
	struct span some = span_slice(server->rest, 0, server->piece < size ? server->piece : size);
	if (some.len == 0) {
		return failure_set(reterr, FAILURE_IO, "server", "closed");
	}
	memcpy(into, some.ptr, some.len);
	server->rest = span_from(server->rest, some.len);
	*ret_len = some.len;
	return 0;
}

static int check_message(void *context, const struct imap_message *message)
{
	(void)context;
	FUZZ_CHECK(message->uid > 0);
	return 0;
}

static void read_message(struct imap_talk *talk, struct failure *failure)
{
	bool is_there;
	char some[7];
	size_t len = 1;
	int r = imap_talk_fetch_begin(talk, 1, &is_there, failure);
	while (r == 0 && is_there && len > 0) {
		r = imap_talk_fetch_read(talk, some, sizeof(some), &len, failure);
		FUZZ_CHECK(r < 0 || len <= sizeof(some));
	}
	if (r == 0 && is_there) {
		(void)!imap_talk_fetch_end(talk, failure);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct server server = {span_from(span_of(data, size), 1),
				size > 0 && data[0] > 0 ? data[0] : 1};
	struct imap_talk *talk;
	struct failure failure;
	struct imap_capabilities capabilities;
	uint32_t validity;
	char delimiter;
	FUZZ_CHECK(imap_talk_new((struct imap_transport){&server, hear, say}, &talk, &failure) ==
		   0);
	(void)!imap_talk_capabilities(talk, &capabilities, &failure);
	(void)!imap_talk_delimiter(talk, &delimiter, &failure);
	(void)!imap_talk_open(talk, "INBOX", /* is_read_only: */ true, &validity, &failure);
	(void)!imap_talk_list(talk, 1, check_message, NULL, &failure);
	read_message(talk, &failure);
	imap_talk_logout(talk);
	imap_talk_free(talk);
	return 0;
}
