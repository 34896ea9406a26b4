import pg from 'pg';

export interface StreamWaits {
  /**
   * Waits until the live tables show a version of a stream; false when they did not within `timeoutMs`. Commits of
   * this process wake it at once, those of others are found by a query every 25 ms for all who wait.
   */
  seen(streamId: string, version: number, timeoutMs: number): Promise<boolean>;
  /** Told after each commit of this process. */
  committed(versions: ReadonlyMap<string, number>): void;
  /** Ends all waiting. */
  close(): void;
}

interface Waiting {
  readonly streamId: string;
  readonly version: number;
  answer(seen: boolean): void;
}

const POLL_INTERVAL = 25;

/** Who waits for `after=<stream>@<version>` on one projection. */
export function streamWaits(pool: pg.Pool, projection: string): StreamWaits {
  const waiting = new Set<Waiting>();
  const text = `select stream_id, version from ${pg.escapeIdentifier(projection)}.stream_versions where stream_id = any ($1::text[])`;
  let timer: NodeJS.Timeout | undefined;

  const settle = (versionOf: (streamId: string) => number | undefined): void => {
    for (const one of waiting) if ((versionOf(one.streamId) ?? 0) >= one.version) one.answer(true);
  };
  const look = async (streams: readonly string[]): Promise<Map<string, number>> => {
    const { rows } = await pool.query<{ stream_id: string; version: number | string }>({
      name: `bus_seen_${projection}`,
      text,
      values: [streams],
    });
    return new Map(rows.map((row) => [row.stream_id, Number(row.version)]));
  };
  const poll = (): void => {
    timer ??= setTimeout(async () => {
      // A database that does not answer shows nothing; those who wait run into their own time-out.
      const versions = await look([...new Set([...waiting].map(({ streamId }) => streamId))]).catch(() => undefined);
      timer = undefined;
      if (versions !== undefined) settle((streamId) => versions.get(streamId));
      if (waiting.size > 0) poll();
    }, POLL_INTERVAL);
  };

  return {
    async seen(streamId, version, timeoutMs) {
      const since = performance.now();
      const committedMeanwhile = new Promise<boolean>((resolve) => {
        const one: Waiting = {
          streamId,
          version,
          answer(seen) {
            clearTimeout(limit);
            waiting.delete(one);
            resolve(seen);
          },
        };
        const limit = setTimeout(() => one.answer(false), Math.max(0, timeoutMs));
        waiting.add(one);
      });
      const versions = await look([streamId]).catch(() => undefined);
      if (versions !== undefined) settle((candidate) => versions.get(candidate));
      if (waiting.size > 0 && performance.now() - since < timeoutMs) poll();
      return committedMeanwhile;
    },
    committed(versions) {
      if (waiting.size > 0) settle((streamId) => versions.get(streamId));
    },
    close() {
      for (const one of waiting) one.answer(false);
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** The same for a process that does not run the projection. */
export async function waitForStream(
  pool: pg.Pool,
  projection: string,
  streamId: string,
  version: number,
  timeoutMs: number,
): Promise<boolean> {
  const waits = streamWaits(pool, projection);
  try {
    return await waits.seen(streamId, version, timeoutMs);
  } finally {
    waits.close();
  }
}
