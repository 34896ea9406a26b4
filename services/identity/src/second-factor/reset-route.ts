import { type App, notFound } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import Type from 'typebox';
import { refused } from '../refused.ts';
import type { SecondFactors } from './store.ts';

/** Takes a lost device off an account: its next sign-in adds another one. */
export function secondFactorResetRoute(app: App, factors: SecondFactors): void {
  app.delete(
    '/v1/second-factors/:accountId',
    {
      config: { policy: policies.secondFactorReset, operates: true },
      schema: {
        tags: ['second factors'],
        summary: 'Takes the second factor off an account whose device is lost; the next sign-in adds another one',
        params: Type.Object({ accountId: Type.String({ minLength: 1, maxLength: 128 }) }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { accountId } = request.params;
      // A stolen session must not be able to put a device of its own in the place of the owner's.
      if (accountId === request.caller?.id) {
        throw refused('own_second_factor', 'Somebody else takes off your second factor.');
      }
      if (!(await factors.reset(accountId))) throw notFound();
      request.log.info(
        { event: 'second_factor_reset', accountId, actorId: request.caller?.id },
        'a device was taken off',
      );
      return reply.code(204).send(null as never);
    },
  );
}
