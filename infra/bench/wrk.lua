-- What wrk measured, as one line of JSON. Latencies in microseconds.
function done(summary, latency, requests)
   io.write(string.format(
      '\n{"requests":%d,"seconds":%.6f,"failed":%d,"median":%.1f,"p99":%.1f}\n',
      summary.requests, summary.duration / 1e6,
      summary.errors.connect + summary.errors.read + summary.errors.write
         + summary.errors.status + summary.errors.timeout,
      latency:percentile(50), latency:percentile(99)))
end
