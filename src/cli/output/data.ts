/** What became of the instances that a patch migrates. */
import type { DataReport } from '../../agent/protocol.ts';
import { plain } from './text.ts';
import { count, formatMs } from './units.ts';

/** "Lease: 1000 instances migrated, 3 failed, 200 left; the longest turn took 596 ms". Null where there is nothing to say. */
export function dataLine({ class: name, when, objects, failed, left, pauseMs }: DataReport): string | null {
  const parts = [];
  if (objects > 0) parts.push(`${count(objects, 'instance')} ${when === 'create' ? 'made in the new shape' : 'migrated'}`);
  if (failed > 0) parts.push(`${failed} failed`);
  if (left > 0) parts.push(`${left} left`);
  if (parts.length === 0) return null;
  return `${plain(name)}: ${parts.join(', ')}${pauseMs > 0 ? `; the longest turn took ${formatMs(pauseMs)}` : ''}`;
}

/** "Lease: taken back in a turn of 720 ms". */
export function takenBackLine({ class: name, pauseMs }: DataReport): string | null {
  return pauseMs > 0 ? `${plain(name)}: instances taken back in a turn of ${formatMs(pauseMs)}` : null;
}
