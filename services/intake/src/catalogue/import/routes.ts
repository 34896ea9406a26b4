/** Importing into the catalogue: a file in CSV, or rows in JSON; answered by a report, or by lines of progress. */
import { Readable } from 'node:stream';
import { type App, callerOf, HttpProblem, problemDocument, refusalProblem } from '@vienuviet/http';
import { oneOf } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { ServiceContext } from '@vienuviet/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { type Origin, origins } from '../../centres/centre.ts';
import { statusOf } from '../../commanding.ts';
import type { RefusalCode } from '../../errors.ts';
import { refuseWith } from '../../refusal.ts';
import type { CatalogueFile } from './catalogue-file.ts';
import { type Import, importFile } from './import-file.ts';
import { readRows, rowFields } from './read-rows.ts';
import { readTable } from './read-table.ts';
import { type ImportReport, importReportSchema } from './report.ts';

/** The whole catalogue of the network is 1 MB. */
const mostBytes = 16 * 1024 * 1024;
const progressType = 'application/x-ndjson';

const jsonRows = Type.Object({
  rows: Type.Array(Type.Unknown(), { maxItems: 50_000, description: 'Checked row by row; a bad one is reported.' }),
});

/** In a scope of its own: of all routes, this one alone takes bodies in CSV. */
export function addImportRoutes(app: App, context: ServiceContext): void {
  app.register(async (scope) => addImportRoute(scope as App, context));
}

function addImportRoute(app: App, context: ServiceContext): void {
  app.addContentTypeParser('text/csv', { parseAs: 'buffer', bodyLimit: mostBytes }, (_request, body, done) => {
    done(null, body);
  });
  app.post(
    '/v1/catalogue/imports',
    {
      bodyLimit: mostBytes,
      config: { policy: policies.catalogueImport },
      schema: {
        tags: ['catalogue'],
        summary: 'Import a file into the catalogue',
        description: [
          `A table in CSV (UTF-8, recognised by its header) or { "rows": […] } in JSON; fields of a row: ${rowFields.join(', ')}.`,
          'What the file names is listed or changed; what the same source named before and does not name now retires, unless another source names it. The same file again makes no event, so an import that was cut off is simply sent again and no Idempotency-Key is needed.',
          'Bad rows are reported by line and the rest goes on; an entry that a bad row names is changed by its good rows alone and does not retire. When a bad row does not tell which entry it names (a comma too many, a quote that is not closed, no title), no entry retires in that import; the report counts those that stay for this reason in `keptForBadRows`.',
          'A file without one good row is refused, and one with more than 1,000 lines that are no well-formed CSV (`import_malformed`); nothing is changed then.',
          'With `Accept: application/x-ndjson` the answer is a line `{ "done", "of" }` every 200 entries and the report, or the problem, as the last line.',
          'Another import of the same source at the same time is refused with `import_running`.',
        ].join(' '),
        querystring: Type.Object({
          source: Type.String({
            pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
            description: 'Name of the file or table that says so.',
          }),
          origin: Type.Optional(
            oneOf(origins, 'Default: `report` for tables of the report, `invented` for whole entries.'),
          ),
        }),
        body: {
          content: {
            'text/csv': { schema: Type.Unknown({ description: 'The file.' }) },
            'application/json': { schema: jsonRows },
          },
        },
        response: {
          200: {
            description: 'What the import did.',
            content: {
              'application/json': { schema: importReportSchema },
              [progressType]: { schema: Type.String() },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { source, origin } = request.query;
      const file = await fileIn(request.body, source, origin);
      if (file.entries.size === 0) {
        throw refused('import_empty', 'No row of the file names an entry; nothing was changed.', {
          rejected: file.rejected.slice(0, 20),
        });
      }
      const wanted = { source, file, actorId: callerOf(request).id };
      if (request.headers.accept?.includes(progressType)) return reportingProgress(context, request, reply, wanted);
      return imported(context, wanted);
    },
  );
}

async function fileIn(body: unknown, source: string, origin: Origin | undefined): Promise<CatalogueFile> {
  if (!Buffer.isBuffer(body)) return await readRows((body as { rows: unknown[] }).rows, origin ?? 'report');
  const reading = await readTable(body, source, origin);
  if (reading.read) return reading.file;
  const details = reading.code === 'import_malformed' ? { rejected: reading.rejected } : undefined;
  throw refused(reading.code, reading.message, details);
}

async function imported(context: ServiceContext, wanted: Import): Promise<ImportReport> {
  const result = await importFile(context, wanted);
  if (result.outcome === 'imported') return result.report;
  throw refused('import_running', `Another import of ${wanted.source} is under way: wait for it, then import again.`);
}

/** Lines of JSON while the import goes on; the last one is the report, or the problem that ended it. */
function reportingProgress(
  context: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
  wanted: Import,
): FastifyReply {
  const lines = new Readable({ read: () => undefined });
  const say = (line: unknown): void => {
    lines.push(`${JSON.stringify(line)}\n`);
  };
  imported(context, { ...wanted, onProgress: (done, of) => say({ done, of }) })
    .then(
      (report) => say(report),
      (error: unknown) => {
        if (!(error instanceof HttpProblem)) request.log.error({ err: error }, 'an import failed');
        const known = error instanceof HttpProblem ? error : new HttpProblem('unexpected', unexpected);
        say(problemDocument(known, request.id));
      },
    )
    .finally(() => lines.push(null));
  return reply.type(progressType).send(lines);
}

const unexpected = { status: 500, title: 'Something went wrong on our side', detail: 'Send the same file again.' };

function refused(code: RefusalCode, message: string, details?: Readonly<Record<string, unknown>>): HttpProblem {
  return refusalProblem(refuseWith(code, message, details).refusal, statusOf(code));
}
