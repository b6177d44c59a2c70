/**
 * How an event stands on this kernel. `silent`: its hook is attached, and an act that should have reached it
 * did not.
 */
export type Standing =
  { readonly is: 'served' } | { readonly is: 'silent' | 'unserved'; readonly reason: string };
