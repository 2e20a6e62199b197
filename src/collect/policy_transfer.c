/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Sets a libcurl handle up, answers its questions, and reads what came of it. */
#include "collect/policy_transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "collect/address.h"
#include "collect/policy_certificate.h"
#include "net/tls_session.h"

#define HTTPS_PORT 443
/* Honest servers send below 2 kB. */
#define MAX_HEADER_BYTES 65536
#define MAX_URL_TEXT 2000
#define MAX_ERROR_TEXT 200

/* --- what libcurl asks while it runs --- */

static bool is_same_address(struct network a, struct network b)
{
	return a.family == b.family && memcmp(a.address, b.address, sizeof(a.address)) == 0;
}

/* libcurl is told these addresses and no others; that it keeps to them is checked all the same. */
static bool is_wanted(const struct policy_transfer *transfer, const struct curl_sockaddr *peer)
{
	struct span octets = span_of(NULL, 0);
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	if (peer->family == AF_INET) {
		memcpy(&in, &peer->addr, sizeof(in));
		octets = span_of((const char *)&in.sin_addr, sizeof(in.sin_addr));
	} else if (peer->family == AF_INET6) {
		memcpy(&in6, &peer->addr, sizeof(in6));
		octets = span_of((const char *)&in6.sin6_addr, sizeof(in6.sin6_addr));
	}
	struct network address;
	const struct policy_host *host = &transfer->job->host;
	if (!network_from_octets(octets, &address) ||
	    !address_may_be_dialled(address, transfer->fetcher->options->allows_private)) {
		return false;
	}
	for (size_t i = 0; i < host->address_count; i++) {
		if (is_same_address(host->addresses[i], address)) {
			return true;
		}
	}
	return false;
}

static bool bind_source(const struct policy_transfer *transfer, int fd, int family)
{
	const struct policy_collector_options *options = transfer->fetcher->options;
	const struct network *source = family == AF_INET ? &options->source4 : &options->source6;
	if (source->prefix_len == 0) {
		return true;
	}
	struct sockaddr_storage address;
	address_to_socket(*source, 0, &address);
	socklen_t len =
		family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
	return bind(fd, (struct sockaddr *)&address, len) == 0;
}

static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *peer)
{
	struct policy_transfer *transfer = context;
	if (purpose != CURLSOCKTYPE_IPCXN || !is_wanted(transfer, peer)) {
		return CURL_SOCKET_BAD;
	}
	int fd = socket(peer->family, peer->socktype, peer->protocol);
	if (fd < 0) {
		return CURL_SOCKET_BAD;
	}
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || !bind_source(transfer, fd, peer->family)) {
		close(fd);
		return CURL_SOCKET_BAD;
	}
	transfer->sockets++;
	return fd;
}

static void keep_chain(struct policy_job *job, const struct tls_session_view *view)
{
	struct span *chain = arena_alloc(job->arena, view->chain_count * sizeof(*chain));
	if (chain != NULL && view->chain_count > 0) {
		memcpy(chain, view->chain, view->chain_count * sizeof(*chain));
		job->fetch.chain = chain;
		job->fetch.chain_count = view->chain_count;
	}
}

/* TLS begins: libcurl's own times do not tell connecting from what comes behind it. */
static CURLcode on_connected(CURL *easy, void *ssl, void *context)
{
	(void)easy;
	(void)ssl;
	((struct policy_transfer *)context)->is_connected = true;
	return CURLE_OK;
}

/* TLS stands and the request is about to be sent. */
static int on_secured(void *context, char *peer, char *local, int peer_port, int local_port)
{
	(void)peer;
	(void)local;
	(void)peer_port;
	(void)local_port;
	struct policy_transfer *transfer = context;
	struct policy_job *job = transfer->job;
	const struct policy_collector_options *options = transfer->fetcher->options;
	const struct curl_tlssessioninfo *tls = NULL;
	if (curl_easy_getinfo(transfer->easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK &&
	    tls != NULL && tls->backend == CURLSSLBACKEND_OPENSSL && tls->internals != NULL) {
		struct tls_session_view view = tls_session_view_of(job->arena, tls->internals);
		job->fetch.tls_version = view.version;
		keep_chain(job, &view);
	}
	const struct policy_certificate certificate = {
		.chain = job->fetch.chain,
		.chain_count = job->fetch.chain_count,
		.host = job->host.name,
		.now = options->now(options->context),
	};
	job->fetch.certificate_error =
		policy_certificate_fault(job->arena, transfer->fetcher->trust, &certificate);
	if (job->fetch.certificate_error.len > 0) {
		transfer->stop = POLICY_STOP_CERTIFICATE;
		return CURL_PREREQFUNC_ABORT;
	}
	return CURL_PREREQFUNC_OK;
}

static size_t on_header(char *data, size_t size, size_t count, void *context)
{
	(void)data;
	struct policy_transfer *transfer = context;
	transfer->header_bytes += size * count;
	if (transfer->header_bytes > MAX_HEADER_BYTES) {
		transfer->stop = POLICY_STOP_HEADERS;
		return 0;
	}
	return size * count;
}

static unsigned status_of(CURL *easy)
{
	long status = 0;
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	return status > 0 && status <= 999 ? (unsigned)status : 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *context)
{
	struct policy_transfer *transfer = context;
	size_t len = size * count;
	size_t room = POLICY_MAX_BODY - transfer->body.len;
	if (status_of(transfer->easy) != 200) {
		transfer->stop = POLICY_STOP_STATUS;
		return 0;
	}
	buffer_append(&transfer->body, span_of(data, len > room ? room : len));
	if (len > room) {
		transfer->stop = POLICY_STOP_BODY;
		return 0;
	}
	return transfer->body.is_failed ? 0 : len;
}

/* --- setting up --- */

static uint16_t port_of(const struct policy_fetcher *fetcher)
{
	return fetcher->options->connect_port != 0 ? fetcher->options->connect_port : HTTPS_PORT;
}

/* Where the name leads: "HOST:PORT:ADDRESS,ADDRESS". With this libcurl asks nobody. */
static bool set_addresses(struct policy_transfer *transfer)
{
	const struct policy_host *host = &transfer->job->host;
	struct buffer text = buffer_new(MAX_URL_TEXT);
	buffer_printf(&text, "%.*s:%u:", SPAN_ARG(host->name), port_of(transfer->fetcher));
	for (size_t i = 0; i < host->address_count; i++) {
		bool is_v6 = host->addresses[i].family == NETWORK_IPV6;
		buffer_printf(&text, "%s%s%s%s", i > 0 ? "," : "", is_v6 ? "[" : "",
			      network_format(host->addresses[i]).text, is_v6 ? "]" : "");
	}
	buffer_putc(&text, '\0');
	char port[16];
	snprintf(port, sizeof(port), ":::%u", port_of(transfer->fetcher));
	if (!text.is_failed) {
		transfer->resolve = curl_slist_append(NULL, text.data);
		transfer->connect_to = curl_slist_append(NULL, port);
	}
	buffer_free(&text);
	return transfer->resolve != NULL && transfer->connect_to != NULL &&
	       curl_easy_setopt(transfer->easy, CURLOPT_RESOLVE, transfer->resolve) == CURLE_OK &&
	       curl_easy_setopt(transfer->easy, CURLOPT_CONNECT_TO, transfer->connect_to) ==
		       CURLE_OK;
}

/* RFC 8461 3.3 */
static bool set_url(struct policy_transfer *transfer)
{
	struct buffer url = buffer_new(MAX_URL_TEXT);
	buffer_printf(&url, "https://%.*s/.well-known/mta-sts.txt",
		      SPAN_ARG(transfer->job->host.name));
	buffer_putc(&url, '\0');
	bool is_ok = !url.is_failed &&
		     curl_easy_setopt(transfer->easy, CURLOPT_URL, url.data) == CURLE_OK;
	buffer_free(&url);
	return is_ok;
}

/* RFC 8461 3.3: no redirects; a policy must come from this host and nowhere else. */
static bool set_rules(CURL *easy)
{
	const struct {
		CURLoption option;
		long value;
	} rules[] = {
		{CURLOPT_FOLLOWLOCATION, 0},
		{CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
		{CURLOPT_HTTP09_ALLOWED, 0},
		{CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
		/* Checked in on_secured(): libcurl would end at the first fault and keep nothing.
		 */
		{CURLOPT_SSL_VERIFYPEER, 0},
		{CURLOPT_SSL_VERIFYHOST, 0},
		/* A resumed session shows no certificate. */
		{CURLOPT_SSL_SESSIONID_CACHE, 0},
		{CURLOPT_FRESH_CONNECT, 1},
		{CURLOPT_FORBID_REUSE, 1},
		{CURLOPT_NOSIGNAL, 1},
		{CURLOPT_NOPROGRESS, 1},
	};
	bool is_ok =
		curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https") == CURLE_OK &&
		curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
		curl_easy_setopt(easy, CURLOPT_USERAGENT, "mailseal/" MAILSEAL_VERSION) == CURLE_OK;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		is_ok = is_ok &&
			curl_easy_setopt(easy, rules[i].option, rules[i].value) == CURLE_OK;
	}
	return is_ok;
}

static bool set_times(CURL *easy, const struct policy_collector_options *options)
{
	return curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms) ==
		       CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)options->deadline_ms) == CURLE_OK;
}

static bool set_calls(struct policy_transfer *transfer)
{
	CURL *easy = transfer->easy;
	return curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer->job) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, on_connected) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_secured) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body) == CURLE_OK &&
	       curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK;
}

struct policy_transfer *policy_transfer_new(const struct policy_fetcher *fetcher,
					    struct policy_job *job)
{
	struct policy_transfer *transfer = calloc(1, sizeof(*transfer));
	if (transfer == NULL) {
		return NULL;
	}
	transfer->fetcher = fetcher;
	transfer->job = job;
	transfer->body = buffer_new(POLICY_MAX_BODY);
	transfer->easy = curl_easy_init();
	if (transfer->easy == NULL || !set_url(transfer) || !set_addresses(transfer) ||
	    !set_rules(transfer->easy) || !set_times(transfer->easy, fetcher->options) ||
	    !set_calls(transfer)) {
		policy_transfer_free(transfer);
		return NULL;
	}
	job->transfer = transfer;
	return transfer;
}

void policy_transfer_free(struct policy_transfer *transfer)
{
	curl_easy_cleanup(transfer->easy);
	curl_slist_free_all(transfer->resolve);
	curl_slist_free_all(transfer->connect_to);
	buffer_free(&transfer->body);
	free(transfer);
}
