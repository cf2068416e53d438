/** What a patch puts on objects that are there: each property of a module, member of a class and export as the change that makes it. */
import type { Change } from '../../data/index.ts';
import { withDescribed } from '../../link/described.ts';
import type { LinkedModule } from '../../link/linked-module.ts';
import type { LinkedMember } from '../../link/linked.ts';
import { WHOLE } from '../../patch/format.ts';

export function propertyChanges(module: LinkedModule, wanted: (object: object, key: PropertyKey) => boolean): Change[] {
  return module
    .properties()
    .filter(({ object, name }) => wanted(object, name))
    .flatMap(({ object, name, value, getter, hidden, attributes }) => {
      const before = Object.getOwnPropertyDescriptor(object, name);
      const place = { kind: 'property' as const, object, key: name };
      if (attributes) {
        const content = withDescribed(before, value as PropertyDescriptor);
        return content ? [{ place, content }] : [];
      }
      const enumerable = before?.enumerable ?? !hidden;
      const content: PropertyDescriptor = getter
        ? { ...(before && 'get' in before ? { set: before.set } : {}), get: value as () => unknown, enumerable, configurable: true }
        : { value, writable: true, enumerable, configurable: true };
      return [{ place, content }];
    });
}

export function memberChanges(members: readonly LinkedMember[]): Change[] {
  const changes: Change[] = [];
  const accessors = new Map<object, Map<PropertyKey, PropertyDescriptor>>();
  for (const { member, name, cls, implementation } of members) {
    const object = member.static ? cls : (cls as { prototype: object }).prototype;
    if (member.kind === 'method')
      changes.push({
        place: { kind: 'property', object, key: name },
        content: { value: implementation, writable: true, enumerable: false, configurable: true },
      });
    else {
      // A getter and a setter of one name are one property, whether both are new or one joins the other.
      const own = accessors.get(object) ?? new Map<PropertyKey, PropertyDescriptor>();
      accessors.set(object, own);
      own.set(name, {
        ...(own.get(name) ?? Object.getOwnPropertyDescriptor(object, name)),
        [member.kind]: implementation,
        enumerable: false,
        configurable: true,
      });
    }
  }
  for (const [object, own] of accessors)
    for (const [key, content] of own) changes.push({ place: { kind: 'property', object, key }, content });
  return changes;
}

export function exportChanges(module: LinkedModule, wanted: (object: object, key: string) => boolean): Change[] {
  if (module.module.format !== 'commonjs' || module.module.exports.length === 0) return [];
  const object = module.evaluate('module.exports');
  if (object === null || (typeof object !== 'object' && typeof object !== 'function')) return [];
  const bindings = module.bindings();
  const whole = module.module.exports.find(({ name }) => name === WHOLE);
  if (whole) {
    const holder = module.evaluate('module') as object;
    if (!wanted(holder, 'exports')) return [];
    const content = { value: bindings[whole.binding], writable: true, enumerable: true, configurable: true };
    return [{ place: { kind: 'property', object: holder, key: 'exports' }, content }];
  }
  return module.module.exports
    .filter(({ name }) => wanted(object, name) && Object.getOwnPropertyDescriptor(object, name)?.configurable !== false)
    .map(({ name, binding }) => ({
      place: { kind: 'property', object, key: name },
      content: { value: bindings[binding], writable: true, enumerable: true, configurable: true },
    }));
}
