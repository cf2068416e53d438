/** The way out of a refusal for what is in one dependency of an application, of which the patch has others as well. */
import type { PatchModule } from '../../patch/format.ts';

type Target = Pick<PatchModule, 'package' | 'installed'>;

/** What is in the way, as the end of a hint; '' where any of it is no dependency that the patch can be built without. */
export function orWithout(targets: readonly Target[]): string {
  const names = new Set(targets.map((target) => (target.installed ? target.package?.name : undefined)));
  if (names.size === 0 || names.has(undefined)) return '';
  return ` Or build the patch without what is in the way: ${[...names].map((name) => `--without ${name}`).join(' ')}`;
}
