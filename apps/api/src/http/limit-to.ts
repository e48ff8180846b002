import { SetMetadata } from '@nestjs/common';

export const OWN_LIMIT = 'requests per minute';
/** A stricter limit for this route, which is open to all. */
export const LimitTo = (requestsPerMinute: number): MethodDecorator => SetMetadata(OWN_LIMIT, requestsPerMinute);
