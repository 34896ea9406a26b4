/**
 * Spreads an amount over things by their weights, but gives none more than a cap; what the capped ones leave goes to
 * the others. Gives the amounts in the order of the weights, and what could not be placed.
 */
export function fillUpTo(
  cap: number,
  amount: number,
  weights: readonly number[],
): { readonly amounts: readonly number[]; readonly left: number } {
  const amounts = weights.map(() => 0);
  let left = amount;
  let open = weights.map((_, index) => index).filter((index) => (weights[index] ?? 0) > 0);
  while (left > 1e-9 * amount && open.length > 0) {
    const total = open.reduce((sum, index) => sum + (weights[index] ?? 0), 0);
    const round = left;
    for (const index of open) {
      const before = amounts[index] ?? 0;
      const share = Math.min(cap - before, (round * (weights[index] ?? 0)) / total);
      amounts[index] = before + share;
      left -= share;
    }
    open = open.filter((index) => (amounts[index] ?? 0) < cap * (1 - 1e-9));
  }
  return { amounts, left: Math.max(0, left) };
}
