-- The same request again and again. METHOD, BODY, HEADERS ("Name: value" by line) and STATUS come from the environment.
local expected = tonumber(os.getenv("STATUS") or "200")
local threads = {}
wrk.method = os.getenv("METHOD") or "POST"
wrk.body = os.getenv("BODY")
for line in (os.getenv("HEADERS") or ""):gmatch("[^\n]+") do
  local name, value = line:match("^([^:]+): (.*)$")
  wrk.headers[name] = value
end

function setup(thread) table.insert(threads, thread) end
function init() wrong = 0 end
function response(status) if status ~= expected then wrong = wrong + 1 end end
function done(summary, latency)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  bad = bad + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), bad))
end
