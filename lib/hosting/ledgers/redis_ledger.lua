-- One step of the ledger in Redis. Redis runs a script alone, so that nothing happens between two of its lines.
--
-- KEYS[1]  what every key begins with
-- ARGV[1]  reserve, settle or today; ARGV[2]  its arguments as JSON; the answer is JSON, too
--
-- <prefix>:day:<day>       hash: spent, held, spent|<visitor>, held|<visitor> in micro-dollars, and `changes`,
--                          the number of changes of this day
-- <prefix>:holds           hash: hold -> {day, visitor, worst, width} while the call runs
-- <prefix>:open            sorted set: hold -> when it expires
-- <prefix>:places          sorted set: <hold>|<visitor> -> when the place is free at the latest
-- <prefix>:pace:<visitor>  sorted set: hold -> when it was taken
-- <prefix>:never:<hold>    a hold that was released before it was taken, so that it is never taken

local prefix = KEYS[1]
local asked = cjson.decode(ARGV[2])
local clock = redis.call('TIME')
local now = asked.now or (tonumber(clock[1]) + tonumber(clock[2]) / 1e6)
local today = math.floor(now / asked.day_s)
local HOLDS, OPEN, PLACES = prefix .. ':holds', prefix .. ':open', prefix .. ':places'

local function key_of(day)
  return string.format('%s:day:%d', prefix, day)
end

local function number(day, field)
  return tonumber(redis.call('HGET', key_of(day), field) or 0)
end

local function add(day, visitor, field, amount)
  local key = key_of(day)
  redis.call('HINCRBY', key, field, string.format('%d', amount))
  redis.call('HINCRBY', key, field .. '|' .. visitor, string.format('%d', amount))
  redis.call('HINCRBY', key, 'changes', 1)
  redis.call('EXPIRE', key, asked.kept_s)
end

-- Move a hold from held to spent, with its worst cost if the real one is not known. False if it is not open.
local function close(hold, cost)
  local row = redis.call('HGET', HOLDS, hold)
  if not row then return false end
  row = cjson.decode(row)
  add(row.day, row.visitor, 'held', -row.worst)
  add(row.day, row.visitor, 'spent', cost or row.worst)
  redis.call('HDEL', HOLDS, hold)
  redis.call('ZREM', OPEN, hold)
  return true
end

-- Count holds that have expired as spent in full, and free their places.
local function sweep()
  for _, hold in ipairs(redis.call('ZRANGEBYSCORE', OPEN, '-inf', now)) do close(hold, nil) end
  redis.call('ZREMRANGEBYSCORE', PLACES, '-inf', now)
end

-- If Redis lost its newest data at a restart, take over the newest sums that the caller has seen.
local function catch_up()
  local seen = asked.seen
  if not seen or seen.day ~= today or number(today, 'changes') >= seen.changes then return end
  local lost = seen.total - number(today, 'spent') - number(today, 'held')
  if lost > 0 then redis.call('HINCRBY', key_of(today), 'spent', string.format('%d', lost)) end
  redis.call('HSET', key_of(today), 'changes', seen.changes)
  redis.call('EXPIRE', key_of(today), asked.kept_s)
end

local function places_of(visitor)
  local mine = 0
  for _, place in ipairs(redis.call('ZRANGE', PLACES, 0, -1)) do
    if string.sub(place, -string.len(visitor) - 1) == '|' .. visitor then mine = mine + 1 end
  end
  return mine
end

local function denied(limit, values)
  values.denied = limit
  return values
end

local function too_dear(limits, worst)
  for _, each in ipairs({ { 'cap', '' }, { 'visitor_cap', '|' .. asked.visitor } }) do
    local spent, held = number(today, 'spent' .. each[2]), number(today, 'held' .. each[2])
    if limits[each[1]] and spent + held + worst > limits[each[1]] then
      return denied(each[1], { spent = spent, held = held })
    end
  end
end

local function too_fast(limits, pace)
  if not limits.per_minute then return end
  redis.call('ZREMRANGEBYSCORE', pace, '-inf', now - asked.pace_s)
  local count = redis.call('ZCARD', pace)
  local over = count + #asked.holds - limits.per_minute
  if over <= 0 then return end
  if over > count then return denied('per_minute', {}) end
  local oldest = redis.call('ZRANGE', pace, over - 1, over - 1, 'WITHSCORES')
  return denied('per_minute', { at = tonumber(oldest[2]) + asked.pace_s })
end

local function reserve()
  -- The same request again, because its answer was lost on the way.
  local taken = redis.call('HGET', HOLDS, asked.holds[1][1])
  if taken then return { width = cjson.decode(taken).width } end
  if redis.call('EXISTS', prefix .. ':never:' .. asked.holds[1][1]) == 1 then
    return { error = 'the request was given up' }
  end
  local limits, pace, worst = asked.limits, prefix .. ':pace:' .. asked.visitor, 0
  for _, hold in ipairs(asked.holds) do worst = worst + hold[2] end
  local refused = too_dear(limits, worst) or too_fast(limits, pace)
  if refused then return refused end
  local width = math.min(asked.width, #asked.holds)
  if limits.places then
    local free = limits.places - redis.call('ZCARD', PLACES)
    if free < 1 then return denied('places', {}) end
    width = math.min(width, free)
  end
  if limits.visitor_places then
    local free = limits.visitor_places - places_of(asked.visitor)
    if free < 1 then return denied('visitor_places', {}) end
    width = math.min(width, free)
  end
  -- The calls run in turns of `width`, and each turn may take as long as one call.
  local expires = now + asked.life_s * math.ceil(#asked.holds / width)
  for number_of, hold in ipairs(asked.holds) do
    local row = { day = today, visitor = asked.visitor, worst = hold[2], width = width }
    redis.call('HSET', HOLDS, hold[1], cjson.encode(row))
    redis.call('ZADD', OPEN, expires, hold[1])
    redis.call('ZADD', pace, now, hold[1])
    if number_of <= width then redis.call('ZADD', PLACES, expires, hold[1] .. '|' .. asked.visitor) end
    add(today, asked.visitor, 'held', hold[2])
  end
  redis.call('EXPIRE', pace, asked.pace_s)
  return { width = width }
end

local function settle()
  for _, ended in ipairs(asked.ended) do
    if ended.frees then redis.call('ZREM', PLACES, ended.frees .. '|' .. ended.visitor) end
    if ended.released then
      redis.call('ZREM', prefix .. ':pace:' .. ended.visitor, ended.hold)
      if not close(ended.hold, 0) then
        redis.call('SET', prefix .. ':never:' .. ended.hold, 1, 'EX', asked.never_s)
      end
    else
      close(ended.hold, ended.cost)
    end
  end
  return {}
end

local function sums()
  return {
    now = now,
    spent = number(today, 'spent'),
    held = number(today, 'held'),
    visitor_spent = number(today, 'spent|' .. asked.visitor),
    visitor_held = number(today, 'held|' .. asked.visitor),
    running = redis.call('ZCARD', PLACES),
  }
end

sweep()
catch_up()
local answer = ({ reserve = reserve, settle = settle, today = sums })[ARGV[1]]()
answer.seen = {
  day = today,
  changes = number(today, 'changes'),
  total = number(today, 'spent') + number(today, 'held'),
}
return cjson.encode(answer)
