import {
  IdentifierNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type SchemableIdentifierNode,
} from 'kysely';

/** Puts a prefix before every name of a table. Statements must not give tables another name (`job as j`): it would get the prefix as well. */
export class TablePrefix implements KyselyPlugin {
  readonly #transformer: Prefixer;

  constructor(prefix: string) {
    this.#transformer = new Prefixer(prefix);
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs) {
    return this.#transformer.transformNode(node, queryId);
  }

  async transformResult({ result }: PluginTransformResultArgs) {
    return result;
  }
}

class Prefixer extends OperationNodeTransformer {
  constructor(readonly prefix: string) {
    super();
  }

  protected override transformSchemableIdentifier(node: SchemableIdentifierNode): SchemableIdentifierNode {
    return { ...node, identifier: IdentifierNode.create(this.prefix + node.identifier.name) };
  }
}
