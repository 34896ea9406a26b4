import { type App, callerOf } from '@vienuviet/http';
import { uuid } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import Type from 'typebox';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { issueToken, tokenLifeSeconds } from './subject-token.ts';

/** The portal client exchanges a resident's sign-in for a token of that person's items. */
export function addSubjectTokenRoutes(app: App, prisma: PrismaClient, clock: () => Date): void {
  app.post(
    '/v1/subject-tokens',
    {
      config: { policy: policies.subjectTokens },
      schema: {
        tags: ['subject tokens'],
        summary: 'Make a subject token',
        description:
          'An opaque token with which the bearer reads the items of one subject for 15 minutes. Each call makes a new one and is recorded: who asked, for whom, when.',
        body: Type.Object({ subjectId: uuid('Random id of the person, minted by intake.') }),
        response: {
          201: Type.Object(
            {
              token: Type.String({ description: 'Shown once; send it as `Authorization: Bearer <token>`.' }),
              tokenType: Type.Literal('Bearer'),
              expiresAt: Type.String({ format: 'date-time' }),
              expiresIn: Type.Integer({ description: 'Seconds.' }),
            },
            { description: 'The token.' },
          ),
        },
      },
    },
    async (request, reply) => {
      const { token, record } = issueToken(request.body.subjectId, callerOf(request).id, clock());
      await prisma.subjectToken.create({ data: record });
      reply.code(201);
      return {
        token,
        tokenType: 'Bearer' as const,
        expiresAt: record.expiresAt.toISOString(),
        expiresIn: tokenLifeSeconds,
      };
    },
  );
}
