/** What a command works with. Tests pass their own. */
import type { ClientOptions } from '../agent/client.ts';
import type { Builder } from './build-port.ts';
import type { Terminal } from './terminal.ts';

export interface Context {
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly client: ClientOptions;
  readonly loadBuilder: () => Promise<Builder>;
  /** Calls the handler at Ctrl-C, until the returned function is called. */
  readonly onInterrupt: (handler: () => void) => () => void;
}
