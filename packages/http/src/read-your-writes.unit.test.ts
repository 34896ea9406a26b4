import Type from 'typebox';
import { afterEach, describe, expect, test } from 'vitest';
import { afterQuery, parseAfter, waitUntilSeen } from './read-your-writes.ts';
import { open, type TestApp, testApp } from './test-support/app.ts';

const streamId = 'case-5b0d3bb5-7a0c-4d5f-8b3f-0d3bb57a0c4d';
let it: TestApp | undefined;
afterEach(async () => {
  await it?.app.close();
  it = undefined;
});

describe('after=<stream>@<version>', () => {
  test('is read into stream and version', () => {
    expect(parseAfter(`${streamId}@12`)).toEqual({ streamId, version: 12 });
    expect(parseAfter(`waiting-list-${streamId.slice(5)}@1`).streamId).toBe(`waiting-list-${streamId.slice(5)}`);
  });

  test.each([
    '',
    'case',
    streamId,
    `${streamId}@`,
    `${streamId}@0`,
    `${streamId}@-1`,
    `${streamId}@1.5`,
    `${streamId}@x`,
    `${streamId}@1@2`,
    `${streamId}@99999999999`,
  ])('of another form is refused by the route: %s', async (after) => {
    it = await testApp();
    it.app.get(
      '/v1/things',
      { config: open, schema: { querystring: Type.Object({ after: afterQuery }) } },
      async () => 'x',
    );
    const answer = await it.app.inject({ url: '/v1/things', query: { after } });
    expect(answer.json()).toMatchObject({ status: 400, code: 'invalid_request' });
  });

  test('waits for what it names, with a bound', async () => {
    const asked: unknown[] = [];
    await waitUntilSeen(`${streamId}@3`, async (...query) => {
      asked.push(query);
      return true;
    });
    expect(asked).toEqual([[streamId, 3, 5_000]]);
  });

  test('that does not come in time is 504 not_yet_visible', async () => {
    await expect(waitUntilSeen(`${streamId}@3`, async () => false)).rejects.toMatchObject({
      code: 'not_yet_visible',
      statusCode: 504,
      headers: { 'retry-after': '1' },
    });
  });

  test('that is not given waits for nothing', async () => {
    await waitUntilSeen(undefined, () => {
      throw new Error('asked');
    });
  });
});
