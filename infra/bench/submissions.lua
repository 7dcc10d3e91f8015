-- Each request is a POST with the next body of the file; what was measured goes out by wrk.lua.
-- arguments: the file, one JSON document a line; whose lines from which number on
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "wrk.lua")
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
