/** Makes request ids that are unique among processes, without a random number for each. */
export function createRequestIds(): () => string {
  const random = Math.floor(Math.random() * 36 ** 6);
  const prefix = `${Date.now().toString(36)}${random.toString(36).padStart(6, '0')}`;
  let count = 0;
  return () => `${prefix}-${++count}`;
}
