/**
 * Gives the path and query of a request target (RFC 9112, 3.2): of `/path?query` and of `http://host/path?query`. Undefined for
 * `*`, for other schemes, and where the host's router could read another path than we do.
 */
export function originForm(target: string): string | undefined {
  // Express takes a "#" for the end of the path, and with it a "\" for a "/"; a path may have neither (RFC 3986, 3.3).
  if (target.startsWith('/')) return target.includes('#') ? undefined : target;
  const parts = absoluteForm.exec(target);
  if (!parts) return undefined;
  const [, path = '/', query = ''] = parts;
  // Express reads a URL with `url.parse`, which encodes this sign.
  return path.replaceAll("'", '%27') + query;
}

// The host must not be empty (RFC 9110, 4.2.1). Signs that no host has would end it, to Express.
const absoluteForm = /^https?:\/\/(?:[\w.~!$&()*+,;=:%-]*@)?(?:[\w.-]+|\[[\da-f:.]+\])(?::\d*)?(\/[^?#]*)?(\?[^#]*)?$/i;

/** Gives the path of any request target, without the query and, of a URL, without the host and the password before it. */
export function pathOf(target: string): string {
  const mark = target.search(/[?#]/);
  const path = mark === -1 ? target : target.slice(0, mark);
  if (path.startsWith('/')) return path;
  return path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '') || '/';
}
