/** Waits until something holds; fails with its last value or error after `limit` ms. */
export async function until(holds: () => unknown, limit = 15_000): Promise<void> {
  const end = Date.now() + limit;
  for (;;) {
    let last: unknown;
    try {
      last = await holds();
      if (last) return;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`did not come true within ${limit} ms: ${String(last)}\n${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
