/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Password, connection and reading of one mailbox. */
#include "cli/mailbox_options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/interrupt.h"
#include "service/ingest_mailbox.h"

#define PASSWORD_SIZE 1024
#define PASSWORD_VARIABLE "MAILSEAL_IMAP_PASSWORD"
#define ADDRESS_BYTES ((size_t)64 << 10)

static bool is_stopped(void *context)
{
	(void)context;
	return interrupt_was_asked();
}

static int read_password_file(const char *path, char password[PASSWORD_SIZE],
			      struct failure *reterr)
{
	FILE *file = fopen(path, "re");
	bool is_read = file != NULL && fgets(password, PASSWORD_SIZE, file) != NULL;
	if (file != NULL) {
		fclose(file);
	}
	if (!is_read) {
		return failure_set(reterr, FAILURE_INPUT, path, "no password can be read there");
	}
	password[strcspn(password, "\r\n")] = '\0';
	return 0;
}

static int find_password(const struct mailbox_options *options, char password[PASSWORD_SIZE],
			 struct failure *reterr)
{
	const char *given = getenv(PASSWORD_VARIABLE);
	if (options->password_path != NULL) {
		return read_password_file(options->password_path, password, reterr);
	}
	if (given == NULL || strlen(given) >= PASSWORD_SIZE) {
		return failure_set(reterr, FAILURE_INPUT, "mailbox",
				   "put its password into a file and name it with --password-file, "
				   "or into " PASSWORD_VARIABLE);
	}
	snprintf(password, PASSWORD_SIZE, "%s", given);
	return 0;
}

static int send_octets(void *context, struct span octets, struct failure *reterr)
{
	return imap_session_send(context, octets, reterr);
}

static int receive_octets(void *context, char *into, size_t size, size_t *ret_len,
			  struct failure *reterr)
{
	return imap_session_receive(context, into, size, ret_len, reterr);
}

static int read_over(struct imap_session *session, const struct mailbox_reading *reading,
		     const struct mailbox_options *options, const struct imap_address *address,
		     struct failure *reterr)
{
	struct imap_talk *talk;
	struct imap_transport transport = {session, send_octets, receive_octets};
	int r = imap_talk_new(transport, &talk, reterr);
	if (r < 0) {
		return r;
	}
	const struct ingest_mailbox mailbox = {
		.store = reading->store,
		.talk = talk,
		.name = address->text,
		.mailbox = address->mailbox,
		.move_to = reading->move_to,
		.is_marking = options->is_marking,
		.max_bytes = report_limits_default().max_mail_bytes,
		.is_stopped = is_stopped,
	};
	r = ingest_mailbox(reading->ingest, &mailbox, reterr);
	if (r == 0) {
		imap_talk_logout(talk);
	}
	imap_talk_free(talk);
	return r;
}

static int connect_and_read(const struct mailbox_reading *reading,
			    const struct mailbox_options *options,
			    const struct imap_address *address, struct failure *reterr)
{
	char password[PASSWORD_SIZE];
	int r = find_password(options, password, reterr);
	if (r < 0) {
		return r;
	}
	struct imap_session *session;
	const struct imap_session_options session_options = {
		.address = address,
		.password = password,
		.ca_file = options->ca_path,
		.is_stopped = is_stopped,
	};
	r = imap_session_open(&session_options, &session, reterr);
	if (r == 0) {
		r = read_over(session, reading, options, address, reterr);
		imap_session_close(session);
	}
	return r;
}

int mailbox_read(const struct mailbox_reading *reading, const struct mailbox_options *options,
		 const char *text, struct failure *reterr)
{
	struct arena *arena = arena_new(ADDRESS_BYTES);
	struct imap_address address;
	if (arena == NULL) {
		return failure_set_memory(reterr, "mailbox");
	}
	int r = imap_address_parse(arena, text, &address, reterr);
	for (const char *c = reading->move_to; r == 0 && c != NULL && *c != '\0'; c++) {
		if (*c < ' ' || *c == 0x7f) {
			r = failure_set(reterr, FAILURE_INPUT, "--move-to",
					"has letters that IMAP writes otherwise (modified UTF-7)");
		}
	}
	if (r == 0) {
		r = connect_and_read(reading, options, &address, reterr);
	}
	arena_free(arena);
	return r;
}
