import { memberOf, unescapePointer } from '../base/json-pointer.js';
import { eachSubschema, isNode, type SchemaNode } from './keywords.js';

/** Schema with an identity of its own: a document's root, or one that carries an `$id`. */
export interface Resource {
  readonly number: number;
  readonly uri: string;
  readonly root: SchemaNode;
  readonly documentRoot: SchemaNode;
  /** The resources of the same document by URI, itself among them. */
  readonly siblings: ReadonlyMap<string, Resource>;
  /** Draft 7 and before: keywords beside a `$ref` do not count. */
  readonly isLegacy: boolean;
  readonly anchors: Map<string, SchemaNode>;
  readonly dynamicAnchors: Map<string, SchemaNode>;
}

/** Schema that stands on its own, with all resources in it. */
export interface SchemaDocument {
  readonly resources: ReadonlyMap<string, Resource>;
  readonly resource: Resource;
}

/** Schema, and the resource in which its own references are read. */
export interface Target {
  readonly schema: unknown;
  readonly resource: Resource;
}

export interface References {
  documentOf(root: SchemaNode): SchemaDocument;
  /** Finds the target of a `$ref`, or undefined. */
  resolve(reference: string, from: Resource): Target | undefined;
  /** Returns the resource that a node opens by its `$id` inside another resource, or that resource where it opens none. */
  opened(node: SchemaNode, inside: Resource): Resource;
}

// A base for schemas without an $id: a hierarchical one, because nested relative $ids must resolve against it.
const base = 'fusio://schema/';

/**
 * Finds schemas by `$ref`: JSON pointers, anchors, `$id`s, and the named schemas of one fusio instance.
 * Documents are indexed when the first reference in them is met. `documents` are further ones by URI, for the conformance test.
 */
export function createReferences(
  named: ReadonlyMap<string, SchemaNode>,
  documents: ReadonlyMap<string, SchemaNode> = new Map(),
): References {
  const indexed = new WeakMap<SchemaNode, SchemaDocument>();
  let count = 0;

  function documentOf(root: SchemaNode): SchemaDocument {
    return documentAt(base, root);
  }

  function resolve(reference: string, from: Resource): Target | undefined {
    const hash = reference.indexOf('#');
    const path = hash < 0 ? reference : reference.slice(0, hash);
    const fragment = hash < 0 ? '' : decode(reference.slice(hash + 1));
    if (fragment === undefined) return undefined;
    const resource = path === '' ? from : find(path, from);
    return (resource && findFragment(resource, fragment)) ?? (path === '' ? findComponent(fragment) : undefined);
  }

  function find(path: string, from: Resource): Resource | undefined {
    const uri = join(path, from.uri);
    const own = from.siblings.get(uri);
    if (own) return own;
    const byName = named.get(path) ?? (uri.startsWith(base) ? named.get(uri.slice(base.length)) : undefined);
    if (byName) return documentOf(byName).resource;
    for (const root of named.values()) {
      const found = documentOf(root).resources.get(uri);
      if (found) return found;
    }
    return findDocument(uri);
  }

  function findDocument(uri: string): Resource | undefined {
    for (const [at, root] of documents) {
      const found = documentAt(at, root).resources.get(uri);
      if (found) return found;
    }
    return undefined;
  }

  function documentAt(uri: string, root: SchemaNode): SchemaDocument {
    let document = indexed.get(root);
    if (!document) {
      document = indexDocument(root, uri, () => count++);
      indexed.set(root, document);
    }
    return document;
  }

  /** Finds the named schema `Todo` by `#/components/schemas/Todo`, as OpenAPI refers to it. */
  function findComponent(fragment: string): Target | undefined {
    const [, name = '', rest = ''] = /^\/components\/schemas\/([^/]+)(.*)$/s.exec(fragment) ?? [];
    const root = named.get(unescapePointer(name));
    return root && findFragment(documentOf(root).resource, rest);
  }

  return { documentOf, resolve, opened: (node, inside) => openedResource(node, inside) ?? inside };
}

function indexDocument(root: SchemaNode, uri: string, nextNumber: () => number): SchemaDocument {
  const resources = new Map<string, Resource>();
  const seen = new Set<SchemaNode>();

  function open(node: SchemaNode, at: string, parent: Resource | undefined): Resource {
    const resource: Resource = {
      number: nextNumber(),
      uri: at,
      root: node,
      documentRoot: root,
      siblings: resources,
      isLegacy: typeof node.$schema === 'string' ? /draft-0[3-7]/.test(node.$schema) : (parent?.isLegacy ?? false),
      anchors: new Map(),
      dynamicAnchors: new Map(),
    };
    if (!resources.has(at)) resources.set(at, resource);
    return resource;
  }

  function visit(schema: unknown, inside: Resource): void {
    if (!isNode(schema) || seen.has(schema)) return;
    seen.add(schema);
    let resource = inside;
    const id = ownId(schema, inside);
    if (id?.startsWith('#')) inside.anchors.set(id.slice(1), schema);
    else if (id !== undefined && schema !== root) resource = open(schema, join(id, inside.uri), inside);
    if (typeof schema.$anchor === 'string') resource.anchors.set(schema.$anchor, schema);
    if (typeof schema.$dynamicAnchor === 'string') {
      resource.anchors.set(schema.$dynamicAnchor, schema);
      resource.dynamicAnchors.set(schema.$dynamicAnchor, schema);
    }
    // Draft 2019-09: the one anchor without a name.
    if (schema.$recursiveAnchor === true) resource.dynamicAnchors.set('', schema);
    eachSubschema(schema, (sub) => visit(sub, resource));
  }

  const id = typeof root.$id === 'string' && !root.$id.startsWith('#') ? root.$id : undefined;
  const resource = open(root, id === undefined ? uri : join(id, uri), undefined);
  resources.set(uri, resource);
  visit(root, resource);
  return { resources, resource };
}

function ownId(node: SchemaNode, inside: Resource): string | undefined {
  if (typeof node.$id !== 'string') return undefined;
  return inside.isLegacy && typeof node.$ref === 'string' ? undefined : node.$id;
}

function openedResource(node: SchemaNode, inside: Resource): Resource | undefined {
  if (node === inside.root || typeof node.$id !== 'string') return undefined;
  const found = inside.siblings.get(join(node.$id, inside.uri));
  return found?.root === node ? found : undefined;
}

function findFragment(resource: Resource, fragment: string): Target | undefined {
  if (fragment === '') return { schema: resource.root, resource };
  if (!fragment.startsWith('/')) {
    const schema = resource.anchors.get(fragment);
    return schema && { schema, resource };
  }
  let schema: unknown = resource.root;
  let inside = resource;
  for (const part of fragment.slice(1).split('/')) {
    schema = memberOf(schema, unescapePointer(part));
    if (isNode(schema)) inside = openedResource(schema, inside) ?? inside;
  }
  return isNode(schema) || typeof schema === 'boolean' ? { schema, resource: inside } : undefined;
}

function join(reference: string, uri: string): string {
  try {
    return new URL(reference, uri).href.replace(/#$/, '');
  } catch {
    return reference;
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
