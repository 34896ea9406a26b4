import { createLog, createMetrics, type Metrics } from '@vienuviet/telemetry';
import type { AccessEntry, AccessRecorder } from '../access-recorder.ts';
import { createApp } from '../app.ts';
import type { App, AppSettings } from '../settings.ts';
import { createTestIssuer, type TestIssuer } from '../testing.ts';

export interface TestApp {
  readonly app: App;
  readonly issuer: TestIssuer;
  readonly metrics: Metrics;
  /** Lines logged so far, parsed. */
  logged(): Record<string, unknown>[];
}

/** An app with an issuer of its own that keeps its log lines; add routes, then `inject`. */
export async function testApp(settings: Partial<AppSettings> = {}): Promise<TestApp> {
  const lines: string[] = [];
  const issuer = await createTestIssuer();
  const metrics = createMetrics({ service: 'test', ofProcess: false });
  const app = await createApp({
    name: 'test',
    title: 'Test',
    version: '1.0.0',
    description: 'An app for tests',
    log: createLog({ service: 'test', level: 'debug', destination: { write: (line) => lines.push(line) } }),
    metrics,
    auth: issuer.auth,
    commandHashKey: 'a key for tests that is long enough',
    ...settings,
  });
  return { app, issuer, metrics, logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

export const open = { policy: { public: true, why: 'a test' } } as const;

/** A record of access that keeps its entries in an array. */
export const recorderInto = (entries: AccessEntry[]): AccessRecorder => ({
  note: (entry) => void entries.push(entry),
  recorded: async (entry) => void entries.push(entry),
});
