import { changeEvent } from '#contracts';
import type { MessageEvent } from '@nestjs/common';
import { Headers, Inject, Sse } from '@nestjs/common';
import { Described } from '#platform';
import type { Observable } from 'rxjs';
import type { Person } from '../auth/person.js';
import { CurrentPerson } from '../auth/person.js';
import { ApiResource } from '../http/api-resource.js';
import { ChangeHub } from './change-hub.js';

@ApiResource('changes', 'v1/changes')
export class ChangesController {
  constructor(@Inject(ChangeHub) private readonly hub: ChangeHub) {}

  @Sse()
  @Described(
    ({ ApiOperation }) =>
      ApiOperation({
        summary: 'Live changes as server-sent events.',
        description:
          'Events `change` carry a decision, `many` says that more happened than is worth listing, `clock` carries the server time every 15 s. The stream ends with its key or session. Delivery is at least once: after a reconnect an id may come again.',
      }),
    ({ ApiHeader }) =>
      ApiHeader({ name: 'Last-Event-ID', required: false, description: 'go on after this decision id' }),
    ({ ApiProduces }) => ApiProduces('text/event-stream'),
    ({ ApiResponse }) =>
      ApiResponse({ status: 200, description: 'the data of one `change` event', standardSchema: changeEvent }),
  )
  follow(
    @CurrentPerson() person: Person,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): Observable<MessageEvent> {
    return this.hub.follow(person, lastEventId);
  }
}
