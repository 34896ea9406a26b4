import { defineService } from '@vienuviet/service';
import { facts } from './facts/projection.ts';
import { addReportRoutes } from './reports/routes.ts';

/** Service accounting: one row a countable service and one a case, and the reports made of them. */
export const reporting = defineService({
  name: 'reporting',
  title: 'Vienuviet: reporting',
  description:
    'Figures of the network from the events of its cases, each with its definition and what it is true up to.',
  projections: [facts],
  erasers: [],
  reactions: [],
  routes:
    ({ writer, clock }) =>
    (app) =>
      addReportRoutes(app, { pool: writer, clock }),
});
