import type { OverlayAnswer, OverlayRow, PublishOverlay } from '#contracts';
import type { RuleOverlay } from '#domain';
import { ProblemException } from '#platform';
import type { StoredOverlay, Transaction } from '#storage';
import { AuditStore, RecomputeStore, RulebookStore } from '#storage';
import { CORRECTION_REACH_MS } from '#tracking';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiOptions } from '../api-options.js';
import { API_OPTIONS } from '../api-options.js';
import type { Person } from '../auth/person.js';
import { PersonalRecord, notFound } from '../personal-record.js';
import { compiledDraft, signedOverlay } from './overlay-draft.js';

@Injectable()
export class OverlaysService {
  private readonly rulebooks = new RulebookStore();
  private readonly recomputes = new RecomputeStore();
  private readonly audit = new AuditStore();

  constructor(
    @Inject(PersonalRecord) private readonly record: PersonalRecord,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  async list(person: Person): Promise<OverlayRow[]> {
    const { tenantId } = person;
    const stored = await this.record.as(person, (transaction) => this.rulebooks.listOverlays(transaction, tenantId));
    return stored.map(overlayView);
  }

  /** The overlay, the request to judge orders again and the audit row are one transaction. The same again changes nothing. */
  publish(person: Person, sent: PublishOverlay): Promise<OverlayAnswer> {
    const { tenantId, name } = person;
    const signedAt = new Date(this.options.clock.now()).toISOString();
    const overlay = signedOverlay(sent, { tenantId, signedBy: name, signedAt });
    return this.record.as(person, async (transaction) => {
      await this.rulebooks.lockOverlays(transaction, tenantId);
      const known = await this.rulebooks.findOverlay(transaction, tenantId, overlay.overlayId);
      if (known) return { changed: false, overlay: overlayView(sameOrConflict(known, overlay)) };
      const inForce = (await this.rulebooks.overlays(transaction, [tenantId])).get(tenantId) ?? [];
      compiledDraft(this.options.rulebooks, inForce, { overlay });
      await this.rulebooks.addOverlay(transaction, overlay);
      await this.judgeAgain(transaction, overlay, 'published');
      await this.note(transaction, person, 'overlay.publish', overlay, overlay.reason);
      return { changed: true, overlay: overlayView({ overlay, withdrawnBy: null, withdrawnAt: null }) };
    });
  }

  /** From now on no order is judged by it; those that were are judged again. It stays on record with the date. */
  withdraw(person: Person, overlayId: string, reason: string): Promise<OverlayAnswer> {
    const { tenantId, name } = person;
    return this.record.as(person, async (transaction) => {
      await this.rulebooks.lockOverlays(transaction, tenantId);
      const known = await this.rulebooks.findOverlay(transaction, tenantId, overlayId);
      if (!known) throw notFound('overlay');
      if (known.withdrawnAt) return { changed: false, overlay: overlayView(known) };
      const now = this.options.clock.now();
      await this.rulebooks.withdrawOverlay(transaction, { tenantId, overlayId }, name, now);
      await this.judgeAgain(transaction, known.overlay, 'withdrawn');
      await this.note(transaction, person, 'overlay.withdraw', known.overlay, reason);
      const withdrawn = { ...known, withdrawnBy: name, withdrawnAt: new Date(now).toISOString() };
      return { changed: true, overlay: overlayView(withdrawn) };
    });
  }

  /** Orders of the rule's platform with an open deadline, and those placed within the reach: another clock may open one anew. */
  private async judgeAgain(transaction: Transaction, overlay: RuleOverlay, what: string): Promise<void> {
    const { tenantId, overlayId, ruleId, sellerId } = overlay;
    const platform = this.options.rulebooks.base.rule(ruleId)?.document.platform;
    const since = this.options.clock.now() - CORRECTION_REACH_MS;
    const scope = { sellerId, platform: platform === '*' ? undefined : platform, since };
    await this.recomputes.request(transaction, { tenantId, cause: `overlay ${overlayId} ${what}`, scope });
  }

  private note(
    transaction: Transaction,
    { tenantId, name }: Person,
    action: string,
    overlay: RuleOverlay,
    reason: string,
  ): Promise<void> {
    const subject = `rule/${overlay.ruleId}/overlay/${overlay.overlayId}`;
    return this.audit.add(transaction, { tenantId, actor: name, action, subject, after: overlay, reason });
  }
}

/** What was signed stays as it was signed: another text, or one that was taken back, needs an id of its own. */
function sameOrConflict(known: StoredOverlay, sent: RuleOverlay): StoredOverlay {
  if (known.withdrawnAt === null && saidBy(known.overlay) === saidBy(sent)) return known;
  const state = known.withdrawnAt === null ? 'says something else' : 'was withdrawn';
  const detail = `The overlay ${sent.overlayId} ${state}; publish under another id.`;
  throw new ProblemException(409, 'overlay-exists', detail, { errors: [{ pointer: '/overlayId', detail }] });
}

/** PostgreSQL's jsonb sorts keys, so both are put into one order. */
function saidBy({ signedBy: _by, signedAt: _at, ...said }: RuleOverlay): string {
  return JSON.stringify(said, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function overlayView({ overlay, withdrawnBy, withdrawnAt }: StoredOverlay): OverlayRow {
  const { tenantId: _tenantId, patch, ...rest } = overlay;
  return { ...rest, patch: { ...patch }, withdrawnBy, withdrawnAt };
}
