-- The whole code flow with a live session: a code from the authorization endpoint, then its redemption. Two requests a flow.
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init()
  wrong, codes, flows = 0, {}, 0
  cookie, authorize, redeem, basic, host = os.getenv("COOKIE"), os.getenv("AUTHORIZE"), os.getenv("REDEEM"), os.getenv("BASIC"), os.getenv("HOST")
end
function request()
  local code = table.remove(codes)
  if code then
    return wrk.format("POST", "/oauth2/token", { ["Host"] = host, ["Authorization"] = basic, ["Content-Type"] = "application/x-www-form-urlencoded" }, redeem .. "&code=" .. code)
  end
  return wrk.format("GET", authorize, { ["Host"] = host, ["Cookie"] = cookie })
end
function response(status, headers, body)
  if status == 200 then flows = flows + 1; return end
  local location = headers["location"] or headers["Location"]
  local code = location and location:match("[?&]code=([^&]+)")
  if code then table.insert(codes, code) else wrong = wrong + 1 end
end
function done(summary, latency)
  local bad, done_flows = 0, 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong"); done_flows = done_flows + thread:get("flows") end
  io.write(string.format("RESULT %d %d %d %d %d\n", done_flows, summary.duration, latency:percentile(50), latency:percentile(99), bad))
end
