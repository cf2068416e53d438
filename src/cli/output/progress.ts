/** A transition while it lasts: one live line on a terminal, a line for each change on a pipe. */
import type { Holder, TransitionStatus } from '../../agent/protocol.ts';
import type { Terminal } from '../terminal.ts';
import { place, plain, truncate } from './text.ts';
import { formatMs } from './units.ts';

const REDRAW_MS = 100;

/** "transition 3 pending · oldest 14.2 s · GET /export · exportAll at export.js:31". */
export function progressLine(transition: TransitionStatus, cwd: string): string {
  const parts = [`transition ${transition.pending} pending${transition.reversed ? ', reversed' : ''}`, waits(transition)];
  const oldest = transition.holders[0];
  if (oldest !== undefined) parts.push(`oldest ${formatMs(oldest.ageMs)}`, plain(oldest.label), activation(oldest, cwd));
  return parts.filter((part) => part !== '').join(' · ');
}

/** What is left to be done where nothing is pending; empty where something is. */
export const waits = ({ waitsFor, reversed }: TransitionStatus): string =>
  waitsFor === undefined || reversed ? '' : 'waits for what old code made to go';

/** "exportAll at export.js:31". */
export function activation(holder: Holder, cwd: string): string {
  return plain(holder.function) + (holder.waitsAt === null ? '' : ` at ${place(holder.waitsAt, cwd)}`);
}

/** Equal for two reports between which only time has passed. */
export function progressKey(transition: TransitionStatus): string {
  const oldest = transition.holders[0];
  return JSON.stringify([
    transition.pending,
    waits(transition),
    transition.reversed,
    transition.direction,
    oldest?.task,
    oldest?.function,
    oldest?.waitsAt,
  ]);
}

/** The report as it reads `ms` later. */
export function later(transition: TransitionStatus, ms: number): TransitionStatus {
  return {
    ...transition,
    elapsedMs: transition.elapsedMs + ms,
    holders: transition.holders.map((holder) => ({ ...holder, ageMs: holder.ageMs + ms })),
  };
}

export interface ProgressView {
  update(transition: TransitionStatus): void;
  /** Removes the live line. Nothing is drawn afterwards. */
  end(): void;
}

export function progressView(terminal: Terminal, cwd: string): ProgressView {
  if (terminal.json) return { update: () => {}, end: () => {} };
  return terminal.live ? liveView(terminal, cwd) : plainView(terminal, cwd);
}

function plainView(terminal: Terminal, cwd: string): ProgressView {
  let last = '';
  return {
    update(transition) {
      const key = progressKey(transition);
      if (key === last) return;
      last = key;
      terminal.err(`${progressLine(transition, cwd)}\n`);
    },
    end: () => {},
  };
}

function liveView(terminal: Terminal, cwd: string): ProgressView {
  let shown: { readonly transition: TransitionStatus; readonly at: number } | null = null;
  let timer: NodeJS.Timeout | undefined;
  const draw = (): void => {
    if (shown === null) return;
    const line = progressLine(later(shown.transition, performance.now() - shown.at), cwd);
    terminal.err(`\r${terminal.style.err('dim', truncate(line, terminal.columns - 1))}\x1b[K`);
  };
  return {
    update(transition) {
      shown = { transition, at: performance.now() };
      timer ??= setInterval(draw, REDRAW_MS);
      draw();
    },
    end() {
      clearInterval(timer);
      if (shown !== null) terminal.err('\r\x1b[K');
      shown = null;
    },
  };
}
