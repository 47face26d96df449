// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What most sources include anyway; read once where SWITCHBOARD_PRECOMPILE is on.
#include <QtCore>
#include <QtNetwork>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>
