// What takes a miss back, compiled: an event with a limit of its own.
import type { Reversal } from '../rule.js';
import { compileClock } from './clock.js';
import type { CompiledReversal } from './compiled.js';
import { compileCondition } from './condition.js';
import type { Reporter } from './reporter.js';
import { compileEvent } from './satisfaction.js';
import type { Scope } from './scope.js';

export function compileReversal(spec: Reversal, scope: Scope, at: Reporter): CompiledReversal {
  return {
    spec,
    when: compileCondition(spec.when, scope.document.marketZone, at.at('when')),
    by: compileClock(spec.by, scope, at.at('by')),
    test: compileEvent({ event: spec.event, valid: spec.valid }, at),
  };
}
