import type { Effect } from '#domain';

/** An effect as it goes out. */
export function effectView({ kind, values }: Effect): {
  kind: string;
  values: Record<string, string | number | boolean>;
} {
  return { kind, values: { ...values } };
}
