/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The only file of the mailbox reader that knows libcurl. */
#include "net/imap_session.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <strings.h>

#define POLL_SLICE_MS 250

struct imap_session {
	CURL *curl;
	curl_socket_t socket;
	char server[128];
	char error[CURL_ERROR_SIZE];
	bool (*is_stopped)(void *context);
	void *context;
};

/* ---- addresses ---- */

bool imap_address_is_one(const char *text)
{
	return strncasecmp(text, "imaps://", 8) == 0 || strncasecmp(text, "imap://", 7) == 0;
}

static const char *url_part(struct arena *arena, CURLU *url, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	if (curl_url_get(url, part, &text, flags) != CURLUE_OK) {
		return "";
	}
	const char *copy = arena_printf(arena, "%s", text).ptr;
	curl_free(text);
	return copy != NULL ? copy : "";
}

static int refuse(struct failure *reterr, const char *why)
{
	return failure_set(reterr, FAILURE_INPUT, "mailbox", "%s; write imaps://USER@HOST/MAILBOX",
			   why);
}

static int read_parts(struct arena *arena, CURLU *url, struct imap_address *ret_address,
		      struct failure *reterr)
{
	const char *scheme = url_part(arena, url, CURLUPART_SCHEME, 0);
	const char *host = url_part(arena, url, CURLUPART_HOST, 0);
	const char *port = url_part(arena, url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	const char *path = url_part(arena, url, CURLUPART_PATH, CURLU_URLDECODE);
	struct imap_address address = {
		.user = url_part(arena, url, CURLUPART_USER, CURLU_URLDECODE)};
	if (url_part(arena, url, CURLUPART_PASSWORD, 0)[0] != '\0') {
		return refuse(reterr, "a password is not taken from the command line, where "
				      "everybody on the machine can read it");
	}
	if (address.user[0] == '\0' || host[0] == '\0') {
		return refuse(reterr, "user or host is missing");
	}
	/* Control characters are not decoded, but an error. */
	if (path[0] != '/') {
		return refuse(reterr, "the mailbox cannot be read");
	}
	path++;
	address.mailbox = path[0] != '\0' ? path : "INBOX";
	for (const char *c = address.mailbox; *c != '\0'; c++) {
		if (*c < ' ' || *c == 0x7f) {
			return refuse(reterr, "the mailbox has letters that IMAP writes otherwise "
					      "(modified UTF-7)");
		}
	}
	address.server = arena_printf(arena, "%s://%s:%s/", scheme, host, port).ptr;
	address.text = arena_printf(arena, "%s://%s@%s:%s/%s", scheme, address.user, host, port,
				    address.mailbox);
	if (arena_has_failed(arena)) {
		return failure_set_memory(reterr, "mailbox");
	}
	*ret_address = address;
	return 0;
}

int imap_address_parse(struct arena *arena, const char *text, struct imap_address *ret_address,
		       struct failure *reterr)
{
	CURLU *url = curl_url();
	if (url == NULL) {
		return failure_set_memory(reterr, "mailbox");
	}
	bool is_url =
		imap_address_is_one(text) && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK;
	int r = is_url ? read_parts(arena, url, ret_address, reterr)
		       : refuse(reterr, "this address cannot be read");
	curl_url_cleanup(url);
	return r;
}

/* ---- the connection ---- */

/* In words that say what to do; curl's own behind them. */
static const char *explain(CURLcode code)
{
	switch ((int)code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return "the server's name has no address";
	case CURLE_COULDNT_CONNECT:
		return "the server cannot be reached";
	case CURLE_OPERATION_TIMEDOUT:
		return "the server did not answer in time";
	case CURLE_PEER_FAILED_VERIFICATION:
		return "the server's certificate is not trusted";
	case CURLE_USE_SSL_FAILED:
		return "the server offers no encryption";
	case CURLE_SSL_CONNECT_ERROR:
		return "no TLS connection came about";
	case CURLE_SSL_CACERT_BADFILE:
		return "the file of trusted certificates cannot be read";
	case CURLE_LOGIN_DENIED:
		return "the server refused user or password";
	}
	return "the connection failed";
}

static int fail(const struct imap_session *session, CURLcode code, struct failure *reterr)
{
	const char *more = session->error[0] != '\0' ? session->error : curl_easy_strerror(code);
	return failure_set(reterr, FAILURE_IO, session->server, "%s (%s)", explain(code), more);
}

static bool set_up(struct imap_session *session, const struct imap_session_options *options)
{
	CURL *curl = session->curl;
	const struct imap_address *address = options->address;
	bool is_ok = curl_easy_setopt(curl, CURLOPT_URL, address->server) == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_USERNAME, address->user) == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_PASSWORD, options->password) == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "imap,imaps") == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L) == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL) == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) ==
		 CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)IMAP_CONNECT_TIMEOUT_S) ==
		 CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK;
	is_ok &= curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, session->error) == CURLE_OK;
	if (options->ca_file != NULL) {
		is_ok &= curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file) == CURLE_OK;
		is_ok &= curl_easy_setopt(curl, CURLOPT_CAPATH, NULL) == CURLE_OK;
	}
	return is_ok;
}

static int log_in(struct imap_session *session, const struct imap_session_options *options,
		  struct failure *reterr)
{
	if (!set_up(session, options)) {
		return failure_set(reterr, FAILURE_LIBRARY, session->server,
				   "libcurl does not know an option that is needed");
	}
	CURLcode code = curl_easy_perform(session->curl);
	if (code == CURLE_OK) {
		code = curl_easy_getinfo(session->curl, CURLINFO_ACTIVESOCKET, &session->socket);
	}
	return code == CURLE_OK ? 0 : fail(session, code, reterr);
}

int imap_session_open(const struct imap_session_options *options, struct imap_session **ret_session,
		      struct failure *reterr)
{
	struct imap_session *session = calloc(1, sizeof(*session));
	bool is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	if (session != NULL && is_ready) {
		session->curl = curl_easy_init();
	}
	if (session == NULL || session->curl == NULL) {
		free(session);
		return failure_set_memory(reterr, "mailbox");
	}
	snprintf(session->server, sizeof(session->server), "%s", options->address->server);
	session->is_stopped = options->is_stopped;
	session->context = options->context;
	int r = log_in(session, options, reterr);
	if (r < 0) {
		imap_session_close(session);
		return r;
	}
	*ret_session = session;
	return 0;
}

void imap_session_close(struct imap_session *session)
{
	if (session != NULL) {
		curl_easy_cleanup(session->curl);
		free(session);
	}
}

/* ---- octets ---- */

static int wait_for(struct imap_session *session, short events, struct failure *reterr)
{
	struct pollfd item = {.fd = session->socket, .events = events};
	for (int waited_ms = 0; waited_ms < IMAP_IDLE_TIMEOUT_S * 1000;
	     waited_ms += POLL_SLICE_MS) {
		if (session->is_stopped != NULL && session->is_stopped(session->context)) {
			return failure_set(reterr, FAILURE_IO, session->server, "stopped");
		}
		if (poll(&item, 1, POLL_SLICE_MS) > 0) {
			return 0;
		}
	}
	return failure_set(reterr, FAILURE_IO, session->server,
			   "the server has not answered for %d seconds", IMAP_IDLE_TIMEOUT_S);
}

int imap_session_send(struct imap_session *session, struct span octets, struct failure *reterr)
{
	while (octets.len > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(session->curl, octets.ptr, octets.len, &sent);
		int r = code == CURLE_OK      ? 0
			: code == CURLE_AGAIN ? wait_for(session, POLLOUT, reterr)
					      : fail(session, code, reterr);
		if (r < 0) {
			return r;
		}
		octets = span_from(octets, sent);
	}
	return 0;
}

int imap_session_receive(struct imap_session *session, char *into, size_t size, size_t *ret_len,
			 struct failure *reterr)
{
	for (;;) {
		size_t len = 0;
		CURLcode code = curl_easy_recv(session->curl, into, size, &len);
		if (code == CURLE_OK && len > 0) {
			*ret_len = len;
			return 0;
		}
		if (code == CURLE_OK) {
			return failure_set(reterr, FAILURE_IO, session->server,
					   "the server closed the connection");
		}
		if (code != CURLE_AGAIN) {
			return fail(session, code, reterr);
		}
		int r = wait_for(session, POLLIN, reterr);
		if (r < 0) {
			return r;
		}
	}
}
