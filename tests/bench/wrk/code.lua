-- The whole code flow with a live session: a code from the authorization endpoint, then its redemption. Two requests a flow.
-- AUTHORIZE: target of the first; REDEEM: body of the second but for the code; COOKIE, HOST, BASIC: header values.
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init()
  wrong, codes, flows = 0, {}, 0
  local host, basic, cookie = os.getenv("HOST"), os.getenv("BASIC"), os.getenv("COOKIE")
  redeem = os.getenv("REDEEM")
  redeem_headers = { ["Host"] = host, ["Authorization"] = basic, ["Content-Type"] = "application/x-www-form-urlencoded" }
  authorize = wrk.format("GET", os.getenv("AUTHORIZE"), { ["Host"] = host, ["Cookie"] = cookie })
end
function request()
  local code = table.remove(codes)
  if code then return wrk.format("POST", "/oauth2/token", redeem_headers, redeem .. "&code=" .. code) end
  return authorize
end
function response(status, headers, body)
  if status == 200 then flows = flows + 1; return end
  local location = headers["location"] or headers["Location"]
  local code = location and location:match("[?&]code=([^&]+)")
  if code then table.insert(codes, code) else wrong = wrong + 1 end
end
function done(summary, latency)
  local bad, good = 0, 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong"); good = good + thread:get("flows") end
  io.write(string.format("RESULT %d %d %d %d %d\n", good, summary.duration, latency:percentile(50), latency:percentile(99), bad))
end
