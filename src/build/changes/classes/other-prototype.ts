/** Objects that exist, and what extends their constructor, go on with the prototype that they were made with. */
import { memberText } from '../../../source/paths.ts';
import type { Assigned } from '../../version/forms/items.ts';

export const OTHER_PROTOTYPE = 'objects that exist go on with the prototype that they were made with';

/** Whether an assignment gives a constructor another object as its prototype. */
export const givesPrototype = ({ target }: Assigned): boolean => memberText(target)?.endsWith('.prototype') === true;
