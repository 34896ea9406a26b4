export { schemaRegistry } from './service.ts';
