/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * Mail hosts and policy hosts of a world made of text.
 *
 *   93.184.216.1 SMTP mx.example.org. KEY=VALUE...      what that address did
 *
 * Without keys: a good server (TLS 1.2 and 1.3, four suites, a hybrid group, no certificate seen).
 *   reach, greeting, starttls, plan   the words of facts/endpoint.h; reach=ours for a network of
 *                                     ours that lets nothing out
 *   throttles, missing, reneg, early  numbers
 *   v=1.2,1.3   v?=1.1                versions accepted; not known
 *   suites=c02f,c030 suites10= suites2=   accepted in TLS 1.2, in older versions, in SSL 2
 *   best= worst=                      chosen in TLS 1.2 of all, offered best and worst first
 *   groups=001d,11ec groups12= chosen=11ec   dh=2048 dh=3072:0101
 *   the probes of facts/endpoint_json.h   extended_master_secret=no
 *   cert=KEY/NAMES/FROM/UNTIL[/FLAG...]  repeatable; KEY as in certificate.h, NAMES with commas,
 *                                     days from now. Flags: untrusted, selfsigned, sha1, nosni,
 *                                     client (usage clientAuth only), asks (for a client's),
 *                                     keysign (keyUsage keyCertSign only), raw (seen in clear);
 *                                     alone, deep, swapped, surplus, cross: what is sent with it;
 *                                     muststaple; staple, staple-revoked, -unknown, -old, -future
 *   banner=TEXT                       of the greeting, without blanks; ehlo=CODE of the answer to
 *                                     EHLO; keywords= inner=A,B   the answer's, inside TLS
 *   outer=NAME                        that the server gave itself before it; slow=MS to the
 * greeting
 *
 *   example.org. POLICY KEY=VALUE...
 *   outcome, status, type, location, error   and body=TEXT to the end of the line, "|" for CRLF
 *   absent (alone)                    the policy host does not exist
 *
 * In TLSA data "@ADDRESS/N" stands for the SHA-256 of certificate N (0 the first) of the SMTP line
 * above: of its key with selector 1, of all of it with 0; "@ADDRESS/ca" for its issuer's.
 */
#ifndef MAILSEAL_TESTS_WORLD_TRANSIT_H
#define MAILSEAL_TESTS_WORLD_TRANSIT_H

#include "facts/facts.h"

struct world_transit;

struct world_transit *world_transit_new(struct arena *arena);
/* False when *ret_why says what is wrong with the line; words are what stands behind the type. */
bool world_transit_add_smtp(struct world_transit *world, struct span address, struct span words,
			    struct span *ret_why);
bool world_transit_add_policy(struct world_transit *world, struct span domain, struct span words,
			      struct span *ret_why);
/* TLSA data with every "@" filled in; an empty span when it names nothing. */
struct span world_transit_tlsa(struct world_transit *world, struct span data);
/* Fills in what the world knows of the key. False: nobody looked (no line of that kind at all). */
bool world_transit_answer(const struct world_transit *world, struct fact *fact);

#endif
