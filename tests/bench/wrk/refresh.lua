-- Rotates refresh tokens: every answer's successor goes back into the queue. TOKENS: a file, one token a line.
local threads = {}
local count = 0
function setup(thread) thread:set("part", count); count = count + 1; table.insert(threads, thread) end
function init()
  wrong, queue, first, last = 0, {}, 1, 0
  local i, parts = 0, tonumber(os.getenv("THREADS"))
  for line in io.lines(os.getenv("TOKENS")) do
    if i % parts == part then last = last + 1; queue[last] = line end
    i = i + 1
  end
  for line in (os.getenv("HEADERS") or ""):gmatch("[^\n]+") do
    local name, value = line:match("^([^:]+): (.*)$")
    wrk.headers[name] = value
  end
end
function request()
  local token = queue[first]
  if token == nil then return wrk.format("POST", nil, nil, "grant_type=refresh_token&refresh_token=none") end
  queue[first] = nil; first = first + 1
  return wrk.format("POST", nil, nil, "grant_type=refresh_token&refresh_token=" .. token)
end
function response(status, headers, body)
  local token = status == 200 and body:match('"refresh_token":"([^"]+)"')
  if token then last = last + 1; queue[last] = token else wrong = wrong + 1 end
end
function done(summary, latency)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), bad))
end
