/** Finds the known word nearest to a mistyped one, for `unknown option "stor" (did you mean "store"?)`. Undefined if none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  // One change at most in a short word: two make another word.
  let least = Math.max(word.length < 5 ? 1 : 2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), least);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Gives ` (did you mean "store"?)`, or an empty text. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const guess = nearest(word, known);
  return guess === undefined ? '' : ` (did you mean "${guess}"?)`;
}

/** Counts the letters to insert, to leave out, to change and to swap with their neighbour; at most `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    let left = i;
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      left = Math.min(change, (row[j] ?? 0) + 1, left + 1, isSwap ? (before[j - 2] ?? 0) + 1 : limit);
      next.push(left);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
