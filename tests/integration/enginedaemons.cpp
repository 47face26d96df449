// SPDX-License-Identifier: BSD-3-Clause
#include "integration/enginedaemons.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace switchboard::test {

void EngineDaemons::addRows()
{
    QTest::addColumn<QString>("engine");
    QTest::newRow("lean") << u"lean"_s;
    QTest::newRow("qt") << u"qt"_s;
}

quint16 EngineDaemons::port(const QString &engine, const QStringList &arguments)
{
    const QStringList all = QStringList{u"--engine"_s, engine} + arguments;
    std::unique_ptr<DaemonProcess> &daemon = m_daemons[all];
    if (!daemon || !daemon->isRunning()) {
        daemon = std::make_unique<DaemonProcess>(all);
        if (!daemon->start()) {
            return 0;
        }
    }
    return daemon->port();
}

} // namespace switchboard::test
