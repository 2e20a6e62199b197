/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/* Inside the SPF assessor: walking the tree. Nobody but assess/spf*.c includes this. */
#ifndef MAILSEAL_ASSESS_SPF_WALK_H
#define MAILSEAL_ASSESS_SPF_WALK_H

#include "assess/spf.h"

/* Every step down costs a look-up, so no chain is longer. */
#define SPF_WALK_DEPTH (SPF_FOLLOWED_LOOKUPS + 2)
#define SPF_WALK_RANGES 65536
#define SPF_WALK_PROVIDERS 64

/* IPv4 addresses first..last, in host order. */
struct spf_range {
	uint32_t first;
	uint32_t last;
};

/* A record being evaluated. */
struct spf_frame {
	struct spf_node *node;
	struct spf_tree_term *via; /* the same as node->via, to be filled in */
	size_t next;		   /* index of the next term */
	bool is_decided;	   /* node->outcome stands; the rest is walked for information */
	bool is_matched;	   /* a term matched everyone: nothing behind it is reached */
	unsigned lookups_before;
};

struct spf_walk {
	struct assessment *a;
	struct spf_view *view;
	struct span organisation;
	struct spf_frame frames[SPF_WALK_DEPTH];
	size_t depth;
	struct vector nodes;	 /* of struct spf_node * */
	struct vector ranges;	 /* of struct spf_range */
	struct vector providers; /* of const struct provider * */
};

/* The SPF records among the strings of a TXT answer. */
struct spf_answer {
	struct vector records;	   /* of struct span */
	struct vector near_misses; /* of struct span */
	size_t bytes;		   /* of the whole answer, without signatures */
};

/* Reads the records of a present TXT fact. */
struct spf_answer spf_answer_read(struct arena *arena, const struct fact *fact);
/* Builds the tree below the domain's only record and fills in the view. */
void spf_walk_run(struct assessment *a, struct spf_view *view);

/* Settles the frame's outcome unless it stands already. */
void spf_walk_decide(struct spf_frame *frame, enum spf_outcome outcome);
/* A term matched everyone: nothing behind it in this record is reached. */
void spf_walk_match(struct spf_frame *frame, const struct spf_tree_term *entry);
/* Starts on the record at entry->target, or concludes at once when there is none to walk. */
void spf_walk_descend(struct spf_walk *walk, struct spf_frame *frame, struct spf_tree_term *entry);
/* Evaluates one term of a frame. */
void spf_term_evaluate(struct spf_walk *walk, struct spf_frame *frame, struct spf_tree_term *entry);
/* Each address once. */
uint64_t spf_ranges_count(struct spf_range *ranges, size_t count);

/*
 * A domain-spec whose macros do not depend on the message: %{d} and %{o}, with digits and "r", and
 * %%. The sender is somebody at the domain that is assessed. False when it needs more.
 */
bool spf_expand_known(struct arena *arena, struct span spec, struct span current,
		      struct span sender, struct span *ret_name) MUST_CHECK;

#endif
