// SPDX-License-Identifier: BSD-3-Clause

// Prints the configuration file of the packages, in the words of the daemon's help.

#include "node/configprinter.h"

#include <cstdio>

int main()
{
    std::fputs(qUtf8Printable(switchboard::sampleConfig()), stdout);
    return 0;
}
