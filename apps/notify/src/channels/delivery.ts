/** How one attempt ended. `outcome` is short and stable: it is a metric label and stays in the record. */
export type Delivery =
  | { readonly kind: 'sent'; readonly outcome: string; readonly detail?: string }
  /** Try again; not before `notBeforeMs` from now where the other side said so. */
  | { readonly kind: 'retry'; readonly outcome: string; readonly detail?: string; readonly notBeforeMs?: number }
  /** Trying the same again cannot help. */
  | { readonly kind: 'failed'; readonly outcome: string; readonly detail?: string }
  /** The address is gone for good: nothing may be sent to it any more. */
  | { readonly kind: 'gone'; readonly outcome: string; readonly detail?: string };
