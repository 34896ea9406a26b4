/**
 * Tries until the work gives an answer that is not undefined and does not throw; then gives it back. After the time
 * it throws what the last try threw, or says what was waited for.
 */
export async function eventually<T>(
  what: string,
  work: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 15_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let last: unknown;
    try {
      const answer = await work();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw last ?? new Error(`${what} did not happen within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
