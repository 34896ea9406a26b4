export interface Health {
  readonly ready: boolean;
  /** What the service says is missing, or why it could not be asked. */
  readonly detail: string;
}

/** Asks a service whether it is ready. */
export async function healthOf(address: string): Promise<Health> {
  try {
    const answer = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(3_000) });
    if (answer.status === 200) {
      await answer.body?.cancel();
      return { ready: true, detail: '' };
    }
    return { ready: false, detail: `${answer.status} ${(await answer.text()).slice(0, 300)}` };
  } catch (error) {
    const cause = (error as { cause?: { code?: string } }).cause;
    return { ready: false, detail: cause?.code ?? (error as Error).message };
  }
}
