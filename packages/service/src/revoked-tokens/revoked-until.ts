/**
 * How long a revocation may take from its record to where others see it, and how far the clocks of instances and of the
 * database may differ. A token that is given meanwhile is of what was before.
 */
const settlesMs = 1_000;

/**
 * Until when tokens stopped counting, ms since 1970. A command has its time from when it came, and may have waited for
 * its turn to be recorded: what was given in between is revoked with the rest.
 */
export const revokedUntil = (event: {
  readonly data: { readonly occurredAt: number };
  readonly recordedAt: Date;
}): number => Math.max(event.data.occurredAt, event.recordedAt.getTime()) + settlesMs;
