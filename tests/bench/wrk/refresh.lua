-- Rotates refresh tokens: every answer's successor goes back into the queue. TOKENS: a file, one token a line, more than connections.
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init()
  wrong, rotated, queue, first, last = 0, 0, {}, 1, 0
  for line in io.lines(os.getenv("TOKENS")) do last = last + 1; queue[last] = line end
  for line in (os.getenv("HEADERS") or ""):gmatch("[^\n]+") do
    local name, value = line:match("^([^:]+): (.*)$")
    wrk.headers[name] = value
  end
end
function request()
  local token = queue[first]
  queue[first] = nil; first = first + 1
  return wrk.format("POST", nil, nil, "grant_type=refresh_token&refresh_token=" .. token)
end
function response(status, headers, body)
  local token = status == 200 and body:match('"refresh_token":"([^"]+)"')
  if token then rotated = rotated + 1; last = last + 1; queue[last] = token else wrong = wrong + 1 end
end
function done(summary, latency)
  local bad, good = 0, 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong"); good = good + thread:get("rotated") end
  io.write(string.format("RESULT %d %d %d %d %d\n", good, summary.duration, latency:percentile(50), latency:percentile(99), bad))
end
