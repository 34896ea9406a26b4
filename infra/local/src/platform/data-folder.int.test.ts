import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { throwAwayData } from './clear-up.ts';
import { type Endpoints, endpointsFile, readEndpoints, writeEndpoints } from './endpoints.ts';
import { ensureSecrets } from './secrets.ts';

let dataFolder: string;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'data-folder-'));
});

afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

const modeOf = (file: string): number => statSync(file).mode & 0o777;

describe('the secrets of a data folder', () => {
  test('are made once, differ from each other and between folders, and are readable by their owner alone', () => {
    const first = ensureSecrets(dataFolder);
    expect(ensureSecrets(dataFolder)).toEqual(first);
    expect(ensureSecrets(join(dataFolder, 'another'))).not.toEqual(first);
    expect(new Set(Object.values(first)).size).toBe(Object.values(first).length);
    expect(modeOf(join(dataFolder, 'secrets.json'))).toBe(0o600);
  });

  test('of an earlier version stay as they are, and get what came since', () => {
    const { cookieKey: _later, ...earlier } = ensureSecrets(dataFolder);
    writeFileSync(join(dataFolder, 'secrets.json'), JSON.stringify(earlier), { mode: 0o600 });
    const completed = ensureSecrets(dataFolder);
    expect(completed).toEqual({ ...earlier, cookieKey: expect.stringMatching(/^[\w-]{43}$/) });
    expect(ensureSecrets(dataFolder)).toEqual(completed);
    expect(modeOf(join(dataFolder, 'secrets.json'))).toBe(0o600);
  });
});

describe('the endpoints of a data folder', () => {
  const endpoints: Endpoints = {
    intake: 'http://127.0.0.1:7412',
    kafka: '127.0.0.1:7400',
    kafkaPartner: 'localhost:7401',
    schemaRegistry: 'http://127.0.0.1:7411',
    postgres: {
      intake: {
        main: 'postgres://a:b@127.0.0.1:7403/intake',
        keys: 'postgres://a:b@127.0.0.1:7403/intake_keys',
        reader: 'postgres://c:d@127.0.0.1:7403/intake',
      },
    },
    redis: 'redis://127.0.0.1:7404',
    issuer: 'http://127.0.0.1:7410',
    instances: { intake: ['http://127.0.0.1:7412'] },
    topicPrefix: '',
  };

  test('come back as they were written, from a file that only its owner reads', () => {
    writeEndpoints(dataFolder, endpoints);
    expect(readEndpoints(dataFolder)).toEqual(endpoints);
    expect(modeOf(endpointsFile(dataFolder))).toBe(0o600);
  });

  test('are missing with a word on what to do', () => {
    expect(() => readEndpoints(dataFolder)).toThrow('./scripts/run starts it');
  });
});

describe('throwing the data away', () => {
  test('empties a folder of ours', () => {
    ensureSecrets(dataFolder);
    mkdirSync(join(dataFolder, 'kafka/data'), { recursive: true });
    writeFileSync(join(dataFolder, 'kafka/data/log'), 'x');
    throwAwayData(dataFolder);
    expect(existsSync(join(dataFolder, 'kafka'))).toBe(false);
    throwAwayData(dataFolder);
    throwAwayData(join(dataFolder, 'never-there'));
  });

  test('touches nothing in a folder that holds files of somebody else', () => {
    ensureSecrets(dataFolder);
    writeFileSync(join(dataFolder, 'thesis.odt'), 'years of work');
    expect(() => throwAwayData(dataFolder)).toThrow('thesis.odt');
    expect(readFileSync(join(dataFolder, 'thesis.odt'), 'utf8')).toBe('years of work');
    expect(existsSync(join(dataFolder, 'secrets.json'))).toBe(true);
  });
});
