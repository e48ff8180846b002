// Which order is open. It is in the address (`?order=…`): notices link there, a colleague can be sent it, and "back" closes it.
import { useEffect, useState } from 'react';

const PARAMETER = 'order';

function orderInAddress(): string | undefined {
  return new URLSearchParams(location.search).get(PARAMETER) ?? undefined;
}

export function useOpenOrder(): [string | undefined, (orderId: string | undefined) => void] {
  const [orderId, setOrderId] = useState(orderInAddress);
  useEffect(() => {
    const followAddress = (): void => setOrderId(orderInAddress());
    addEventListener('popstate', followAddress);
    return () => removeEventListener('popstate', followAddress);
  }, []);
  const open = (next: string | undefined): void => {
    const url = new URL(location.href);
    if (next === undefined) url.searchParams.delete(PARAMETER);
    else url.searchParams.set(PARAMETER, next);
    // One step back from the queue, however many orders were looked at.
    if (orderId === undefined) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
    setOrderId(next);
  };
  return [orderId, open];
}
