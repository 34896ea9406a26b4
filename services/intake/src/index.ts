export { intake } from './service.ts';
