/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * channel: a place where notices are told. One message is handed over at a time; the call returns
 * when it is known whether it arrived. Who sends it again when it did not is the caller's business;
 * the message's id stays the same, so that a receiver can tell a repetition.
 *
 *   https://...       a webhook: POST of the JSON, signed when there is a secret
 *   mailto:ADDRESS    a mail of the text, by an SMTP server
 *   exec:COMMAND      a command (/bin/sh -c) with the JSON on its standard input
 */
#ifndef MAILSEAL_NOTIFY_CHANNEL_H
#define MAILSEAL_NOTIFY_CHANNEL_H

#include "base/base.h"

/* A receiver that takes longer is taken for ill; what it did is not known then. */
#define CHANNEL_TIMEOUT_S 60
/* Of a receiver's answer, or a command's last words, for the error. */
#define CHANNEL_MAX_WORDS 200

enum channel_kind {
	CHANNEL_WEBHOOK,
	CHANNEL_MAIL,
	CHANNEL_COMMAND,
};

struct channel {
	enum channel_kind kind;
	struct span name;   /* as given: what the store knows it by */
	const char *target; /* the URL, the address, the command */
};

/* What all channels of a run share. Any may be NULL where no channel needs it. */
struct channel_settings {
	struct span secret;    /* of webhooks; empty: they are not signed */
	const char *smtp_url;  /* "smtp://mail.example.org:25" */
	const char *mail_from; /* the address mails are from */
	const char *ca_file;   /* instead of the system's certificates */
	int64_t timeout_s;     /* 0: CHANNEL_TIMEOUT_S */
};

struct channel_message {
	struct span id; /* the same for the same message, however often it is sent */
	int64_t at;	/* now */
	struct span subject;
	struct span text; /* UTF-8, lines end with \n */
	struct span json;
};

/* False: it is none of the three. */
bool channel_parse(const char *text, struct channel *ret_channel) MUST_CHECK;
/* 0 when it arrived. The failure's detail is for people. */
int channel_send(const struct channel *channel, const struct channel_settings *settings,
		 const struct channel_message *message, struct failure *reterr) MUST_CHECK;

/* Inside of the module. */
int webhook_send(const struct channel *channel, const struct channel_settings *settings,
		 const struct channel_message *message, struct failure *reterr) MUST_CHECK;
int mail_send(const struct channel *channel, const struct channel_settings *settings,
	      const struct channel_message *message, struct failure *reterr) MUST_CHECK;
int command_send(const struct channel *channel, const struct channel_settings *settings,
		 const struct channel_message *message, struct failure *reterr) MUST_CHECK;

#endif
