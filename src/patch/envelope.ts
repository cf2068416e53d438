/** The patch file: one JSON object, an envelope around the payload that its digest covers. */
import { hash } from 'node:crypto';
import { LivepatchError } from '../errors/errors.ts';
import type { Patch } from './format.ts';
import { flawOf } from './payload.ts';

const FORMAT = 1;

interface Envelope {
  readonly livepatch: number;
  readonly payloadType: string;
  readonly digest: string;
  readonly payload: string;
  readonly signatures: readonly unknown[];
}

const PAYLOAD_TYPE = 'application/vnd.livepatch.patch+json';

export function hashOf(text: string | Uint8Array): string {
  return hash('sha256', text, 'hex');
}

/** Writes a patch as the text of its file. The same patch always gives the same text. */
export function encodePatch(patch: Patch): string {
  const payload = Buffer.from(JSON.stringify(patch), 'utf8');
  const envelope: Envelope = {
    livepatch: FORMAT,
    payloadType: PAYLOAD_TYPE,
    digest: `sha256-${hashOf(payload)}`,
    payload: payload.toString('base64'),
    signatures: [],
  };
  return `${JSON.stringify(envelope, null, 1)}\n`;
}

const BROKEN = 'Build the patch again, or copy it again: the file is cut short or was changed.';
const NO_PATCH = 'Patches are made by `livepatch build`.';

/** Reads a patch file. Throws ERR_PATCH_UNREADABLE, ERR_PATCH_FORMAT or ERR_PATCH_DIGEST. */
export function decodePatch(text: string, file: string): Patch {
  const where = { file };
  const unreadable = (reason: string, hint: string): LivepatchError =>
    new LivepatchError('ERR_PATCH_UNREADABLE', { file, reason }, { where, hint });
  let envelope: Partial<Envelope>;
  try {
    envelope = JSON.parse(text) as Partial<Envelope>;
  } catch (error) {
    throw unreadable(isText(text) ? `it is not JSON (${(error as Error).message})` : 'it is no text', BROKEN);
  }
  if (envelope === null || typeof envelope !== 'object' || envelope.payloadType !== PAYLOAD_TYPE || typeof envelope.payload !== 'string')
    throw unreadable('it is JSON, but not a patch', NO_PATCH);
  if (envelope.livepatch !== FORMAT)
    throw new LivepatchError(
      'ERR_PATCH_FORMAT',
      { file, found: envelope.livepatch, known: FORMAT },
      { where, hint: 'Build the patch with the livepatch version that the process runs.' },
    );
  const payload = Buffer.from(envelope.payload, 'base64');
  if (envelope.digest !== `sha256-${hashOf(payload)}`) throw new LivepatchError('ERR_PATCH_DIGEST', { file }, { where, hint: BROKEN });
  const patch = parsed(payload.toString('utf8'));
  const flaw = flawOf(patch);
  if (flaw !== null) throw unreadable(`what it holds is no patch (${flaw})`, NO_PATCH);
  return patch as Patch;
}

/** Undefined for what is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A terminal obeys what control characters say, so the start of such a file stands in no message. */
function isText(text: string): boolean {
  return !/[^\P{Cc}\t\n\r]|\uFFFD/u.test(text);
}
