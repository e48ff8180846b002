import { describe, expect, it } from '@jest/globals';
import { heldEvent } from './held-event.js';

const EVENT = { specversion: '1.0', id: 'a' };
const raw = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('heldEvent', () => {
  it('is what came, whatever the request around it was called', () => {
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    expect(heldEvent({ channel: 'http', raw: raw(EVENT), headers })).toEqual(EVENT);
  });

  it('is what intake made of what came, but never a header that a producer wrote to the log', () => {
    const headers = { event: JSON.stringify(EVENT) };
    expect(heldEvent({ channel: 'csv', raw: Buffer.from('a,b'), headers })).toEqual(EVENT);
    expect(heldEvent({ channel: 'log', raw: Buffer.from('a,b'), headers })).toBeUndefined();
  });

  it('is read from a record of the log in both modes', () => {
    const headers = { ce_specversion: '1.0', ce_id: 'a', 'content-type': 'application/json' };
    expect(heldEvent({ channel: 'log', raw: raw(EVENT), headers: {} })).toEqual(EVENT);
    expect(heldEvent({ channel: 'log', raw: raw({ n: 1 }), headers })).toMatchObject({ ...EVENT, data: { n: 1 } });
  });

  it.each([
    ['nothing', null],
    ['no JSON', Buffer.from('{"half":')],
    ['no object', raw(7)],
    ['no CloudEvent', raw({ object: 'Tracker' })],
  ])('is undefined where there is %s', (_, value) => {
    for (const channel of ['log', 'http']) expect(heldEvent({ channel, raw: value, headers: {} })).toBeUndefined();
  });
});
