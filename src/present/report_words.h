/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* The sentences of guidance/ for what reports say. */
#ifndef MAILSEAL_PRESENT_REPORT_WORDS_H
#define MAILSEAL_PRESENT_REPORT_WORDS_H

#include "service/authenticity.h"
#include "service/plan.h"

struct span evidence_sentence(enum mail_evidence evidence);
/* What to do about most of a sender's failing mail: the provider's words, else ours. Empty when
 * nothing fails or nothing can be done about it. In the arena. */
struct span sender_fix(struct arena *arena, const struct sender *sender);
/* "{domain}" and the others filled in. In the plan's arena. */
struct span plan_sentence(const struct plan *plan);
/* Forwarded mail that the next step stops; empty when no step is due or nothing is stopped. */
struct span plan_forwarded_sentence(const struct plan *plan);
/* What to heed about the record of the next step; empty when it changes the published one. */
struct span plan_record_sentence(const struct plan *plan);
/* Why it is what it is. */
struct span authenticity_sentence(enum store_authenticity authenticity);
/* What is to be said of the reports themselves: how many are proved, left out, repeated. Empty
 * lines are none. In the report's arena; ORIGIN_SENTENCES of them. */
#define ORIGIN_SENTENCES 4
void origin_sentences(const struct senders_report *report, struct span ret_lines[ORIGIN_SENTENCES]);
/* By the RFC's word; empty for "success". */
struct span tls_cause_sentence(struct span result);
/* The word itself; says so where the report names none. */
struct span tls_cause_name(struct span result);
/* "2026-11-23" of a day or a time. In the arena. */
/* "mail.example.net, AS64500 Example Net, GB" of the sender's main source, as far as it is known.
 */
struct span source_text(struct arena *arena, const struct sender *sender);
/* "dkim spf failed; from example.org, envelope example.net; told by example.com". */
struct span failure_text(struct arena *arena, const struct failure_line *line);
struct span day_text(struct arena *arena, int64_t day);

#endif
