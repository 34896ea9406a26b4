/** What was done to the audit that nobody may do; the first of it in the order of checkpoints and chains. */
export type Fault =
  /** Records that were there are gone, from one sequence to another. */
  | (InChain & { readonly what: 'removed'; readonly to: number; readonly newest: boolean })
  /** All records of a chain are gone. */
  | (InChain & { readonly what: 'chain_removed' })
  /** A record does not say what it said; up to `to` where it cannot be told which. */
  | (InChain & { readonly what: 'altered'; readonly to: number })
  /** A record that was never written by `append`. */
  | (InChain & { readonly what: 'inserted' })
  /** A record stands where another stood; `from` is its own place. */
  | (InChain & { readonly what: 'reordered'; readonly from: number })
  | { readonly what: 'checkpoint_removed'; readonly checkpoint: number }
  | { readonly what: 'checkpoint_altered'; readonly checkpoint: number; readonly why: string };

interface InChain {
  readonly chainId: string;
  /** Of the record; the first one where there are several. */
  readonly sequence: number;
}

/** A fault in one sentence. */
export function faultText(fault: Fault): string {
  if ('checkpoint' in fault) {
    const gone = fault.what === 'checkpoint_removed';
    return `checkpoint ${fault.checkpoint} ${gone ? 'was removed' : `was altered: ${fault.why}`}`;
  }
  const { sequence, chainId } = fault;
  const many = (to: number) => (to === sequence ? `record ${sequence}` : `records ${sequence} to ${to}`);
  const of = `of chain ${chainId}`;
  switch (fault.what) {
    case 'removed':
      return `${many(fault.to)} ${of} ${fault.newest ? 'are cut off: the newest ones' : 'were removed'}`;
    case 'chain_removed':
      return `chain ${chainId} was removed, with its ${sequence} records`;
    case 'altered':
      return fault.to === sequence
        ? `record ${sequence} ${of} was altered`
        : `among ${many(fault.to)} ${of} one or more were altered, and hashed anew`;
    case 'inserted':
      return `record ${sequence} ${of} was inserted`;
    case 'reordered':
      return `record ${sequence} ${of} stood at ${fault.from}`;
  }
}
