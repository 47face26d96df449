// SPDX-License-Identifier: BSD-3-Clause
#include "relay/presencescripts.h"

namespace switchboard {

namespace {

// A list travels as the request, a blank, 1 or 0 for whether the asking client was added, a blank, and the
// clients' ids of 36 characters each.
constexpr const char *joinSource = R"lua(
local added = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
if added == 1 then
    redis.call('SADD', KEYS[2], ARGV[1] .. ARGV[3])
end
redis.call('PUBLISH', ARGV[4], ARGV[5] .. ' ' .. added .. ' ' .. table.concat(redis.call('HKEYS', KEYS[1])))
if added == 1 then
    redis.call('PUBLISH', ARGV[6], ARGV[7])
end
return added
)lua";

constexpr const char *leaveSource = R"lua(
redis.call('SREM', KEYS[2], ARGV[1] .. ARGV[2])
local removed = redis.call('HDEL', KEYS[1], ARGV[1])
if removed == 1 then
    redis.call('PUBLISH', ARGV[3], ARGV[4])
end
return removed
)lua";

constexpr const char *restoreSource = R"lua(
local added = 0
for i = 6, #ARGV, 2 do
    if redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[1]) == 1 then
        redis.call('SADD', KEYS[2], ARGV[i] .. ARGV[2])
        redis.call('PUBLISH', ARGV[5], ARGV[i + 1])
        added = added + 1
    end
end
if ARGV[4] ~= '' then
    redis.call('PUBLISH', ARGV[3], ARGV[4] .. ' 0 ' .. table.concat(redis.call('HKEYS', KEYS[1])))
end
return added
)lua";

constexpr const char *heartbeatSource = R"lua(
local result = {redis.call('EXISTS', KEYS[1])}
redis.call('SET', KEYS[1], '', 'PX', ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
for _, node in ipairs(redis.call('SMEMBERS', KEYS[2])) do
    if redis.call('EXISTS', ARGV[3] .. node) == 0 then
        result[#result + 1] = node
    end
end
return result
)lua";

// Names of rooms have no control characters, so only two characters need escaping in JSON.
constexpr const char *reapSource = R"lua(
if redis.call('EXISTS', KEYS[1]) == 1 then
    return 0
end
for _, member in ipairs(redis.call('SPOP', KEYS[3], ARGV[2])) do
    local client = string.sub(member, 1, 36)
    local room = string.sub(member, 37)
    local key = ARGV[3] .. room
    if redis.call('HGET', key, client) == ARGV[1] then
        redis.call('HDEL', key, client)
        local name = '"' .. string.gsub(room, '[\\"]', '\\%0') .. '"'
        redis.call('PUBLISH', ARGV[4] .. room,
            '{"msg":{"contents":{"room":' .. name .. ',"user":"' .. client .. '"},"type":"LeftRoom"},'
            .. '"sub":{"room":' .. name .. ',"type":"ChatRoomSubscription"}}')
    end
end
local left = redis.call('SCARD', KEYS[3])
if left == 0 then
    redis.call('SREM', KEYS[2], ARGV[1])
end
return left
)lua";

} // namespace

PresenceScripts::PresenceScripts()
    : join(joinSource)
    , leave(leaveSource)
    , restore(restoreSource)
    , heartbeat(heartbeatSource)
    , reap(reapSource)
{ }

} // namespace switchboard
