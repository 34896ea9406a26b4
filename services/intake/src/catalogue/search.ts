import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { foldedText } from '../folded-text.ts';

const SEARCH = readFileSync(new URL('./sql/search.sql', import.meta.url), 'utf8');

/** Where a page starts: behind the entry with this title, folded, and id. */
export interface ServicePlace {
  readonly sortTitle: string;
  readonly serviceId: string;
}

export interface ServiceSearch {
  /** Words of which all begin a word of the entry; diacritics and case do not matter. */
  readonly words: string | undefined;
  readonly holderId: string | undefined;
  readonly withRetired: boolean;
  readonly behind: ServicePlace | undefined;
  readonly take: number;
}

const beginning: ServicePlace = { sortTitle: '', serviceId: '00000000-0000-0000-0000-000000000000' };

/** Ids of entries in the order of their titles, with the place of each. */
export async function searchServices(tx: pg.ClientBase, search: ServiceSearch): Promise<ServicePlace[]> {
  const { words, holderId = null, withRetired, behind = beginning, take } = search;
  const { rows } = await tx.query<{ service_id: string; sort_title: string }>({
    name: 'search_services',
    text: SEARCH,
    values: [prefixQuery(words), holderId, withRetired, behind.sortTitle, behind.serviceId, take],
  });
  return rows.map((row) => ({ serviceId: row.service_id, sortTitle: row.sort_title }));
}

/** `pabalsts bernam` → `pabalsts:* & bernam:*`; null when nothing is asked for. Folded words need no quoting. */
function prefixQuery(words: string | undefined): string | null {
  const folded = foldedText(words ?? '');
  return folded === ''
    ? null
    : folded
        .split(' ')
        .map((word) => `${word}:*`)
        .join(' & ');
}
