export function median(values) {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies, interpolated. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = Math.floor(place);
  const high = Math.ceil(place);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - low);
}

/** The bounds that hold the median of what was drawn from with 95 % confidence, whatever its distribution: two of the values themselves. */
export function medianInterval(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const low = Math.floor((sorted.length - 1.96 * Math.sqrt(sorted.length)) / 2);
  return [sorted[Math.max(0, low - 1)], sorted[Math.min(sorted.length - 1, sorted.length - low)]];
}

export function shuffle(values) {
  const shuffled = [...values];
  for (let index = shuffled.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1));
    [shuffled[index], shuffled[other]] = [shuffled[other], shuffled[index]];
  }
  return shuffled;
}
