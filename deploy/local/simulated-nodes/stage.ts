/** KWOK's stages, as far as they are used here. */

/** What KWOK does to an object that is as described; `key` and `expressionFrom` are jq, `template` is Go's. */
export interface Stage {
  readonly apiVersion: 'kwok.x-k8s.io/v1alpha1';
  readonly kind: 'Stage';
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly resourceRef: { readonly apiGroup: 'v1'; readonly kind: 'Pod' | 'Node' };
    readonly selector: {
      readonly matchExpressions: readonly {
        readonly key: string;
        readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
        readonly values?: readonly string[];
      }[];
    };
    readonly delay?: {
      readonly durationMilliseconds: number;
      readonly durationFrom?: { readonly expressionFrom: string };
    };
    readonly next: {
      readonly delete?: true;
      readonly patches?: readonly { readonly subresource: 'status'; readonly template: string }[];
    };
  };
}
