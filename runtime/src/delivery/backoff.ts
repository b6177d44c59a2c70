/** How long to wait before trying again. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Doubles with each failure up to the limit; half of it is chance, so that many senders that met the same
 * failure do not come back together. `failures` counts from 1.
 */
export function backoffMs(
  { firstMs, maxMs }: Backoff,
  failures: number,
  chance: number = Math.random(),
): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return fullMs / 2 + (fullMs / 2) * chance;
}

/** Waits; returns early, without an error, when it is told to stop. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
