// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QList>

#include <array>

QT_BEGIN_NAMESPACE
class QMainWindow;
QT_END_NAMESPACE

namespace switchboard::monitor {

class Pane;
class PaneDock;

/// The panes of the window, in the order of their keys.
enum class PaneId { Nodes, Clients, Rooms, Traffic, Pings, Charts, Compose };

inline constexpr std::array paneIds{PaneId::Nodes, PaneId::Clients, PaneId::Rooms,  PaneId::Traffic,
                                    PaneId::Pings, PaneId::Charts,  PaneId::Compose};

/// The docks of a window and how they lie in it.
class PaneLayout
{
public:
    /// Makes the docks of \a window, which owns them.
    explicit PaneLayout(QMainWindow *window);

    [[nodiscard]] PaneDock *dock(PaneId id) const { return m_docks.at(static_cast<qsizetype>(id)); }
    [[nodiscard]] const QList<PaneDock *> &docks() const { return m_docks; }

    /// Puts all docks where they are when the user has not moved any.
    void applyDefault();

    /// The pane that the keyboard is in, else nothing.
    [[nodiscard]] Pane *focusedPane() const;

    /// Gives the docks the sizes of the default, once the window has laid them out.
    void distributeSoon();

private:
    void distribute();

    QMainWindow *m_window;
    QList<PaneDock *> m_docks;
};

} // namespace switchboard::monitor
