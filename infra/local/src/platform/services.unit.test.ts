import { expect, test } from 'vitest';
import { portPlan } from './port-plan.ts';
import { type ServiceContext, serviceEnvironment } from './services.ts';

const context: ServiceContext = {
  ...{ root: '/checkout', dataFolder: '/data', ports: portPlan(7_400, 1), instances: 1, logLevel: 'info' },
  ...{ servers: { kafkaBrokers: ['-'], postgresUrl: '-', redisUrl: '-' }, databases: new Map(), topicPrefix: '' },
  secrets: { cookieKey: 'cookie', keySealSecret: 'seal' } as ServiceContext['secrets'],
  identity: { SECOND_FACTOR: 'on', CLIENT_FILES: '/own/clients.json' },
};

test('identity is told who signs in how, with clients beside those of the sample', () => {
  expect(serviceEnvironment(context, 'identity', 1)).toMatchObject({
    SECOND_FACTOR: 'on',
    CLIENT_FILES: '/checkout/services/identity/sample/clients.json,/own/clients.json',
    COOKIE_KEYS: 'cookie',
  });
  const usual = serviceEnvironment({ ...context, identity: {} }, 'identity', 1);
  expect(usual).toMatchObject({ CLIENT_FILES: '/checkout/services/identity/sample/clients.json' });
  expect(usual).not.toHaveProperty('SECOND_FACTOR');
});

test('no other service is', () => {
  const { SECOND_FACTOR, CLIENT_FILES } = serviceEnvironment(context, 'intake', 1);
  expect([SECOND_FACTOR, CLIENT_FILES]).toEqual([undefined, undefined]);
});
