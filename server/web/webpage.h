// SPDX-License-Identifier: BSD-3-Clause
#pragma once

namespace switchboard {

class HttpFront;

/// Lets \a front serve the page at `/` and the files that it is made of, from resources: GET and HEAD (405
/// for the rest), with an ETag (304 for who has it), and a policy that lets the page load nothing from
/// elsewhere and run no script but its own (Content Security Policy Level 3).
void serveWebPage(HttpFront &front);

} // namespace switchboard
