// A request with an end: that of the connection it is for, or a deadline.
/** A request to the helpline that takes longer is taken for lost with the network it was sent on. */
const REQUEST_MS_MAX = 8_000;

/** Runs a request that ends with the connection it is for, or after a while. */
export async function within<T>(
  signal: AbortSignal,
  request: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const end = () => limit.abort();
  const timer = setTimeout(end, REQUEST_MS_MAX);
  signal.addEventListener("abort", end);
  try {
    return await request(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}
