import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { BadSecret, secretKey, signedHeaders } from './webhook-signature.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek';

describe('webhook signature', () => {
  it('is that of the published vector', () => {
    expect(signedHeaders(SECRET, ID, 1_614_265_330_999, '{"test": 2432232314}')).toEqual({
      'webhook-id': ID,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('satisfies the independent verifier, for any text', () => {
    const body = JSON.stringify({ order: '订单 é \u2028', n: 1 });
    const headers = signedHeaders(SECRET, ID, Date.now(), body);
    expect(new Webhook(SECRET).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(SECRET).verify(`${body} `, headers)).toThrow();
  });

  it('takes secrets of 24 to 64 bytes only', () => {
    const secret = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
    expect(secretKey(secret(24))).toHaveLength(24);
    expect(secretKey(secret(64))).toHaveLength(64);
    for (const bad of ['', 'plain', SECRET.slice(6), 'whsec_', 'whsec_???', secret(23), secret(65)]) {
      expect(() => secretKey(bad)).toThrow(BadSecret);
    }
  });
});
