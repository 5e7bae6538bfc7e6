// Programs that end when this process does, also when it is killed: nobody else would end a build or a container then.
// `setpriv` has the kernel send a signal when the parent is gone; `unshare` makes a program the first of its own processes,
// whose end is the end of all that it started, and of its mounts.

/** `unshare` and its options: with `true` behind them they tell whether this machine allows it. */
export const apart = ["unshare", "--mount", "--mount-proc", "--pid", "--fork", "--kill-child"] as const;

/** A program of many processes that leaves nothing but files. To end it before: SIGKILL, `unshare` heeds no other. */
export const tiedWhole = (program: string): string[] => ["setpriv", "--pdeathsig", "KILL", ...apart, program];

/** A program that ends what it runs when it is told to. */
export const tied = (program: string): string[] => ["setpriv", "--pdeathsig", "TERM", program];
