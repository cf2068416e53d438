/** The control socket, seen from outside: one connection for each request. */
import { connect as connectSocket } from 'node:net';
import { LivepatchError, type ErrorReport } from '../errors/errors.ts';
import { searchDirectories, socketPath, verifyDirectory } from './directory.ts';
import { LineReader } from './lines.ts';
import type {
  CheckReport,
  DoctorReport,
  InPlaceOfThePatch,
  Message,
  Outcome,
  ProcessInfo,
  Request,
  Status,
  TransitionStatus,
} from './protocol.ts';

/** How long an answer that needs no transition may take. */
export const REPLY_TIMEOUT_MS = 5000;

export interface ClientOptions {
  /** Where to look for the socket; defaults to this user's runtime directories. */
  readonly directories?: readonly string[];
  readonly replyTimeoutMs?: number;
}

export interface TransitionOptions {
  /** Deadline of the transition; 0 for none. Not a limit on the wait for the reply. */
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: TransitionStatus) => void;
  /** Stops waiting, with the signal's reason; the transition goes on in the process. */
  readonly signal?: AbortSignal;
}

/**
 * Every method rejects with LivepatchError: the one the process answered with, ERR_NO_PROCESS when nothing listens,
 * ERR_PROCESS_GONE when the connection closes before the reply, ERR_PROCESS_SILENT when no reply comes in time.
 */
export interface AgentClient {
  readonly pid: number;
  info(): Promise<ProcessInfo>;
  status(): Promise<Status>;
  doctor(): Promise<DoctorReport>;
  /** @param patch the text of the patch file */
  apply(patch: string, options?: TransitionOptions & InPlaceOfThePatch): Promise<Outcome>;
  /** @param patch the text of the patch file */
  check(patch: string, options?: InPlaceOfThePatch): Promise<CheckReport>;
  revert(name: string, options?: TransitionOptions): Promise<Outcome>;
  reverse(): Promise<void>;
  force(): Promise<void>;
}

/** A client for one process. Nothing is opened before the first request. */
export function connect(pid: number, options: ClientOptions = {}): AgentClient {
  const quick = { timeoutMs: options.replyTimeoutMs ?? REPLY_TIMEOUT_MS };
  const send = async (request: Request, exchange: ExchangeOptions): Promise<unknown> => {
    let failure: unknown;
    const directories = options.directories ?? searchDirectories();
    for (const directory of directories) {
      try {
        if (verifyDirectory(directory)) return await exchangeAt(socketPath(directory, pid), pid, request, exchange);
      } catch (error) {
        if (!(error instanceof NothingListens) && !isDirectoryProblem(error)) throw error;
        if (!(error instanceof NothingListens)) failure ??= error;
      }
    }
    throw failure ?? noProcess(pid, directories);
  };
  const transition = (request: Request, given: TransitionOptions): Promise<unknown> =>
    send(request, {
      ...(given.onProgress ? { onProgress: given.onProgress } : {}),
      ...(given.signal ? { signal: given.signal } : {}),
    });
  return {
    pid,
    info: async () => (await send({ op: 'info' }, quick)) as ProcessInfo,
    status: async () => (await send({ op: 'status' }, quick)) as Status,
    doctor: async () => (await send({ op: 'doctor' }, quick)) as DoctorReport,
    apply: async (patch, given = {}) => {
      const { onProgress: _, signal: __, ...request } = given;
      return (await transition({ op: 'apply', patch, ...request }, given)) as Outcome;
    },
    // Looking through a large heap takes its time.
    check: async (patch, given = {}) => (await send({ op: 'check', patch, ...given }, { timeoutMs: quick.timeoutMs * 6 })) as CheckReport,
    revert: async (name, given = {}) => {
      const { onProgress: _, signal: __, ...request } = given;
      return (await transition({ op: 'revert', name, ...request }, given)) as Outcome;
    },
    reverse: async () => void (await send({ op: 'reverse' }, quick)),
    force: async () => void (await send({ op: 'force' }, quick)),
  };
}

/** Nobody answers at a socket path: it does not exist, or the process that made it is gone. */
export class NothingListens extends Error {}

interface ExchangeOptions {
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: TransitionStatus) => void;
  readonly signal?: AbortSignal;
}

/** One request and its reply over one connection. Rejects with NothingListens or LivepatchError. */
export function exchangeAt(path: string, pid: number, request: Request, options: ExchangeOptions): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const { signal, timeoutMs, onProgress } = options;
  const socket = connectSocket(path);
  const reader = new LineReader(Number.POSITIVE_INFINITY);
  const abort = (): void => finish(() => reject(signal?.reason));
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => finish(() => reject(silent(pid, timeoutMs))), timeoutMs);
  let connected = false;
  let finished = false;

  function finish(settle: () => void): void {
    if (finished) return;
    finished = true;
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    socket.destroy();
    settle();
  }

  function receive(line: string): void {
    const message = messageOf(line);
    if (message === null) {
      finish(() => reject(new LivepatchError('ERR_SOCKET', { path, reason: 'what came back is no reply of livepatch' })));
      return;
    }
    if (message.type === 'progress') onProgress?.(message.progress);
    else if (message.ok) finish(() => resolve(message.value));
    else finish(() => reject(new ReportedError(message.error)));
  }

  if (signal?.aborted) abort();
  else signal?.addEventListener('abort', abort);
  socket.on('connect', () => {
    connected = true;
    socket.write(`${JSON.stringify(request)}\n`);
  });
  socket.on('data', (chunk) => {
    const lines = reader.push(chunk);
    if (lines === 'overflow') return;
    for (const line of lines) if (!finished) receive(line);
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (connected) return;
    finish(() =>
      reject(
        error.code === 'ENOENT' || error.code === 'ECONNREFUSED'
          ? new NothingListens()
          : new LivepatchError('ERR_SOCKET', { path, reason: error.message }, { cause: error }),
      ),
    );
  });
  socket.on('close', () => finish(() => reject(gone(pid))));
  return promise;
}

/** Null for what no process that livepatch runs in sends. */
function messageOf(line: string): Message | null {
  try {
    const message = JSON.parse(line) as Partial<Record<string, unknown>>;
    const { type, ok, progress, error } = message;
    const whole = type === 'progress' ? isObject(progress) : type === 'reply' && (ok === true || isObject(error));
    return whole ? (message as unknown as Message) : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** An error of the process, as it reported it: its message is complete and not filled from the template again. */
class ReportedError extends LivepatchError {
  constructor(report: ErrorReport) {
    super(
      report.code,
      {},
      {
        ...(report.where ? { where: report.where } : {}),
        ...(report.hint === undefined ? {} : { hint: report.hint }),
      },
    );
    this.message = report.message;
  }
}

export function isAlive(pid: number): boolean {
  // To the system 0 is the group of the process that asks.
  if (pid === 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isDirectoryProblem(error: unknown): boolean {
  return error instanceof LivepatchError && error.code === 'ERR_SOCKET';
}

function noProcess(pid: number, directories: readonly string[]): LivepatchError {
  return new LivepatchError(
    'ERR_NO_PROCESS',
    { target: pid },
    {
      hint: isAlive(pid)
        ? `Process ${pid} runs without livepatch, for another user, or with its socket elsewhere than in ${directories.join(', ')}: start it with node --import livepatch/register, or set LIVEPATCH_RUNTIME_DIR as it has it.`
        : `There is no process ${pid}; livepatch ps lists those that can be patched.`,
    },
  );
}

function gone(pid: number): LivepatchError {
  return new LivepatchError(
    'ERR_PROCESS_GONE',
    { pid },
    {
      hint: 'Patches live in memory: when the program starts again it runs the code on disk.',
    },
  );
}

function silent(pid: number, timeoutMs: number): LivepatchError {
  return new LivepatchError(
    'ERR_PROCESS_SILENT',
    { pid, seconds: timeoutMs / 1000 },
    {
      hint: 'Try again when it is idle; a process that is stopped or computes without pause cannot answer.',
    },
  );
}
