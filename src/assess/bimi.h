/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * BIMI: a logo beside authenticated mail. Nobody needs it; where it is published it should work.
 * Logo and certificate are not fetched.
 */
#ifndef MAILSEAL_ASSESS_BIMI_H
#define MAILSEAL_ASSESS_BIMI_H

#include "assess/txt_records.h"
#include "records/bimi.h"

struct bimi_view {
	struct txt_records found;
	const struct bimi_record *record; /* NULL unless there is exactly one */
	enum answer is_dmarc_enough;	  /* enforced as mailbox providers demand; never PARTLY */
	struct span obstacle;		  /* why not, when ANSWER_NO */
};

void bimi_assess(struct assessment *a);

#endif
