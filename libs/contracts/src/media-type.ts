// Content types as far as the bindings need them: the essence in lower case and the charset.
import { remembered } from './remembered.js';

export interface MediaType {
  /** `application/json`, lower case, without parameters. */
  readonly essence: string;
  readonly charset?: string;
}

/** `APPLICATION/JSON; Charset="UTF-8"` to `{ essence: 'application/json', charset: 'utf-8' }`. */
export const mediaType = remembered((text): MediaType => {
  const [essence = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return charset ? { essence, charset: charset.slice('charset='.length).replaceAll('"', '') } : { essence };
});

export function isUtf8Charset({ charset }: MediaType): boolean {
  return charset === undefined || charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii';
}

export function isJson({ essence }: MediaType): boolean {
  return /^application\/([a-z0-9.+-]+\+)?json$/.test(essence);
}

export const CLOUDEVENTS_JSON = 'application/cloudevents+json';
export const CLOUDEVENTS_BATCH = 'application/cloudevents-batch+json';
