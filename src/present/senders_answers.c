/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* What a page about senders says first: the next step, our own mail, and forged mail. */
#include "present/senders_parts.h"

#include "present/report_words.h"
#include "present/sector_words.h"

struct box {
	const char *class_name;
	const char *question;
	struct span answer;
	struct span sentence;
};

static void write_answer(struct page *page, const struct box *box)
{
	buffer_printf(page->out, "<section class=\"verdict %s\">", box->class_name);
	page_element(page, "h2", NULL, span_of_string(box->question));
	page_element(page, "p", "answer", box->answer);
	page_element(page, "p", NULL, box->sentence);
	page_html(page, "</section>\n");
}

static void write_step(struct page *page, const struct plan *plan)
{
	static const struct {
		const char *class_name;
		const char *answer;
	} words[PLAN_ADVICE_COUNT] = {
		[PLAN_NO_DATA] = {"soft", "Unknown"}, [PLAN_SILENT] = {"bad", "No"},
		[PLAN_TOO_FEW] = {"warn", "Not yet"}, [PLAN_FIX] = {"bad", "Not yet"},
		[PLAN_DWELL] = {"warn", "Wait"},      [PLAN_STEP] = {"good", "Yes"},
		[PLAN_KEEP] = {"good", "Done"},
	};
	const struct box box = {
		.class_name = words[plan->advice].class_name,
		.question = "Can the policy be made stricter now?",
		.answer = span_of_string(words[plan->advice].answer),
		.sentence = plan_sentence(plan),
	};
	write_answer(page, &box);
}

static struct span share_text(struct arena *arena, uint64_t part, uint64_t whole)
{
	return arena_printf(arena, "%s", sector_share(part, whole).text);
}

/* "48,140", as page_number() has it. */
static struct span number_text(struct arena *arena, uint64_t number)
{
	struct buffer text = buffer_new(40);
	struct page page = {.out = &text};
	page_number(&page, number);
	struct span kept = arena_copy(arena, buffer_span(&text));
	buffer_free(&text);
	return kept;
}

static struct span fill(struct arena *arena, enum sentence_id sentence, uint64_t part,
			uint64_t whole)
{
	const struct template_arg args[] = {{SPAN("part"), number_text(arena, part)},
					    {SPAN("whole"), number_text(arena, whole)}};
	return template_fill(arena, sentence_get(sentence), args, sizeof(args) / sizeof(args[0]),
			     NULL);
}

static void write_own_mail(struct page *page, const struct senders_report *report)
{
	const struct class_total *own = &report->classes[MAIL_LEGITIMATE];
	struct arena *arena = report->arena;
	if (own->messages == 0) {
		return;
	}
	const struct box box = {
		/* what a plan takes as everyday breakage */
		.class_name = own->failing == 0			    ? "good"
			      : own->failing * 200 <= own->messages ? "warn"
								    : "bad",
		.question = "How much of our own mail passes?",
		.answer = share_text(arena, own->messages - own->failing, own->messages),
		.sentence = own->failing == 0 ? fill(arena, SENTENCE_PAGE_OWN_ALL, 0, own->messages)
					      : fill(arena, SENTENCE_PAGE_OWN_FAILS, own->failing,
						     own->messages),
	};
	write_answer(page, &box);
}

static void write_forged(struct page *page, const struct senders_report *report)
{
	uint64_t forged = report->classes[MAIL_SPOOFED].messages;
	struct arena *arena = report->arena;
	if (report->messages == 0) {
		return;
	}
	const struct box box = {
		.class_name = forged > 0 ? "warn" : "good",
		.question = "How much of the mail is forged?",
		.answer = share_text(arena, forged, report->messages),
		.sentence = fill(arena,
				 forged > 0 ? SENTENCE_PAGE_FORGED_SOME : SENTENCE_PAGE_FORGED_NONE,
				 forged, report->messages),
	};
	write_answer(page, &box);
}

void senders_answers(struct page *page, const struct senders_report *report,
		     const struct plan *plan)
{
	page_html(page, "<div class=\"verdicts\">\n");
	if (plan != NULL) {
		write_step(page, plan);
	}
	write_own_mail(page, report);
	write_forged(page, report);
	page_html(page, "</div>\n");
}
