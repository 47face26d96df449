// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>

namespace switchboard::test {

// What may be wrong with a page for those who use it. Scripts for WebDriver::run(); each returns what it has
// found, in a text that is empty where all is well.

/// Text that differs from what lies behind it by less than WCAG 2.2 wants (AA, 1.4.3), of all that can be
/// seen.
extern const QString FaintTexts;

/// What one can go to by keyboard, or is a part of the page, and has no name that a screen reader could say.
extern const QString Nameless;

/// What one can click on and lies under something else.
extern const QString Covered;

} // namespace switchboard::test
