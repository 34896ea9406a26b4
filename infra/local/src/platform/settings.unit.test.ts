import { describe, expect, test } from 'vitest';
import { settingsFrom } from './settings.ts';

describe('settings from the environment', () => {
  test('have defaults that suit a fresh clone', () => {
    expect(settingsFrom({}, '/home/anna/vienuviet')).toEqual({
      dataFolder: '/home/anna/vienuviet/.vienuviet',
      portBase: 7_400,
      instances: 1,
      external: {},
      identity: {},
      durability: 'safe',
    });
  });

  test('name another folder, other ports and servers that are there already', () => {
    const settings = settingsFrom(
      {
        VIENUVIET_DATA: '/data/second',
        VIENUVIET_PORT_BASE: '7500',
        VIENUVIET_KAFKA_BROKERS: 'one:9092, two:9092',
        VIENUVIET_POSTGRES_URL: 'postgres://admin:secret@db:5432/postgres',
        VIENUVIET_REDIS_URL: 'redis://cache:6379',
      },
      '/anywhere',
      2,
    );
    expect(settings).toMatchObject({ dataFolder: '/data/second', portBase: 7_500, instances: 2 });
    expect(settings.external).toEqual({
      kafkaBrokers: ['one:9092', 'two:9092'],
      postgresUrl: 'postgres://admin:secret@db:5432/postgres',
      redisUrl: 'redis://cache:6379',
    });
  });

  test('hand on how people sign in, with the whole path of files', () => {
    const given = {
      SECOND_FACTOR: 'on',
      DIRECTORY_FILES: 'here/one.json, /there/two.json',
      UPSTREAM_KEY_FILE: 'key.json',
      UPSTREAM_ISSUER: '',
    };
    expect(settingsFrom({ ...given, COOKIE_KEYS: 'mine' }, '/x').identity).toEqual({
      SECOND_FACTOR: 'on',
      DIRECTORY_FILES: '/x/here/one.json,/there/two.json',
      UPSTREAM_KEY_FILE: '/x/key.json',
    });
  });

  test('treat an empty variable as unset', () => {
    expect(settingsFrom({ VIENUVIET_PORT_BASE: '', VIENUVIET_REDIS_URL: '' }, '/x').external).toEqual({});
  });

  test.each([0, -1, 1.5, 17, Number.NaN])('refuse %s instances', (instances) => {
    expect(() => settingsFrom({}, '/x', instances)).toThrow('--instances takes a number');
  });

  test('refuse a port base that is no number', () => {
    expect(() => settingsFrom({ VIENUVIET_PORT_BASE: '74x' }, '/x')).toThrow('VIENUVIET_PORT_BASE is not a number');
  });

  test('refuse the address of another kind of server without repeating its password', () => {
    const wrong = () => settingsFrom({ VIENUVIET_POSTGRES_URL: 'mysql://root:hunter2@db/x' }, '/x');
    expect(wrong).toThrow('VIENUVIET_POSTGRES_URL is not an address');
    expect(wrong).not.toThrow('hunter2');
  });
});
