import type { OpenApiDocument, OpenApiOptions } from './openapi.js';

export interface Documents {
  get(options?: OpenApiOptions): OpenApiDocument;
  /** Forgets all: call it when something is registered. */
  clear(): void;
}

const most = 50;

/**
 * Keeps documents, because writing one takes longer than most operations do and anybody may ask. Callers with the same scopes
 * share one. What is handed out belongs to all: it must not be changed.
 */
export function createDocuments(make: (options: OpenApiOptions) => OpenApiDocument): Documents {
  const kept = new Map<string, OpenApiDocument>();
  return {
    get(options = {}) {
      const key = keyOf(options);
      const document = kept.get(key) ?? make(options);
      // The one that was asked for last comes last; the first is let go of.
      kept.delete(key);
      kept.set(key, document);
      if (kept.size > most) kept.delete(kept.keys().next().value!);
      return document;
    },
    clear: () => kept.clear(),
  };
}

function keyOf({ title, version, servers, as }: OpenApiOptions): string {
  const viewer = typeof as === 'object' ? [...(as.scopes ?? [])].sort() : as;
  return JSON.stringify([title, version, servers, viewer]);
}
