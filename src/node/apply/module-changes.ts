/**
 * What a patch puts on objects of the program, module by module: what is new, which nothing old looks for and which can be
 * there early, and what changes, which waits until nothing old is left.
 */
import { read } from '../../data/index.ts';
import type { Change } from '../../data/index.ts';
import type { LinkedModule } from '../../link/linked-module.ts';
import type { Callable, LinkedMember } from '../../link/linked.ts';
import type { ScopeInstance } from '../../link/scopes.ts';
import type { LoadedModule, LoadedModules } from '../sites/modules.ts';
import { folderOf } from './package-copies.ts';
import { constructorChanges } from './inherited.ts';
import { mixedIn } from './mixed-in.ts';
import { eitherOf } from './either-of.ts';
import type { Properties } from './properties.ts';
import { exportChanges, memberChanges, propertyChanges } from './property-changes.ts';
import type { TaskSide } from './task-side.ts';

interface Joined {
  readonly module: LinkedModule;
  readonly loaded: LoadedModule;
}

const isThere = (object: object, key: PropertyKey): boolean => Object.hasOwn(object, key);
const isExport = (object: object, key: string): boolean => key in object;

export class ModuleChanges {
  private readonly side: TaskSide;
  private readonly modules: LoadedModules;
  private readonly properties: Properties;
  private readonly wrapMember: (implementation: Callable) => Callable;
  /** What a patch before this one has put there, too. */
  private readonly shared: Change[] = [];

  constructor(side: TaskSide, modules: LoadedModules, properties: Properties, wrapMember: (implementation: Callable) => Callable) {
    this.side = side;
    this.modules = modules;
    this.properties = properties;
    this.wrapMember = wrapMember;
  }

  /** What is new. */
  added(linked: readonly Joined[]): Change[] {
    return linked.flatMap(({ module, loaded }) => {
      const members = this.members(module.members());
      const properties = this.newProperties(module);
      return [
        ...constructorChanges(module.inherited(), loaded.base),
        ...members,
        ...mixedIn(members, properties, this.modules.instrumented, folderOf(loaded.file, module.module)),
        ...properties,
        ...this.newExports(module),
      ];
    });
  }

  /** The patch's own alone, where tasks have chosen: once more where it was to go and has stayed. */
  takeOver(): Change[] {
    return [...this.shared];
  }

  /** When all tasks run the patch. */
  changed(linked: readonly Joined[]): Change[] {
    return linked.flatMap(({ module }) => [...propertyChanges(module, isThere), ...exportChanges(module, isExport)]);
  }

  /** Of a module that came late, and has run as the old source has it. */
  afterRun(module: LinkedModule): Change[] {
    return [...this.members(module.members(true)), ...this.newProperties(module), ...this.newExports(module)];
  }

  newProperties(module: LinkedModule): Change[] {
    return propertyChanges(module, (object, key) => this.properties.isFree({ kind: 'property', object, key }));
  }

  /** What an object inherits under the name of an export is there already. */
  private newExports(module: LinkedModule): Change[] {
    return exportChanges(module, (object, key) => !this.properties.has(object, key));
  }

  /** Of a class that is just being made. */
  ofScope({ module, loaded }: Joined, instance: ScopeInstance): Change[] {
    return [...constructorChanges(module.inherited(instance), loaded.base), ...this.members(module.lateMembers(instance))];
  }

  private members(members: readonly LinkedMember[]): Change[] {
    return memberChanges(members.map((one) => (one.member.static ? one : { ...one, implementation: this.wrapMember(one.implementation) })));
  }

  /** Where an earlier patch has put something there as well, each task finds what its own has put, until `takeOver`. */
  beside(change: Change): Change {
    const { place, content } = change;
    const was = read(place);
    const both = was && content && eitherOf(this.side, place, was, content);
    if (!both) return change;
    this.shared.push(change);
    return { place, content: both };
  }
}
