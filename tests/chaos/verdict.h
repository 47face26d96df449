// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <vector>

#include <QStringList>

#include "chaos/gaps.h"
#include "chaos/journal.h"

namespace switchboard::test {

// What must hold of everything that clients said and heard, whatever happened meanwhile. Each function
// returns what does not. What follows from what is decided by what a client heard later than what, not by how
// long something may take, so that a slow machine changes no verdict. \a gaps are those of each daemon.

/// Nothing was heard twice by one client.
QStringList findDoubles(const Journal &journal);

/// All heard in one order: there is an order of all messages that no client's contradicts.
QStringList findDisorder(const Journal &journal);

/// What one client said was heard in the order in which it said it. Left out is what may have been refused,
/// which may get through late, and what was said shortly before the connection ended.
QStringList findOvertaking(const Journal &journal);

/// What was heard by one was heard by all who were there before and after, and whose daemon had no gap
/// meanwhile.
QStringList findLosses(const Journal &journal, const std::vector<Gaps> &gaps);

/// What nobody heard was refused, or its sender's connection ended, or no daemon could hear.
QStringList findUnexplainedSilence(const Journal &journal, const std::vector<Gaps> &gaps);

/// Nobody was refused while the daemon was ready.
QStringList findCauselessRefusals(const Journal &journal, const std::vector<Gaps> &gaps);

/// All of the above.
QStringList findFaults(const Journal &journal, const std::vector<Gaps> &gaps);

} // namespace switchboard::test
