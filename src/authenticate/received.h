/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The envelope of a message that was delivered: from the trace fields of a host one trusts. */
#ifndef MAILSEAL_AUTHENTICATE_RECEIVED_H
#define MAILSEAL_AUTHENTICATE_RECEIVED_H

#include "authenticate/message_check.h"

enum received_status {
	RECEIVED_OK,
	RECEIVED_NO_FIELD,   /* no Received field of that host */
	RECEIVED_NO_ADDRESS, /* it names no client address */
};

/*
 * Reads the topmost Received field of `host` that took the message from another machine, and
 * Return-Path. Fields above it are those of later hops; what is below it anybody can have written,
 * so nothing is read there. Gives views into the header.
 */
enum received_status received_read(const struct header *header, struct span host,
				   struct envelope *ret_envelope) MUST_CHECK;

#endif
