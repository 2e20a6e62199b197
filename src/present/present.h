/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: The mailseal authors */
/*
 * present: finished results -> bytes. Nothing is judged here, and nothing untrusted leaves without
 * the escaping of its format.
 *
 *   terminal  for a person at 80 columns, with or without colour      json   one object, the
 * contract of the command line html      one page that stands alone, prints well, light and dark
 * csv    one line a finding markdown  the small Markdown our guidance is written in control_text
 * what a control's record says, in a line message   the judgement of one message in all these
 * forms, from the same rows spoof   what a stranger can do
 *
 * A new output is present/<x>.c and one line here.
 */
#ifndef MAILSEAL_PRESENT_PRESENT_H
#define MAILSEAL_PRESENT_PRESENT_H

#include "present/csv.h"
#include "present/html.h"
#include "present/json.h"
#include "present/message.h"
#include "present/scan.h"
#include "present/spoof.h"
#include "present/terminal.h"

#endif
