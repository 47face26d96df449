// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>

#include <functional>

QT_BEGIN_NAMESPACE
class QWidget;
QT_END_NAMESPACE

namespace switchboard::monitor {

class ClientsModel;

/// Asks whether the client \a id, of which \a clients may know more, is really to be disconnected, and calls
/// \a act if so.
void askToDisconnect(const QString &id, const ClientsModel &clients, std::function<void()> act,
                     QWidget *parent);

/// Says what this program is.
void presentAbout(QWidget *parent);

} // namespace switchboard::monitor
