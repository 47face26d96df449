// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QByteArrayView>

#ifndef ZLIB_CONST
#define ZLIB_CONST
#endif
#include <zlib.h>

namespace switchboard {

/// Lets \a stream read \a bytes, at most 4 GiB.
inline void setInput(z_stream &stream, QByteArrayView bytes)
{
    stream.next_in = reinterpret_cast<const Bytef *>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
}

/// Lets \a stream write the \a size bytes at \a to, at most 4 GiB.
inline void setOutput(z_stream &stream, char *to, qsizetype size)
{
    stream.next_out = reinterpret_cast<Bytef *>(to);
    stream.avail_out = static_cast<uInt>(size);
}

} // namespace switchboard
