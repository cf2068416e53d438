/** The hand-written check of what arrives on the control socket: the process has no schema library. */
import { LivepatchError } from '../errors/errors.ts';
import type { InPlaceOfThePatch, Mode, Request } from './protocol.ts';

/** A request carries a patch as text, so the limit is generous; it only keeps a mistake from filling the heap. */
export const MAX_REQUEST_BYTES = 64 * 1024 * 1024;

/** Throws ERR_USAGE when the text is not one request. */
export function parseRequest(text: string): Request {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw malformed('it is not JSON', error);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('it is not an object');
  const fields = value as Readonly<Record<string, unknown>>;
  switch (fields.op) {
    case 'info':
    case 'status':
    case 'doctor':
    case 'reverse':
    case 'force':
      return { op: fields.op };
    case 'apply':
      return { op: 'apply', patch: textOf('patch', fields.patch), ...inPlaceOfThePatch(fields), ...timeoutOf(fields.timeoutMs) };
    case 'check':
      return { op: 'check', patch: textOf('patch', fields.patch), ...inPlaceOfThePatch(fields) };
    case 'revert':
      return { op: 'revert', name: textOf('name', fields.name), ...timeoutOf(fields.timeoutMs) };
    default:
      throw new LivepatchError(
        'ERR_USAGE',
        { what: `The process does not know the operation ${JSON.stringify(fields.op) ?? '(none)'}.` },
        {
          hint: 'The process and the command may run different versions of livepatch.',
        },
      );
  }
}

function inPlaceOfThePatch({ name, mode, replace }: Readonly<Record<string, unknown>>): InPlaceOfThePatch {
  return { ...(name === undefined ? {} : { name: textOf('name', name) }), ...modeOf(mode), ...replaceOf(replace) };
}

function textOf(field: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') throw malformed(`"${field}" must be a text that is not empty`);
  return value;
}

function timeoutOf(value: unknown): { readonly timeoutMs?: number } {
  if (value === undefined) return {};
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw malformed('"timeoutMs" must be a number that is not negative');
  return { timeoutMs: value };
}

function modeOf(value: unknown): { readonly mode?: Mode } {
  if (value === undefined) return {};
  if (value !== 'task' && value !== 'request' && value !== 'barrier') throw malformed('"mode" must be "task", "request" or "barrier"');
  return { mode: value };
}

function replaceOf(value: unknown): { readonly replace?: boolean } {
  if (value === undefined) return {};
  if (typeof value !== 'boolean') throw malformed('"replace" must be true or false');
  return { replace: value };
}

function malformed(reason: string, cause?: unknown): LivepatchError {
  return new LivepatchError(
    'ERR_USAGE',
    { what: `The request cannot be read: ${reason}.` },
    {
      cause,
      hint: 'A request is one JSON object on one line, such as {"op":"status"}.',
    },
  );
}
