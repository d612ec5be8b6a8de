-- Every thread sends the same requests in turn, one for each token.
-- METHOD, BODY, TOKENS (separated by spaces) and PAUSE_MS (before each request of a connection) are in the environment.

local requests = {}
local turn = 0
local pause_ms = tonumber(os.getenv("PAUSE_MS"))

local function add(headers)
  local body = os.getenv("BODY")
  headers["Content-Type"] = body and "application/json"
  table.insert(requests, wrk.format(os.getenv("METHOD"), nil, headers, body))
end

function init()
  for token in os.getenv("TOKENS"):gmatch("%S+") do
    add({ Authorization = "Bearer " .. token })
  end
  if #requests == 0 then
    add({})
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

-- wrk asks for a pause before every request as soon as there is this function.
if pause_ms > 0 then
  function delay()
    return pause_ms
  end
end

function done(summary, latency)
  local errors = 0
  for _, count in pairs(summary.errors) do
    errors = errors + count
  end
  local line = 'MEASURED {"answers": %d, "seconds": %f, "errors": %d, "p50_ms": %f, "p99_ms": %f}\n'
  io.write(line:format(summary.requests, summary.duration / 1e6, errors,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
