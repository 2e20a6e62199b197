/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Can mail be sent to a domain at all? */
#ifndef MAILSEAL_DISCOVERY_MAIL_HOST_H
#define MAILSEAL_DISCOVERY_MAIL_HOST_H

#include "facts/wants.h"
#include "records/name.h"

enum mail_host_state {
	MAIL_HOST_RECEIVES,    /* has an MX, or an address (RFC 5321 5.1) */
	MAIL_HOST_NULL,	       /* says that it takes no mail (RFC 7505) */
	MAIL_HOST_NO_SERVER,   /* exists, with neither MX nor address */
	MAIL_HOST_NONEXISTENT, /* NXDOMAIN */
	MAIL_HOST_UNKNOWN,
};

struct mail_host {
	enum mail_host_state state;
	const struct fact *unknown; /* the missing answer when MAIL_HOST_UNKNOWN */
};

/* host must be canonical. Whether the MX hosts themselves work is not looked at. */
struct mail_host mail_host_look(struct inquiry *inquiry, struct span host);
/* The same for a host that is connected to directly: only addresses count. */
struct mail_host web_host_look(struct inquiry *inquiry, struct span host);

#endif
