export { dataOf } from './arbitrary-data.ts';
