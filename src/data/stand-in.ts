/** Stands on a prototype for a property that instances lack: who reads or sets it there has the instance migrated first. */
interface Behind {
  readonly prototype: object;
  /** What the class has there for objects that have no property of that name; undefined for nothing. */
  readonly method: unknown;
}

/** Of a prototype: `touch` puts the property on the instance that lacks it, `given` is told where somebody sets it. */
export function standIn(
  name: string | symbol,
  touch: (object: object) => void,
  given: (object: object) => void,
  behind: Behind | null,
): PropertyDescriptor {
  return {
    get(this: object): unknown {
      if (behind?.method !== undefined && isAskedOf(behind.prototype, this, name)) return behind.method;
      touch(this);
      return Object.getOwnPropertyDescriptor(this, name)?.value ?? behind?.method;
    },
    set(this: object, value: unknown) {
      touch(this);
      given(this);
      Reflect.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: false,
    configurable: true,
  };
}

/** Whether what a prototype has is asked for past what the object has, or another prototype in between: by itself, or as `super.name`. */
function isAskedOf(prototype: object, object: object, name: string | symbol): boolean {
  for (let at: object | null = object; at !== null && at !== prototype; at = Object.getPrototypeOf(at) as object | null)
    if (Object.hasOwn(at, name)) return true;
  return object === prototype;
}
