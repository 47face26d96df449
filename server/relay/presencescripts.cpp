// SPDX-License-Identifier: BSD-3-Clause
#include "relay/presencescripts.h"

namespace switchboard {

namespace {

// A list travels as the request, a blank, 1 or 0 for each client that was to be put in, for whether it was, a
// blank, and the members' ids of 36 characters each.
constexpr const char *joinSource = R"lua(
if tonumber(redis.call('GET', KEYS[3]) or 0) > tonumber(ARGV[1]) then
    return redis.error_reply('STALE a later session of the node has begun')
end
local added = {}
for i = 7, #ARGV, 2 do
    added[#added + 1] = redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[2])
    if added[#added] == 1 then
        redis.call('SADD', KEYS[2], ARGV[i] .. ARGV[3])
    end
end
redis.call('SADD', KEYS[4], ARGV[2])
if ARGV[5] ~= '' then
    redis.call('PUBLISH', ARGV[4], ARGV[5] .. ' ' .. table.concat(added) .. ' '
        .. table.concat(redis.call('HKEYS', KEYS[1])))
end
for i = 1, #added do
    if added[i] == 1 then
        redis.call('PUBLISH', ARGV[6], ARGV[6 + 2 * i])
    end
end
)lua";

constexpr const char *leaveSource = R"lua(
if tonumber(redis.call('GET', KEYS[3]) or 0) > tonumber(ARGV[1]) then
    return redis.error_reply('STALE a later session of the node has begun')
end
redis.call('SREM', KEYS[2], ARGV[2] .. ARGV[3])
if redis.call('HDEL', KEYS[1], ARGV[2]) == 1 then
    redis.call('PUBLISH', ARGV[4], ARGV[5])
end
)lua";

constexpr const char *heartbeatSource = R"lua(
local result = {redis.call('EXISTS', KEYS[1])}
if tonumber(redis.call('GET', KEYS[1]) or 0) > tonumber(ARGV[1]) then
    return redis.error_reply('STALE a later session of the node has begun')
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
redis.call('SADD', KEYS[2], ARGV[2])
for _, node in ipairs(redis.call('SMEMBERS', KEYS[2])) do
    if redis.call('EXISTS', ARGV[4] .. node) == 0 then
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
    , heartbeat(heartbeatSource)
    , reap(reapSource)
{ }

} // namespace switchboard
