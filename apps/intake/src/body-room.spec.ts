import { describe, expect, it } from '@jest/globals';
import { BodyRoom } from './body-room.js';

describe('the room for bodies', () => {
  it('is a share of each tenant and one for all, and is given back', () => {
    const room = new BodyRoom({ all: 10, ofTenant: 6 });
    expect([room.enter('a', 4), room.enter('a', 3), room.enter('a', 2)]).toEqual([undefined, 'tenant', undefined]);
    expect([room.enter('b', 5), room.enter('b', 4)]).toEqual(['all', undefined]);
    room.leave('a', 4);
    expect([room.enter('b', 3), room.enter('c', 5), room.enter('c', 4)]).toEqual(['tenant', 'all', undefined]);
  });

  it('is there for one body of any size where nothing else is', () => {
    const room = new BodyRoom({ all: 10, ofTenant: 6 });
    expect([room.enter('a', 50), room.enter('a', 1), room.enter('b', 1)]).toEqual([undefined, 'tenant', 'all']);
    room.leave('a', 50);
    expect([room.enter('b', 1), room.enter('a', 6)]).toEqual([undefined, undefined]);
  });
});
