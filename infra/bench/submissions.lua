-- Each request is a POST with the next body of the file; wrk's summary goes out as in wrk.lua.
-- arguments: the file, one JSON document a line; whose lines from which number on
local bodies, at = {}, 0

function init(arguments)
   local first = tonumber(arguments[2])
   local number = 0
   for line in io.lines(arguments[1]) do
      number = number + 1
      if number > first then bodies[#bodies + 1] = line end
   end
   math.randomseed(first + 1)
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/json"
end

function request()
   at = at + 1
   if at > #bodies then
      io.stderr:write("no more bodies\n")
      wrk.thread:stop()
      at = #bodies
   end
   wrk.headers["Idempotency-Key"] = string.format("%08x-%08x-%08x", at, math.random(0, 2^31), math.random(0, 2^31))
   return wrk.format(nil, nil, nil, bodies[at])
end

function done(summary, latency, requests)
   io.write(string.format(
      '\n{"requests":%d,"seconds":%.6f,"failed":%d,"median":%.1f,"p99":%.1f}\n',
      summary.requests, summary.duration / 1e6,
      summary.errors.connect + summary.errors.read + summary.errors.write
         + summary.errors.status + summary.errors.timeout,
      latency:percentile(50), latency:percentile(99)))
end
