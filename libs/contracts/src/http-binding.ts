// CloudEvents HTTP binding 1.0.2: a request to the envelopes it carries. Three content modes, and plain JSON for people.
import type { Envelope } from './cloud-event.js';
import type { Fault, Wrong } from './fault.js';
import { fail, faultAt, wrong } from './fault.js';
import type { JsonLimits } from './json.js';
import { JSON_LIMITS, parseJson } from './json.js';
import type { MediaType } from './media-type.js';
import { CLOUDEVENTS_BATCH, CLOUDEVENTS_JSON, isJson, isUtf8Charset, mediaType } from './media-type.js';

/** Header names and values in the order received, duplicates included (Node's `req.rawHeaders`, in pairs). */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/**
 * `many` tells a list (also of one) from a single event. `items` are still unchecked: envelopes, or for `plain` whatever objects the person sent. A failure with
 * `unsupported: true` is about the content type (HTTP 415), any other about the content (HTTP 400).
 */
export type HttpEvents =
  | { ok: true; mode: 'structured' | 'binary' | 'batch' | 'plain'; many: boolean; items: unknown[] }
  | { ok: false; faults: Fault[]; unsupported?: true };

/** Reads a request body by its content type and `ce-` headers. An array in plain JSON is a batch of plain items. */
export function readHttpEvents(headers: HeaderList, body: Uint8Array, limits: JsonLimits = JSON_LIMITS): HttpEvents {
  const repeated = repeatedHeader(headers);
  if (repeated) return fail('', 'header-twice', { header: repeated });
  const type = mediaType(headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '');
  const unreadable = unsupported(type);
  if (unreadable) return { ok: false, faults: [faultAt('', unreadable)], unsupported: true };

  const json = parseJson(body, limits);
  if (type.essence === CLOUDEVENTS_JSON)
    return json.ok ? { ok: true, mode: 'structured', many: false, items: [json.value] } : json;
  if (type.essence === CLOUDEVENTS_BATCH) return batch(json);
  if (headers.some(([name]) => /^ce-specversion$/i.test(name))) return binary(headers, json);
  if (!json.ok) return json;
  const many = Array.isArray(json.value);
  return { ok: true, mode: 'plain', many, items: many ? (json.value as unknown[]) : [json.value] };
}

function repeatedHeader(headers: HeaderList): string | undefined {
  const names = headers.map(([name]) => name.toLowerCase()).filter((name) => /^(ce-|content-type$)/.test(name));
  return names.find((name, index) => names.indexOf(name) !== index);
}

function unsupported(type: MediaType): Wrong | undefined {
  if (!isUtf8Charset(type)) return wrong('charset', { charset: type.charset ?? '' });
  if (isJson(type) && (!type.essence.startsWith('application/cloudevents') || isCloudEvents(type))) return undefined;
  return wrong('content-type', { types: `${CLOUDEVENTS_JSON}, ${CLOUDEVENTS_BATCH}, application/json` });
}

function isCloudEvents({ essence }: MediaType): boolean {
  return essence === CLOUDEVENTS_JSON || essence === CLOUDEVENTS_BATCH;
}

function batch(json: ReturnType<typeof parseJson>): HttpEvents {
  if (!json.ok) return json;
  if (!Array.isArray(json.value)) return fail('', 'not-an-array');
  return { ok: true, mode: 'batch', many: true, items: json.value };
}

function binary(headers: HeaderList, json: ReturnType<typeof parseJson>): HttpEvents {
  const faults = json.ok ? [] : json.faults.map((fault) => ({ ...fault, pointer: `/data${fault.pointer}` }));
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of headers.map(([each, text]) => [each.toLowerCase(), text] as const)) {
    if (name === 'content-type') attributes['datacontenttype'] = value;
    if (!name.startsWith('ce-')) continue;
    const decoded = decodeHeader(value);
    if (decoded === undefined) faults.push(faultAt(`/${name.slice(3)}`, wrong('header-encoding')));
    else attributes[name.slice(3)] = decoded;
  }
  if (!json.ok || faults.length > 0) return { ok: false, faults };
  const envelope: Envelope = { ...attributes, data: json.value };
  return { ok: true, mode: 'binary', many: false, items: [envelope] };
}

/** Section 3.1.3.2: unquote, then percent-decode. Undefined where the bytes are not ASCII or do not decode to UTF-8. */
function decodeHeader(value: string): string | undefined {
  const quoted = /^"(.*)"$/s.exec(value)?.[1]?.replaceAll(/\\(.)/gs, '$1');
  const text = quoted ?? value;
  if (!/^[\x20-\x7e]*$/.test(text)) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
