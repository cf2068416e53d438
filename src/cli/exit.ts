/** What the exit code of every command means. */
export const EXIT = {
  done: 0,
  /** Refused or failed, with nothing changed. */
  failed: 1,
  usage: 2,
  /** The transition was reversed at its deadline. */
  reversed: 3,
  /** The command is through, and its result could not be written. */
  unwritten: 4,
  /** Ctrl-C: what was started goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
