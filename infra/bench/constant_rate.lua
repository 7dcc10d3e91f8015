-- Sends requests by the clock over connections that are open already, and times each from the moment at which it was due.
-- luajit constant_rate.lua RATE SECONDS FD [FD ...] < REQUEST
-- Prints two arrays of doubles, RATE * SECONDS each: the seconds that each request took, negative where no answer came;
-- and how late each left, counted from the moment at which it was due and had a free connection.
local ffi = require("ffi")
ffi.cdef [[
   struct moment { long seconds, fraction; };
   int clock_gettime(int clock, struct moment *nanoseconds);
   int select(int count, uint64_t *readable, void *writable, void *failed, struct moment *microseconds);
   long send(int fd, const char *bytes, size_t size, int flags);
   long recv(int fd, char *bytes, size_t size, int flags);
]]
local LAST_ANSWERS_SECONDS, IDLE_SECONDS = 0.5, 0.1
local MONOTONIC = ffi.os == "OSX" and 6 or 1
local ROOM = 65536
local C = ffi.C

local read_at, wait, readable = ffi.new("struct moment"), ffi.new("struct moment"), ffi.new("uint64_t[16]")
local rate, seconds = tonumber(arg[1]), tonumber(arg[2])
local request = io.read("*a")
local planned = math.floor(rate * seconds)
local took, late = ffi.new("double[?]", planned, -1), ffi.new("double[?]", planned)

local function now()
   C.clock_gettime(MONOTONIC, read_at)
   return tonumber(read_at.seconds) + tonumber(read_at.fraction) * 1e-9
end

local function fail(why)
   io.stderr:write(why, "\n")
   os.exit(1)
end

-- Reads what is there; whether the answer is whole.
local function answered(caller)
   local size = C.recv(caller.fd, caller.bytes + caller.size, ROOM - caller.size, 0)
   if size <= 0 then fail("the connection was closed") end
   caller.size = caller.size + tonumber(size)
   local text = ffi.string(caller.bytes, caller.size)
   local head_end = select(2, text:find("\r\n\r\n", 1, true))
   if not head_end then return false end
   local length = text:match("^HTTP/1.1 200 .-\r\n[Cc]ontent%-[Ll]ength: *(%d+)\r\n")
   if not length then fail("not 200, or of no told length: " .. text:sub(1, 200)) end
   if caller.size < head_end + tonumber(length) then return false end
   caller.size = 0
   return true
end

-- A queue: a connection that came back last is used last.
local free, first, last, highest = {}, 1, 0, 0
local function give_back(caller)
   last = last + 1
   free[last] = caller
end
local callers = {}
for at = 3, #arg do
   local fd = tonumber(arg[at])
   if fd >= 1024 then fail("select takes no descriptor over 1023") end
   callers[#callers + 1] = { fd = fd, size = 0, bytes = ffi.new("char[?]", ROOM), busy = false, number = 0 }
   highest = math.max(highest, fd)
   give_back(callers[#callers])
end

local began = now()
local sent, done, freed = 0, 0, began
while done < planned do
   local moment = now()
   if moment > began + seconds + LAST_ANSWERS_SECONDS then break end
   while first <= last and sent < planned and began + sent / rate <= moment do
      local caller = free[first]
      free[first], first = nil, first + 1
      caller.busy, caller.number = true, sent
      if C.send(caller.fd, request, #request, 0) ~= #request then fail("a request was not taken whole") end
      late[sent] = now() - math.max(began + sent / rate, freed)
      sent = sent + 1
   end
   local pause = (first <= last and sent < planned) and began + sent / rate - now() or IDLE_SECONDS
   wait.seconds, wait.fraction = 0, math.max(0, pause * 1e6)
   ffi.fill(readable, 128)
   for _, caller in ipairs(callers) do
      if caller.busy then
         local word = bit.rshift(caller.fd, 6)
         readable[word] = bit.bor(readable[word], bit.lshift(1ULL, caller.fd % 64))
      end
   end
   if C.select(highest + 1, readable, nil, nil, wait) > 0 then
      for _, caller in ipairs(callers) do
         local ready = bit.band(readable[bit.rshift(caller.fd, 6)], bit.lshift(1ULL, caller.fd % 64)) ~= 0
         if caller.busy and ready and answered(caller) then
            local ended = now()
            took[caller.number] = ended - (began + caller.number / rate)
            if first > last then freed = ended end
            caller.busy, done = false, done + 1
            give_back(caller)
         end
      end
   end
end
io.write(ffi.string(took, planned * 8), ffi.string(late, planned * 8))
