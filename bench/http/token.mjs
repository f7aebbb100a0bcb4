import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

export const secret = Buffer.from('a secret that is only good for measuring things');
export const key = createSecretKey(secret);
export const neededScope = 'users';

const claims = { sub: '7', scope: 'users orders', exp: 4_102_444_800 };
const header = { alg: 'HS256', typ: 'JWT' };

export const goodToken = sign(claims, key);
export const foreignToken = sign(claims, createSecretKey(Buffer.from('another secret, which no server knows at all')));
export const weakToken = sign({ ...claims, scope: 'orders' }, key);

/** Checks an HS256 token by hand; `undefined` when it is not ours or too old. */
export function verify(token) {
  const end = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  const wanted = createHmac('sha256', key).update(token.slice(0, end)).digest();
  if (signature.length !== wanted.length || !timingSafeEqual(signature, wanted)) return undefined;
  const [head, payload] = token.split('.');
  if (decode(head)?.alg !== 'HS256') return undefined;
  const found = decode(payload);
  return found && found.exp > Date.now() / 1000 ? found : undefined;
}

/** Remembers verified tokens; their age is checked at every use. */
export function remember(check) {
  const known = new Map();
  return (token) => {
    const claims = known.get(token);
    if (claims && claims.exp > Date.now() / 1000) return claims;
    const fresh = check(token);
    if (!fresh) return undefined;
    if (known.size >= 10_000) known.clear();
    known.set(token, fresh);
    return fresh;
  };
}

/** The token of an `Authorization` field, or `undefined`. */
export function bearer(authorization) {
  return authorization?.startsWith('Bearer ') ? authorization.slice(7) : undefined;
}

export function hasScope(claims) {
  return claims.scope.split(' ').includes(neededScope);
}

function sign(payload, key) {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text) {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}
