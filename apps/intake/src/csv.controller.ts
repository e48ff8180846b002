import { Controller, HttpCode, Inject, Post, Req, Res, UseInterceptors } from '@nestjs/common';
import { FileFieldsInterceptor } from '@nestjs/platform-express';
import type { Response } from 'express';
import { parse as parseYaml } from 'yaml';
import type { CsvEntry, CsvMapping, Fault } from '#contracts';
import { fail, mediaType, parseMapping, readCsv } from '#contracts';
import type { Answer } from './answer.js';
import { listAnswer, problemAnswer, sendAnswer } from './answer.js';
import { FairTurns } from './fair-turns.js';
import type { IncomingItem, Intake } from './intake.service.js';
import { IntakeService } from './intake.service.js';
import { DescribeCsv } from './openapi.js';
import { CSV_LIMIT, FILE, rawBody } from './raw-body.js';
import { RequestDesk } from './request-desk.js';
import type { IntakeRequest, Sender } from './sender.js';
import { traceOf } from './trace.js';

/** A shop's own export as it is, with the mapping that says which column becomes which field. */
@Controller('v1/csv')
export class CsvController {
  constructor(
    @Inject(RequestDesk) private readonly desk: RequestDesk,
    @Inject(IntakeService) private readonly intake: IntakeService,
    @Inject(FairTurns) private readonly turns: FairTurns,
  ) {}

  @Post()
  @HttpCode(202)
  @UseInterceptors(Multipart())
  @DescribeCsv()
  async csv(@Req() request: IntakeRequest, @Res() response: Response): Promise<void> {
    const parts = partsOf(request, await rawBody(request, response, FILE));
    const sender = request.sender!;
    request.rawBody = Buffer.concat([Buffer.from(parts?.map ?? ''), parts?.file ?? Buffer.alloc(0)]);
    sendAnswer(response, await this.desk.once(request, sender, () => this.take(request, parts)));
  }

  private async take(request: IntakeRequest, parts: Parts | undefined): Promise<Answer> {
    if (!parts)
      return problemAnswer(
        415,
        'content-type-unsupported',
        'Send text/csv with ?map=, or multipart/form-data with map and file.',
      );
    const mapping = readMapping(parts.map);
    if (!mapping.ok)
      return problemAnswer(422, 'mapping-invalid', 'The mapping cannot be used.', { errors: mapping.faults });
    const sender = request.sender!;
    const items = await itemsOf(this.inTurns(sender, parts.file), mapping.mapping);
    const limited = this.desk.tooMany(sender, items.length);
    if (limited) return limited;
    const intake: Intake = { sender, channel: 'csv', trace: traceOf(request.headers), contentType: 'text/csv' };
    return listAnswer(await this.intake.take(intake, items));
  }

  private async *inTurns({ identity }: Sender, file: Buffer): AsyncGenerator<Buffer> {
    for (let at = 0; at < file.length; at += PIECE_BYTES) {
      if (at > 0) await this.turns.next(identity.tenantId);
      yield file.subarray(at, at + PIECE_BYTES);
    }
  }
}

/** Bytes of a file read in one turn: some dozens of rows. */
const PIECE_BYTES = 4_096;

function Multipart(): ReturnType<typeof FileFieldsInterceptor> {
  const fields = [
    { name: 'map', maxCount: 1 },
    { name: 'file', maxCount: 1 },
  ];
  return FileFieldsInterceptor(fields, {
    limits: { fileSize: CSV_LIMIT, fieldSize: 65_536, files: 2, fields: 2, parts: 4 },
  });
}

interface Parts {
  readonly map: string;
  readonly file: Buffer;
}

/** What multer keeps of a part, with its memory storage. */
interface UploadedPart {
  readonly buffer: Buffer;
}

/** Multipart: `map` as a field or a file, `file`. Raw: the body, and the mapping in `?map=`. */
function partsOf(request: IntakeRequest, body: Buffer): Parts | undefined {
  const type = mediaType(request.headers['content-type'] ?? '').essence;
  if (type === 'text/csv') return { map: String(request.query['map'] ?? ''), file: body };
  if (type !== 'multipart/form-data') return undefined;
  const { files } = request as { files?: Record<string, UploadedPart[]> };
  const field = (request.body as Record<string, unknown> | undefined)?.['map'];
  const map = files?.['map']?.[0]?.buffer.toString('utf8') ?? (typeof field === 'string' ? field : '');
  return { map, file: files?.['file']?.[0]?.buffer ?? Buffer.alloc(0) };
}

function readMapping(text: string): { ok: true; mapping: CsvMapping } | { ok: false; faults: Fault[] } {
  try {
    return parseMapping(parseYaml(text, { maxAliasCount: 0 }));
  } catch (error) {
    return fail('', 'not-yaml', { reason: (error as Error).message.slice(0, 200) });
  }
}

async function itemsOf(pieces: AsyncIterable<Buffer>, mapping: CsvMapping): Promise<IncomingItem[]> {
  const items: IncomingItem[] = [];
  for await (const entry of readCsv(pieces, mapping)) items.push(...entryItems(entry));
  return items;
}

function entryItems({ line, raw, result }: CsvEntry): IncomingItem[] {
  const bytes = (): Buffer => Buffer.from(raw);
  if (!result.ok) return [{ envelope: undefined, raw: bytes, faults: result.faults, line }];
  return result.events.map((event) => ({ envelope: event, raw: bytes, isMade: true, line }));
}
