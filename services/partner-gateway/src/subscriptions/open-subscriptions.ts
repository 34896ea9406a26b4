import type { Queryable } from '@vienuviet/event-bus';

export interface OpenSubscription {
  readonly registrationNumber: string;
  readonly holderId: string;
  readonly certificateName: string;
}

const READ = `
  select registration_number, holder_id, certificate_name
    from subscriptions.subscription where ended_at is null order by registration_number`;

/** The subscriptions that are open, as far as the projection has come. */
export async function openSubscriptions(db: Queryable): Promise<OpenSubscription[]> {
  const { rows } = await db.query<{ registration_number: string; holder_id: string; certificate_name: string }>(READ);
  return rows.map((row) => ({
    registrationNumber: row.registration_number,
    holderId: row.holder_id,
    certificateName: row.certificate_name,
  }));
}
