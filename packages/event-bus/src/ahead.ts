/**
 * Starts work whose result is looked at later, or never, e.g. because the lead was lost meanwhile: a failure must not
 * count as unhandled, which would end the process.
 */
export function ahead<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
