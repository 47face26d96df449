// SPDX-License-Identifier: BSD-3-Clause
#include "net/websocket/unmask.h"

#include <QByteArray>
#include <QTest>

#include <cstring>

using switchboard::unmask;

namespace {

const QByteArray key("\x5A\xC3\x3C\xA5");

quint32 keyWord()
{
    quint32 word = 0;
    std::memcpy(&word, key.constData(), sizeof word);
    return word;
}

// RFC 6455 section 5.3 as it stands there.
QByteArray masked(QByteArray bytes)
{
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(bytes.at(i) ^ key.at(i % 4));
    }
    return bytes;
}

QByteArray sample(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (qsizetype i = 0; i < size; ++i) {
        bytes[i] = static_cast<char>(i * 7 + 3);
    }
    return bytes;
}

} // namespace

class UnmaskTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unmasksAnySizeAtAnyAlignment();
    void goesOnWhereAPieceEnded();
};

void UnmaskTest::unmasksAnySizeAtAnyAlignment()
{
    constexpr qsizetype margin = 16;
    for (qsizetype size = 0; size <= 80; ++size) {
        for (qsizetype offset = 0; offset < margin; ++offset) {
            QByteArray bytes = QByteArray(offset, '<') + masked(sample(size)) + QByteArray(margin, '>');
            (void)unmask({bytes.data() + offset, std::size_t(size)}, keyWord());
            // What stands before and behind is left alone.
            QCOMPARE(bytes, QByteArray(offset, '<') + sample(size) + QByteArray(margin, '>'));
        }
    }
}

void UnmaskTest::goesOnWhereAPieceEnded()
{
    constexpr std::size_t size = 41;
    for (std::size_t first = 0; first <= size; ++first) {
        for (std::size_t second = first; second <= size; ++second) {
            QByteArray bytes = masked(sample(size));
            const std::span<char> all(bytes.data(), size);
            quint32 next = unmask(all.first(first), keyWord());
            next = unmask(all.subspan(first, second - first), next);
            (void)unmask(all.subspan(second), next);
            QCOMPARE(bytes, sample(size));
        }
    }
}

QTEST_APPLESS_MAIN(UnmaskTest)
#include "tst_unmask.moc"
