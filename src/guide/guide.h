/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * guide: the words and tables that live outside the C code, in guidance/, profiles/ and providers/,
 * turned into tables by generate.py at build time. A finding, fix or sentence that C names and the
 * files lack does not compile; one that the files have and C never uses fails the build.
 *
 *   words      controls and severities                 guidance   the two-part text of each
 * finding, fixes, sentences template   fills {placeholders}                    conf       the small
 * "key = value" format of our data files providers  who sends from where; retired report
 * destinations; common selectors profile    the baselines: requirements as conditions over measures
 */
#ifndef MAILSEAL_GUIDE_GUIDE_H
#define MAILSEAL_GUIDE_GUIDE_H

#include "guide/guidance.h"
#include "guide/template.h"
#include "guide/words.h"

#endif
