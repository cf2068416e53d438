/**
 * The control socket, seen from inside the user's process.
 *
 * Plain node:net and newline-delimited JSON, not HTTP: the program's own http instrumentation (diagnostics
 * channels, request metrics, tracing) would see every `livepatch status` as one of its requests.
 *
 * Rules that hold for every line here: nothing throws into the program, nothing keeps it alive, and a client that
 * goes away changes nothing about a transition it started.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { LivepatchError, reportOf, type ErrorReport } from '../errors/errors.ts';
import { prepareDirectory, runtimeDirectory, socketPath } from './directory.ts';
import { LineReader } from './lines.ts';
import type { Control, DoctorReport, Message, Request, TransitionStatus } from './protocol.ts';
import { MAX_REQUEST_BYTES, parseRequest } from './request.ts';

export interface AgentHandle {
  /** The socket's path, or null when there is none: the reason is in `lastError`. */
  readonly path: string | null;
  /** The last failure of the socket itself; failed requests are the client's business. */
  readonly lastError: ErrorReport | null;
  /** Settles once the socket listens or has failed to. Never rejects. */
  readonly ready: Promise<void>;
  /** Stops listening and removes the socket. Requests that are being answered go on. */
  close(): void;
}

export interface AgentOptions {
  /** Defaults to this user's runtime directory. */
  readonly directory?: string;
  readonly maxRequestBytes?: number;
}

/** Opens the control socket of this process. Never throws; only the main thread has one, as all threads share the pid. */
export function startAgent(control: Control, options: AgentOptions = {}): AgentHandle {
  return new Agent(control, options);
}

class Agent implements AgentHandle {
  readonly ready: Promise<void>;
  readonly #control: Control;
  readonly #maxRequestBytes: number;
  #server: Server | null = null;
  #path: string | null = null;
  #lastError: ErrorReport | null = null;

  constructor(control: Control, options: AgentOptions) {
    this.#control = control;
    this.#maxRequestBytes = options.maxRequestBytes ?? MAX_REQUEST_BYTES;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ready = promise;
    try {
      this.#listen(options.directory ?? runtimeDirectory(), resolve);
    } catch (error) {
      this.#unreachable(error);
      resolve();
    }
  }

  get path(): string | null {
    return this.#path;
  }

  get lastError(): ErrorReport | null {
    return this.#lastError;
  }

  close(): void {
    this.#server?.close();
    this.#server = null;
    this.#removeSocket();
  }

  #listen(directory: string, settled: () => void): void {
    if (!isMainThread) throw new LivepatchError('ERR_SOCKET', { path: directory, reason: 'a worker thread has no socket of its own' });
    prepareDirectory(directory);
    const path = socketPath(directory, process.pid);
    // Left by a killed process whose pid is now ours.
    rmSync(path, { force: true });
    // Half-open: `printf '{"op":"info"}' | nc -U` closes its side before the reply is there.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket));
    server.on('error', (error) => {
      const failure = new LivepatchError('ERR_SOCKET', { path, reason: error.message }, { cause: error });
      if (server.listening) this.#note(failure);
      else this.#unreachable(failure);
      settled();
    });
    server.on('listening', () => {
      // The directory keeps others out from the first moment on; the mode is the second lock.
      this.#attempt(() => chmodSync(path, 0o600));
      settled();
    });
    // Exclusive: in a cluster worker, listen() would otherwise go through the primary, which would accept for it and
    // tell the program with a 'listening' event.
    try {
      server.listen({ path, exclusive: true });
    } catch (error) {
      // The permission model does not wait to say no.
      const reason = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
      throw new LivepatchError('ERR_SOCKET', { path, reason }, { cause: error });
    }
    server.unref();
    this.#server = server;
    this.#path = path;
    process.once('exit', this.#removeSocket);
  }

  readonly #removeSocket = (): void => {
    const path = this.#path;
    if (path === null) return;
    this.#path = null;
    process.off('exit', this.#removeSocket);
    this.#attempt(() => rmSync(path, { force: true }));
  };

  #serve(socket: Socket): void {
    socket.unref();
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // These two say that the client has left, which it may.
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') this.#note(error);
    });
    const reader = new LineReader(this.#maxRequestBytes);
    let asked = false;
    const ask = (text: string): void => {
      asked = true;
      void this.#answer(socket, text);
    };
    // Reading goes on after the request: a client that still writes must be able to finish to read its reply.
    socket.on('data', (chunk) => {
      if (asked) return;
      const lines = reader.push(chunk);
      if (lines === 'overflow') {
        asked = true;
        const what = `The request is larger than ${this.#maxRequestBytes} bytes.`;
        this.#reply(socket, { type: 'reply', ok: false, error: new LivepatchError('ERR_USAGE', { what }).report() });
      } else if (lines[0] !== undefined) {
        ask(lines[0]);
      }
    });
    socket.on('end', () => {
      if (asked) return;
      const text = reader.rest();
      if (text === '') socket.end();
      else ask(text);
    });
  }

  /** Never rejects. */
  async #answer(socket: Socket, text: string): Promise<void> {
    let message: Message;
    try {
      const value = await this.#perform(parseRequest(text), (progress) => this.#progress(socket, progress));
      message = { type: 'reply', ok: true, value: value ?? null };
    } catch (error) {
      message = { type: 'reply', ok: false, error: reportOf(error) };
    }
    this.#reply(socket, message);
  }

  #perform(request: Request, onProgress: (progress: TransitionStatus) => void): unknown {
    const control = this.#control;
    switch (request.op) {
      case 'info':
        return control.info();
      case 'status':
        return control.status();
      case 'doctor':
        return this.#examined(control.doctor());
      case 'apply': {
        const { op: _, patch, ...options } = request;
        return control.apply(patch, { ...options, onProgress });
      }
      case 'check': {
        const { op: _, patch, ...options } = request;
        return control.check(patch, options);
      }
      case 'revert': {
        const { op: _, name, ...options } = request;
        return control.revert(name, { ...options, onProgress });
      }
      case 'reverse':
        return control.reverse();
      case 'force':
        return control.force();
    }
  }

  #examined(report: DoctorReport): DoctorReport {
    if (this.#lastError === null) return report;
    const { message, hint = 'Later requests were not affected.' } = this.#lastError;
    return { ...report, findings: [...report.findings, { level: 'warning', what: `The control socket failed once: ${message}`, hint }] };
  }

  #progress(socket: Socket, progress: TransitionStatus): void {
    // A client that does not read misses reports, instead of having them pile up in the program's memory.
    if (socket.writable && !socket.writableNeedDrain) {
      this.#attempt(() => socket.write(`${JSON.stringify({ type: 'progress', progress } satisfies Message)}\n`));
    }
  }

  #reply(socket: Socket, message: Message): void {
    if (!socket.writable) {
      socket.destroy();
      return;
    }
    let line: string;
    try {
      line = JSON.stringify(message);
    } catch (error) {
      line = JSON.stringify({ type: 'reply', ok: false, error: reportOf(error) } satisfies Message);
    }
    this.#attempt(() => socket.end(`${line}\n`));
  }

  #unreachable(error: unknown): void {
    this.#note(error);
    this.#removeSocket();
    if (!isMainThread) return;
    const { message, hint } = reportOf(error);
    process.emitWarning(`This process cannot be patched: ${message}${hint === undefined ? '' : ` ${hint}`}`, 'LivepatchWarning');
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#note(error);
    }
  }

  #note(error: unknown): void {
    this.#lastError = reportOf(error);
  }
}
