import { useGroups } from '../api/queries.ts';

export interface FilterChoices {
  platform: string[];
  warehouse: string[];
  seller: string[];
  currency: string[];
}

/** What the filters can be set to: whatever has open deadlines. */
export function useFilterChoices(): FilterChoices {
  const platform = useGroups('platform').data?.rows ?? [];
  const warehouse = useGroups('warehouse').data?.rows ?? [];
  const seller = useGroups('seller').data?.rows ?? [];
  return {
    platform: names(platform.map(({ group }) => group)),
    warehouse: names(warehouse.map(({ group }) => group)),
    seller: names(seller.map(({ group }) => group)),
    currency: names(platform.map(({ currency }) => currency)),
  };
}

function names(values: readonly (string | null)[]): string[] {
  return [...new Set(values.filter((value) => value !== null))].sort();
}
