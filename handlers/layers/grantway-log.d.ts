// The types of the layer `log/`, which no package manager installs.
declare module "grantway-log" {
  type Fields = Readonly<Record<string, unknown>>;
  type Write = (message: string, fields?: Fields) => void;

  /** `common` stands in every line; fields with names of secrets are blanked. */
  export const createLog: (common?: Fields) => {
    readonly info: Write;
    readonly warn: Write;
    readonly error: Write;
  };
}
