// How text may stand out where it is read. Whether it does, whoever knows the terminal says (cli/style.ts).
export type Style = Readonly<Record<"bold" | "dim" | "red" | "green" | "yellow", (text: string) => string>>;
